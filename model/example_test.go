package model_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/muster-go/muster/model"
)

func ExampleDecodeUsers() {
	body, err := os.ReadFile("testdata/list-users-reference.json")
	if err != nil {
		panic(err)
	}
	page, err := model.DecodeUsers(body)
	if err != nil {
		panic(err)
	}
	for i := range page.Rows {
		u := &page.Rows[i]
		fmt.Println(u.Kind, u.ID, u.Name, u.Email)
		for role := range page.Included.Roles(u) {
			fmt.Println("role:", role.Name)
		}
	}
	fmt.Println("unresolved:", page.Unresolved())
	// Output:
	// OrganizationUser 3 Bernard Greensmith admin@example.com
	// role: Administrators
	// unresolved: [Warehouse 123 Brand 4]
}

func ExampleDecodePage() {
	page, err := model.DecodePage[model.Warehouse]([]byte(`{"collection":[{"type":"Warehouse","id":5,"name":"East","is_active":true,"dock":"B"}],"has_more":false}`))
	if err != nil {
		panic(err)
	}
	for i := range page.Rows {
		w := &page.Rows[i]
		fmt.Println(w.Ref(), w.Name, w.IsActive)
		fmt.Printf("%s\n", w.AppendJSON(nil)) // what is not known has survived
	}
	// Output:
	// Warehouse 5 East true
	// {"type":"Warehouse","id":5,"name":"East","is_active":true,"dock":"B"}
}

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

func ExampleMaxRows() {
	_, err := model.DecodeUsers([]byte(`{"collection":[{"id":9},{"id":8},{"id":7}],"has_more":true}`), model.MaxRows(2))
	fmt.Println(err)
	// Output: decode /collection/2 (id 7) at byte 33: unexpected JSON: a row beyond the 2 that were asked for
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

func ExampleAPILayout() {
	layout := model.APILayout()
	fmt.Println(layout.Rows, layout.ID, layout.Next)
	// Output: collection id next
}

func ExampleDecodeUser() {
	u, err := model.DecodeUser([]byte(`{
		"resource": {"type":"ClientUser","id":7,"name":"Ana","merchant":{"type":"Merchant","id":4}},
		"included": {"Merchant":[{"type":"Merchant","id":4,"name":"ACME Inc."}]}
	}`))
	if err != nil {
		panic(err)
	}
	merchant, ok := u.Included().Merchant(u.Merchant.Or(model.Ref{}))
	fmt.Println(u.Name, merchant.Name, ok)
	// Output: Ana ACME Inc. true
}

func ExampleDecodeError() {
	_, err := model.DecodeUsers([]byte(`{"collection":[{"id":17,"email":12}],"has_more":false}`))
	if e, ok := errors.AsType[*model.DecodeError](err); ok {
		fmt.Println(e.Path, e.ID, e.Offset)
		fmt.Println(e.Err)
		fmt.Println("ask again:", errors.Is(err, model.ErrMalformed))
	}
	// Output:
	// /collection/0/email 17 32
	// want a string or null, got a number
	// ask again: false
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

func ExampleUser_AppendJSON() {
	u := model.User{Kind: model.ClientUser, ID: 7, Name: model.Some("Ana"), Email: model.NullOpt[string]()}
	fmt.Printf("%s\n", u.AppendJSON(nil))
	text, err := json.Marshal(u)
	fmt.Println(string(text), err)
	// Output:
	// {"type":"ClientUser","id":7,"name":"Ana","email":null}
	// {"type":"ClientUser","id":7,"name":"Ana","email":null} <nil>
}

func ExampleUser_AppendJSONFields() {
	u := model.User{ID: 7, Roles: model.Some([]model.Ref{{Type: model.RefClientUserRole, ID: 3}})}
	u.SetIncluded(model.NewIncluded(&model.Role{Type: model.RefClientUserRole, ID: 3, Name: model.Some("Buyers")}))
	row, err := u.AppendJSONFields(nil, []string{"email", "roles", "roles.name"})
	fmt.Println(string(row), err)
	// Output: {"id":7,"email":null,"roles":[{"type":"ClientUserRole","id":3}],"roles.name":["Buyers"]} <nil>
}

func ExampleUser_Value() {
	// A User is a Record: fields are asked for by their index in the schema.
	var record model.Record = &model.User{ID: 7, Name: model.Some("Ana")}
	schema := model.UserSchema()
	for _, name := range []string{"id", "name", "email"} {
		f, _ := schema.Lookup(name)
		fmt.Println(name, f.Type, record.Value(f.Index()))
	}
	// Output:
	// id int 7
	// name string Ana
	// email string null
}

func ExampleSchema_With() {
	// A server that filters by the timestamps and never returns them.
	s := model.UserSchema().With(func(f *model.Field) {
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

func ExampleIncluded() {
	inc := model.NewIncluded(
		&model.Warehouse{ID: 3, Name: model.Some("East Coast 1")},
		&model.Brand{ID: 4, Code: model.Some("acme")},
	)
	w, ok := inc.Warehouse(model.Ref{Type: model.RefWarehouse, ID: 3})
	fmt.Println(w.Name, ok)
	raw, ok := inc.Raw(model.Ref{Type: model.RefBrand, ID: 4})
	fmt.Println(string(raw), ok)
	// Output:
	// East Coast 1 true
	// {"type":"Brand","id":4,"code":"acme"} true
}

func ExampleParseUserType() {
	typ, err := model.ParseUserType("client")
	fmt.Println(typ, typ.Has(model.ClientUser), err)
	_, err = model.ParseUserType("staff")
	fmt.Println(err)
	// Output:
	// client true <nil>
	// unknown type of user "staff": want any, organization or client
}
