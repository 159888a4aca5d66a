package model_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/model"
)

// A typed row and a typed object, each read by a method of its own.
func ExamplePageDecoder() {
	page, err := cratePages().Decode([]byte(`{
		"collection": [{"id":1,"state":"packed","shelf":{"type":"Shelf","id":7},"new":true}],
		"included": {"Shelf":[{"id":7,"floor":3}]},
		"has_more": false
	}`))
	if err != nil {
		panic(err)
	}
	row := &page.Rows[0]
	at, ok := model.LookupAs[*shelf](row.included, row.Shelf.Or(model.Ref{}))
	fmt.Println(row.State, at.floor, ok)
	fmt.Println(string(row.AppendJSON(nil)))
	// Output:
	// packed 3 true
	// {"id":1,"state":"packed","shelf":{"type":"Shelf","id":7},"new":true}
}

// The types of included objects, each with the function that reads one. The word is one
// that many rows have in common.
func ExampleNewObjectTypes() {
	types := model.NewObjectTypes(map[string]model.ReadObject{"Shelf": readShelf}, "packed")
	inc, err := types.DecodeIncluded([]byte(`{"Shelf":[{"id":7,"floor":3}],"Kite":[{"type":"Kite","id":1}]}`))
	if err != nil {
		panic(err)
	}
	for o := range inc.Objects() {
		_, typed := o.(*shelf)
		fmt.Println(o.Ref(), typed)
	}
	// Output:
	// Shelf 7 true
	// Kite 1 false
}

func ExampleLookupAs() {
	inc := model.NewIncluded(&shelf{id: 7, floor: model.Some[int64](3)})
	at, ok := model.LookupAs[*shelf](inc, model.Ref{Type: "Shelf", ID: 7})
	fmt.Println(at.floor, ok)
	// Output: 3 true
}

func ExampleNewIncluded() {
	inc := model.NewIncluded(&shelf{id: 7}, nil, &shelf{id: 8})
	_, ok := inc.Lookup(model.Ref{Type: "Shelf", ID: 8})
	fmt.Println(inc.Len(), ok)
	// Output: 2 true
}

// Rows of any type that encoding/json decodes.
func ExampleDecodePage() {
	type box struct {
		ID int64 `json:"id"`
		Kg float64
	}
	page, err := model.DecodePage[box]([]byte(`{"collection":[{"id":5,"kg":2.5}],"has_more":true}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(page.Rows, page.HasMore)
	// Output: [{5 2.5}] true
}

func ExampleMaxRows() {
	_, err := model.DecodeRaw([]byte(`{"collection":[{"id":9},{"id":8},{"id":7}],"has_more":true}`), model.MaxRows(2))
	fmt.Println(err)
	// Output: decode /collection/2 (id 7) at byte 33: unexpected JSON: a row beyond the 2 that were asked for
}

func ExampleAppendIdentity() {
	dst := model.AppendIdentity(nil, model.Ref{Type: "Box", ID: 5})
	fmt.Printf("%s}\n", dst)
	// Output: {"type":"Box","id":5}
}

func ExampleAppendKey() {
	dst := append(model.AppendKey([]byte("{"), "a"), '1')
	dst = append(model.AppendKey(dst, "b"), '2')
	fmt.Printf("%s}\n", dst)
	// Output: {"a":1,"b":2}
}

func ExampleAppendString() {
	fmt.Printf("%s\n", model.AppendString(nil, `say "hi"`))
	// Output: "say \"hi\""
}

func ExampleAppendStrings() {
	label := model.Some([]string{"fragile", "cold"})
	fmt.Printf("%s}\n", label.AppendMember([]byte("{"), "labels", model.AppendStrings))
	// Output: {"labels":["fragile","cold"]}
}

func ExampleAppendTime() {
	packed := time.Date(2024, 1, 31, 9, 30, 0, 0, time.UTC)
	fmt.Printf("%s\n", model.AppendTime(nil, packed))
	// Output: "2024-01-31T09:30:00Z"
}

func ExampleCheckTimes() {
	far := model.Some(time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC))
	fmt.Println(model.CheckTimes(far))
	// Output: no date-time of RFC 3339: one of the year 12024
}
