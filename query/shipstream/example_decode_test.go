package shipstream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

func ExampleDecodeUsers() {
	body, err := os.ReadFile("testdata/list-users-reference.json")
	if err != nil {
		panic(err)
	}
	page, err := shipstream.DecodeUsers(body)
	if err != nil {
		panic(err)
	}
	for i := range page.Rows {
		u := &page.Rows[i]
		fmt.Println(u.Kind, u.ID, u.Name, u.Email)
		for role := range shipstream.RolesOf(u) {
			fmt.Println("role:", role.Name)
		}
	}
	fmt.Println("unresolved:", page.Unresolved())
	// Output:
	// OrganizationUser 3 Bernard Greensmith admin@example.com
	// role: Administrators
	// unresolved: [Warehouse 123 Brand 4]
}

func Example_decodePage() {
	page, err := model.DecodePage[shipstream.Warehouse]([]byte(`{"collection":[{"type":"Warehouse","id":5,"name":"East","is_active":true,"dock":"B"}],"has_more":false}`))
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

func ExampleDecodeUser() {
	u, err := shipstream.DecodeUser([]byte(`{
		"resource": {"type":"ClientUser","id":7,"name":"Ana","merchant":{"type":"Merchant","id":4}},
		"included": {"Merchant":[{"type":"Merchant","id":4,"name":"ACME Inc."}]}
	}`))
	if err != nil {
		panic(err)
	}
	merchant, ok := model.LookupAs[*shipstream.Merchant](u.Included(), u.Merchant.Or(model.Ref{}))
	fmt.Println(u.Name, merchant.Name, ok)
	// Output: Ana ACME Inc. true
}

func ExampleUser_AppendJSON() {
	u := shipstream.User{Kind: shipstream.ClientUser, ID: 7, Name: model.Some("Ana"), Email: model.NullOpt[string]()}
	fmt.Printf("%s\n", u.AppendJSON(nil))
	text, err := json.Marshal(u)
	fmt.Println(string(text), err)
	// Output:
	// {"type":"ClientUser","id":7,"name":"Ana","email":null}
	// {"type":"ClientUser","id":7,"name":"Ana","email":null} <nil>
}

func ExampleUser_AppendJSONFields() {
	u := shipstream.User{ID: 7, Roles: model.Some([]model.Ref{{Type: shipstream.RefClientUserRole, ID: 3}})}
	u.SetIncluded(model.NewIncluded(&shipstream.Role{Type: shipstream.RefClientUserRole, ID: 3, Name: model.Some("Buyers")}))
	row, err := u.AppendJSONFields(nil, []string{"email", "roles", "roles.name"})
	fmt.Println(string(row), err)
	// Output: {"id":7,"email":null,"roles":[{"type":"ClientUserRole","id":3}],"roles.name":["Buyers"]} <nil>
}

func ExampleUser_Value() {
	// A User is a Record: fields are asked for by their index in the schema.
	var record model.Record = &shipstream.User{ID: 7, Name: model.Some("Ana")}
	schema := shipstream.UserSchema()
	for _, name := range []string{"id", "name", "email"} {
		f, _ := schema.Lookup(name)
		fmt.Println(name, f.Type, record.Value(f.Index()))
	}
	// Output:
	// id int 7
	// name string Ana
	// email string null
}

func Example_included() {
	inc := model.NewIncluded(
		&shipstream.Warehouse{ID: 3, Name: model.Some("East Coast 1")},
		&shipstream.Brand{ID: 4, Code: model.Some("acme")},
	)
	w, ok := model.LookupAs[*shipstream.Warehouse](inc, model.Ref{Type: shipstream.RefWarehouse, ID: 3})
	fmt.Println(w.Name, ok)
	raw, ok := inc.Raw(model.Ref{Type: shipstream.RefBrand, ID: 4})
	fmt.Println(string(raw), ok)
	// Output:
	// East Coast 1 true
	// {"type":"Brand","id":4,"code":"acme"} true
}

func ExampleParseUserType() {
	typ, err := shipstream.ParseUserType("client")
	fmt.Println(typ, typ.Has(shipstream.ClientUser), err)
	_, err = shipstream.ParseUserType("staff")
	fmt.Println(err)
	// Output:
	// client true <nil>
	// unknown type of user "staff": want any, organization or client
}

func Example_decodeError() {
	_, err := shipstream.DecodeUsers([]byte(`{"collection":[{"id":17,"email":12}],"has_more":false}`))
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

func Example_maxRows() {
	_, err := shipstream.DecodeUsers([]byte(`{"collection":[{"id":9},{"id":8},{"id":7}],"has_more":true}`), model.MaxRows(2))
	fmt.Println(err)
	// Output: decode /collection/2 (id 7) at byte 33: unexpected JSON: a row beyond the 2 that were asked for
}

func ExampleUserSchema() {
	s := shipstream.UserSchema()
	for _, name := range []string{"id", "last_login_at", "roles", "roles.name"} {
		f, _ := s.Lookup(name)
		fmt.Printf("%s: %v, nullable %t, through %q\n", f.Name, f.Type, f.Nullable, f.Through)
	}
	// Output:
	// id: int, nullable false, through ""
	// last_login_at: datetime, nullable true, through ""
	// roles: references, nullable false, through ""
	// roles.name: string, nullable true, through "roles"
}

// A user built by hand gets what its references point at.
func Example_newIncluded() {
	east := model.Ref{Type: shipstream.RefWarehouse, ID: 3}
	u := shipstream.User{ID: 7, DefaultWarehouse: model.Some(east)}
	u.SetIncluded(model.NewIncluded(&shipstream.Warehouse{ID: 3, Name: model.Some("East Coast 1")}))
	row, err := u.AppendJSONFields(nil, []string{"default_warehouse.name"})
	fmt.Println(string(row), err)
	// Output: {"id":7,"default_warehouse.name":"East Coast 1"} <nil>
}

func ExampleRolesOf() {
	pickers := &shipstream.Role{Type: shipstream.RefOrganizationUserRole, ID: 3, Name: model.Some("Pickers")}
	u := shipstream.User{ID: 7, Roles: model.Some([]model.Ref{pickers.Ref()})}
	u.SetIncluded(model.NewIncluded(pickers))
	for role := range shipstream.RolesOf(&u) {
		fmt.Println(role.Name)
	}
	// Output: Pickers
}

func ExampleDecodeRaw() {
	page, err := shipstream.DecodeRaw([]byte(`{"collection":[{"id":9,"new":"field"}],"included":{"Brand":[{"id":4,"code":"acme"}]},"has_more":false}`))
	if err != nil {
		panic(err)
	}
	brand, ok := model.LookupAs[*shipstream.Brand](page.Included, model.Ref{Type: shipstream.RefBrand, ID: 4})
	fmt.Println(string(page.Rows[0].JSON), brand.Code, ok)
	// Output: {"id":9,"new":"field"} acme true
}

func ExampleDecodeIncluded() {
	inc, err := shipstream.DecodeIncluded([]byte(`{"Warehouse":[{"id":3,"name":"East"}]}`))
	w, _ := model.LookupAs[*shipstream.Warehouse](inc, model.Ref{Type: shipstream.RefWarehouse, ID: 3})
	fmt.Println(w.Name, err)
	// Output: East <nil>
}
