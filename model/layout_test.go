package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// paths lays out a page in which everything has a path of several parts.
func paths(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"orders",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "buyer", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "buyer.name", Type: model.TypeString, Collation: model.CI, Through: "buyer"},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{
		Rows: "response.items", ID: "id", HasMore: "meta.page.more", Next: "meta.page.@next.link", Previous: "meta.page.previous", Total: "meta.total",
		Included: "response.refs", Meta: "meta.server",
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLayoutPaths: what a page has is found by its path, in whatever order it comes, and
// whether a dot leads into an object or stands in a name.
func TestLayoutPaths(t *testing.T) {
	t.Parallel()
	const (
		rows = `[{"id":7,"buyer":{"type":"Person","id":1}}]`
		refs = `{"Person":[{"type":"Person","id":1,"name":"Ann"}]}`
	)
	for _, body := range []string{
		`{"response":{"items":` + rows + `,"refs":` + refs + `},"meta":{"page":{"more":true,"@next":{"link":"n"},"previous":"p"},"total":9,"server":{"cursor_start":3,"count":1}}}`,
		`{"meta":{"server":{"cursor_start":3},"total":9,"page":{"previous":"p","@next.link":"n","more":true}},"response":{"refs":` + refs + `,"items":` + rows + `}}`,
		`{"response.items":` + rows + `,"response.refs":` + refs + `,"meta.page":{"more":true,"@next.link":"n","previous":"p"},"meta.total":9,"meta":{"server":{"cursor_start":3}}}`,
		`{"response.items":` + rows + `,"response":{"refs":` + refs + `},"meta.page.more":true,"meta":{"page.@next":{"link":"n"},"page.previous":"p","total":9,"server":{"cursor_start":3}}}`,
		`{"meta":{"page":null},"response.items":` + rows + `,"response":{"refs":` + refs + `},"meta.page.more":true,"meta.page.@next":{"link":"n"},"meta.page.previous":"p","meta.total":9,"meta.server":{"cursor_start":3}}`,
		`{"meta":{"p\u0061ge":{"\u006dore":true,"@next":{"link":"n"},"previous":"p"},"total":9,"server":{"cursor_start":3}},"response":{"refs":` + refs + `,"items":` + rows + `}}`,
	} {
		page, err := paths(t).Decode([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		count, _ := page.Meta.Count.Get()
		start, _ := page.Meta.CursorStart.Get()
		if len(page.Rows) != 1 || page.Rows[0].ID != 7 || page.Rows[0].At(2, 0) != model.String("Ann") ||
			!page.HasMore || page.Next != "n" || page.Previous != "p" || count != 9 || start != 3 {
			t.Errorf("%s: %+v", body, page)
		}
	}
}

// TestLayoutUnknown: what is not known of an object on the way is kept, under its path.
func TestLayoutUnknown(t *testing.T) {
	t.Parallel()
	page, err := paths(t).Decode([]byte(`{"v":1,"respons":{".items":7},"response":{"items":[],"took":[2],"":3},"meta":{"page":{"more":false,"size":4,"@next":[]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name, raw := range page.Unknown() {
		got = append(got, name+"="+string(raw))
	}
	if want := `v=1 respons={".items":7} response.took=[2] response.=3 meta.page.size=4`; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if page.Next != "" || page.HasMore || !page.Meta.Count.IsAbsent() {
		t.Errorf("%+v", page)
	}
}

// TestLayoutErrors: where a page is not as its layout says, the error has the path, and
// of a row the id.
func TestLayoutErrors(t *testing.T) {
	t.Parallel()
	const more = `"meta":{"page":{"more":false}}`
	deep := func(inner string) string {
		return `{"response":{"items":[]},"meta":{"page":{"more":false},"x":` + strings.Repeat(`{"a":`, 20) + inner + strings.Repeat(`}`, 20) + `}}`
	}
	for _, test := range []struct {
		body, path string
		id         int64
		class      error
		text       string
	}{
		{`{` + more + `}`, "", 0, model.ErrUnexpected, "the object has no response.items"},
		{`{"response":null,` + more + `}`, "", 0, model.ErrUnexpected, "the object has no response.items"},
		{`{"response":{"items":[]}}`, "", 0, model.ErrUnexpected, "the object has no meta.page.more"},
		{`{"response":7,` + more + `}`, "/response", 0, model.ErrUnexpected, "want an object, got a number"},
		{`{"response":[1],` + more + `}`, "/response", 0, model.ErrUnexpected, "want an object, got a list"},
		{`{"response":{"items":{}},` + more + `}`, "/response/items", 0, model.ErrUnexpected, "want a list, got an object"},
		{`{"response":{"items":[]},"meta":{"page":{"more":1}}}`, "/meta/page/more", 0, model.ErrUnexpected, "want true or false"},
		{`{"response":{"items":[]},"meta":{"total":"9"}}`, "/meta/total", 0, model.ErrUnexpected, "want an integer or null, got a string"},
		{`{"response":{"items":[{"id":7},{"id":8,"buyer":3}]},` + more + `}`, "/response/items/1/buyer", 8, model.ErrUnexpected, "want an object"},
		{`{"response.items":[{"id":8,"buyer":3}],` + more + `}`, "/response.items/0/buyer", 8, model.ErrUnexpected, "want an object"},
		{`{"response":{"items":[],"refs":{"A":[{"id":5,"name":1}]}},` + more + `}`, "/response/refs/A/0/name", 5, model.ErrUnexpected, "want a string"},
		{`{"response":{"items":[{"id":8,"buyer":tru}]},` + more + `}`, "/response/items/0/buyer", 8, model.ErrMalformed, "invalid"},
		{`{"response":{"items":[],"items":[]},` + more + `}`, "/response/items", 0, model.ErrMalformed, "duplicate"},
		{`{"response":{"items":[]},"response":{},` + more + `}`, "/response", 0, model.ErrMalformed, "duplicate"},
		{`{"response":{"items":[]},"response.items":[],` + more + `}`, "/response.items", 0, model.ErrUnexpected, "the page has response.items twice"},
		{`{"response.items":[],"response":{"items":[]},` + more + `}`, "/response/items", 0, model.ErrUnexpected, "the page has response.items twice"},
		{`{"response":{"items":[]},"meta.page":{"more":true},` + more + `}`, "/meta/page/more", 0, model.ErrUnexpected, "the page has meta.page.more twice"},
		{deep(`{"a":1,"a":2}`), "/meta/x" + strings.Repeat("/a", 21), 0, model.ErrMalformed, "duplicate"},
	} {
		_, err := paths(t).Decode([]byte(test.body))
		failed, ok := errors.AsType[*model.DecodeError](err)
		if !ok || failed.Path != test.path || failed.ID != test.id || !errors.Is(err, test.class) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", test.body, err)
		}
	}
	if page, err := paths(t).Decode([]byte(deep("1"))); err != nil || len(page.Rows) > 0 {
		t.Errorf("%v, %v", page, err)
	}
}

func ExampleLayout() {
	schema, err := model.NewSchema("orders", model.Field{Name: "id", Type: model.TypeInt})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, layout := range []model.Layout{
		{Rows: "data.orders", ID: "id", Next: "meta.next"},
		{Rows: "value", ID: "id", Next: "@odata.nextLink", Total: "@odata.count"},
	} {
		decoder, err := model.NewDynamicDecoder(schema, layout)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, body := range []string{
			`{"data": {"orders": [{"id": 3}]}, "meta": {"next": "x7"}}`,
			`{"value": [{"id": 3}], "@odata.count": 9, "@odata.nextLink": "/orders?skip=1"}`,
		} {
			page, err := decoder.Decode([]byte(body))
			if err != nil {
				fmt.Println(err)
				continue
			}
			total, _ := page.Meta.Count.Get()
			fmt.Println(len(page.Rows), page.Next, total)
		}
	}
	// Output:
	// 1 x7 0
	// decode body at byte 0: unexpected JSON: the object has no data.orders
	// decode body at byte 0: unexpected JSON: the object has no value
	// 1 /orders?skip=1 9
}

func ExampleLenientPage() {
	schema, err := model.NewSchema("orders", model.Field{Name: "id", Type: model.TypeInt})
	if err != nil {
		fmt.Println(err)
		return
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "orders", ID: "id", Done: "last"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []string{`{"orders": null, "last": 1}`, `{"orders": [{"id": 3}]}`, `{"items": [], "last": "false"}`} {
		page, err := decoder.Decode([]byte(body), model.LenientPage())
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(len(page.Rows), page.HasMore, page.Told.NoRows, page.Told.NoFlag)
	}
	// Output:
	// 0 false false false
	// 1 false false true
	// 0 true true false
}
