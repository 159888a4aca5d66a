package model_test

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func ExampleDecodeRaw() {
	page, err := model.DecodeRaw([]byte(`{"collection":[{"roles":[{"type":"R","id":1}],"id":9,"new":"field"},{"id":8}],"has_more":true,"next":"/n"}`))
	if err != nil {
		panic(err)
	}
	for _, row := range page.Rows {
		fmt.Printf("%d %s\n", row.ID, row.JSON)
	}
	fmt.Println("next:", page.Next)
	// Output:
	// 9 {"roles":[{"type":"R","id":1}],"id":9,"new":"field"}
	// 8 {"id":8}
	// next: /n
}

func ExampleNewDynamicDecoder() {
	orders, err := model.NewSchema(
		"orders",
		model.Field{Name: "number", Type: model.TypeInt},
		model.Field{Name: "paid", Type: model.TypeBool, Nullable: true},
		model.Field{Name: "buyer", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "buyer.name", Type: model.TypeString, Through: "buyer"},
	)
	if err != nil {
		panic(err)
	}
	decoder, err := model.NewDynamicDecoder(orders, model.Layout{Rows: "data", ID: "number", Next: "next_token", Included: "refs"})
	if err != nil {
		panic(err)
	}
	page, err := decoder.Decode([]byte(`{
		"data": [{"number":12,"paid":true,"buyer":{"type":"Customer","id":9},"weight":2.5}],
		"refs": {"Customer":[{"id":9,"name":"Ana"}]},
		"next_token": "abc"
	}`))
	if err != nil {
		panic(err)
	}
	row := &page.Rows[0]
	for i := range orders.Len() {
		fmt.Println(orders.Field(i).Name, row.Value(i), row.Len(i), row.At(i, 0))
	}
	fmt.Println(string(row.AppendJSON(nil)), page.Next)
	// Output:
	// number 12 0 null
	// paid true 0 null
	// buyer 9 1 9
	// buyer.name null 1 Ana
	// {"number":12,"paid":true,"buyer":{"type":"Customer","id":9},"weight":2.5} abc
}

func ExampleDefaultLayout() {
	layout := model.DefaultLayout()
	fmt.Println(layout.Rows, layout.ID, layout.Next)
	// Output: collection id next
}

func ExampleOpt() {
	var absent model.Opt[string]
	for _, o := range []model.Opt[string]{absent, model.NullOpt[string](), model.Some("")} {
		v, ok := o.Get()
		fmt.Printf("%q %-5t absent=%t null=%t or=%q\n", v, ok, o.IsAbsent(), o.IsNull(), o.Or("none"))
	}
	// Output:
	// "" false absent=true null=false or="none"
	// "" false absent=false null=true or="none"
	// "" true  absent=false null=false or=""
}

func ExampleSchema_With() {
	// A server that filters by the timestamps and never returns them.
	s := modeltest.People().With(func(f *model.Field) {
		if f.Type == model.TypeDateTime {
			f.Returned = model.ReturnedNo
		}
	})
	f, _ := s.Lookup("created_at")
	fmt.Println(f.Returned)
	// Output: never
}

func ExampleNewSchema() {
	s, err := model.NewSchema("warehouses",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "name", Type: model.TypeString, Returned: model.ReturnedAlways},
	)
	fmt.Println(s.Name(), s.Len(), err)
	// Output: warehouses 2 <nil>
}
