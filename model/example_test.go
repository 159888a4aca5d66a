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
		model.Field{Name: "buyer.name", Type: model.TypeString, Collation: model.CI, Through: "buyer"},
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
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways},
	)
	fmt.Println(s.Name(), s.Len(), err)
	// Output: warehouses 2 <nil>
}

// A role is an object with fields of its own, a permission of it a text.
func ExampleSchema_Elements() {
	s, err := model.NewSchema("users",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "roles", Type: model.TypeRefs},
		model.Field{Name: "roles.name", Type: model.TypeString, Collation: model.CI, Through: "roles"},
		model.Field{Name: "roles.permissions", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Through: "roles"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	roles, _ := s.Lookup("roles")
	role, _ := s.Elements(roles)
	permissions, _ := role.Lookup("permissions")
	permission, _ := role.Elements(permissions)
	for _, s := range []*model.Schema{role, permission} {
		for i := range s.Len() {
			fmt.Println(s.Field(i).Name, s.Field(i).TypeName(), "is", s.Field(i).Origin().Name)
		}
	}
	// Output:
	// name string is roles.name
	// permissions list of string is roles.permissions
	// this string is roles.permissions
}

func ExampleField_Origin() {
	s, err := model.NewSchema("users", model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI})
	if err != nil {
		fmt.Println(err)
		return
	}
	tag, _ := s.Elements(s.Field(0))
	fmt.Println(tag.Field(0).Origin() == s.Field(0), s.Field(0).Origin() == s.Field(0))
	// Output: true true
}

// A loop that keeps no rows decodes each page into the rows of the one before.
func ExampleInto() {
	var rows []model.RawRow
	for _, id := range []int{1, 2} {
		body := fmt.Appendf(nil, `{"collection":[{"id":%d}],"has_more":false}`, id)
		page, err := model.DecodeRaw(body, model.Into(rows))
		if err != nil {
			panic(err)
		}
		rows = page.Rows
		fmt.Printf("%s\n", rows[0].JSON)
	}
	// Output:
	// {"id":1}
	// {"id":2}
}
