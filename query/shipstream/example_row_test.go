package shipstream_test

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// pageOfUsers decodes the rows of a page of the API.
func pageOfUsers(rows string) *model.Page[shipstream.User] {
	page, err := shipstream.DecodeUsers([]byte(`{"collection":[` + rows + `],"included":{
		"Merchant":[{"type":"Merchant","id":4,"code":"acme","brands":[{"type":"Brand","id":9}]}],
		"Brand":[{"type":"Brand","id":9,"name":"Acme Toys"}],"Dock":[{"type":"Dock","id":2,"gate":"B"}],"Locale":"de"},
		"has_more":false,"trace":"f00"}`))
	if err != nil {
		panic(err)
	}
	return page
}

// What a user refers to, and what that refers to, came with the page.
func ExampleUser_References() {
	user := &pageOfUsers(`{"type":"ClientUser","id":7,"merchant":{"type":"Merchant","id":4}}`).Rows[0]
	for ref := range user.References() {
		object, ok := user.Included().Lookup(ref)
		if !ok {
			continue
		}
		for of := range object.References() {
			brand, _ := model.LookupAs[*shipstream.Brand](user.Included(), of)
			fmt.Println(ref, "has", of, brand.Name)
		}
	}
	// Output: Merchant 4 has Brand 9 Acme Toys
}

// A server that is newer than this package sends more: of a user, beside the rows, and
// of what comes with them. None of it is lost.
func ExampleUser_Unknown() {
	page := pageOfUsers(`{"type":"OrganizationUser","id":7,"name":"Ana","badge":{"colour":"red"}}`)
	for name, raw := range page.Rows[0].Unknown() {
		fmt.Printf("user: %s %s\n", name, raw)
	}
	for name, raw := range page.Unknown() {
		fmt.Printf("page: %s %s\n", name, raw)
	}
	for name, raw := range page.Included.Unknown() {
		fmt.Printf("included: %s %s\n", name, raw)
	}
	for object := range page.Included.Objects() {
		if object.Ref().Type == "Dock" {
			fmt.Printf("object: %s\n", object.AppendJSON(nil))
		}
	}
	// Output:
	// user: badge {"colour":"red"}
	// page: trace "f00"
	// included: Locale "de"
	// object: {"type":"Dock","id":2,"gate":"B"}
}

// Null may mean that there is no value, that it was not asked for, or that users of
// the kind have none.
func ExampleUser_Presence() {
	page := pageOfUsers(`{"type":"OrganizationUser","id":7,"email":null},{"type":"ClientUser","id":8}`)
	says := map[model.Presence]string{model.Present: "null", model.Missing: "not asked for", model.NotApplicable: "has none"}
	for _, name := range []string{"email", "login_via_badge"} {
		f, _ := shipstream.UserSchema().Lookup(name)
		for i := range page.Rows {
			u := &page.Rows[i]
			fmt.Println(u.Kind, name, u.Value(f.Index()), says[u.Presence(f.Index())])
		}
	}
	// Output:
	// OrganizationUser email null null
	// ClientUser email null not asked for
	// OrganizationUser login_via_badge null not asked for
	// ClientUser login_via_badge null has none
}

func Example_lookup() {
	user := shipstream.User{ID: 7, Roles: model.Some([]model.Ref{{Type: shipstream.RefClientUserRole, ID: 3}, {Type: shipstream.RefClientUserRole, ID: 4}})}
	user.SetIncluded(model.NewIncluded(&shipstream.Role{Type: shipstream.RefClientUserRole, ID: 3, Name: model.Some("Buyers")}))
	for _, ref := range user.Roles.Or(nil) {
		role, ok := model.LookupAs[*shipstream.Role](user.Included(), ref)
		if !ok {
			fmt.Println(ref, "did not come")
			continue
		}
		fmt.Println(ref, role.Name, "permissions asked for:", role.Permissions.IsSet())
	}
	// Output:
	// ClientUserRole 3 Buyers permissions asked for: false
	// ClientUserRole 4 did not come
}
