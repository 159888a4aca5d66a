package shipstream_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// What roles permit comes on request.
func ExampleRoles() {
	client, end := warehouse()
	defer end()
	roles := shipstream.Roles(client, shipstream.OrganizationUsers)
	rows, err := query.Run(context.Background(), roles, `name starts with 'Pick'`, query.Select("permissions"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for role, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(role.ID, role.Name, role.Permissions.Or(nil))
	}
	// Output: 1 Pickers [warehouse warehouse/picks]
}

func ExampleWarehouses() {
	client, end := warehouse()
	defer end()
	rows, err := query.Run(context.Background(), shipstream.Warehouses(client), `is_active and name contains 'as'`, query.OrderBy("name"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for w, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(w.ID, w.Name)
	}
	// Output: 5 East
}

// A warehouse that a user refers to by its id alone is fetched when it is wanted.
func ExampleListing_Get() {
	client, end := warehouse()
	defer end()
	ctx := context.Background()
	user, err := shipstream.Users(client, shipstream.AnyUser).Get(ctx, 1, "default_warehouse")
	if err != nil {
		fmt.Println(err)
		return
	}
	warehouses := shipstream.Warehouses(client)
	ref := user.DefaultWarehouse.Or(model.Ref{})
	w, err := warehouses.Get(ctx, ref.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ref, "is", w.Name)
	_, err = warehouses.Get(ctx, 404)
	fmt.Println(err)
	// Output:
	// Warehouse 5 is East
	// warehouse 404: /v1/inventory/warehouses: the API has no such object
}

func ExampleRolesDefinition() {
	d := shipstream.RolesDefinition(shipstream.AnyUser)
	fmt.Println(d.Name, d.Path, d.Paging.Style)
	// Output: userRoles /v1/system/userRoles/any keyset
}

func ExampleWarehousesDefinition() {
	for _, f := range shipstream.WarehousesDefinition().Fields {
		fmt.Println(f.Name, f.Type, f.Sort)
	}
	// Output:
	// id int true
	// name string true
	// is_active bool false
}

func ExampleUsersDefinition() {
	users, err := rest.New(nil, shipstream.UsersDefinition(shipstream.ClientUsers))
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := query.Prepare(users, `is_active and merchant.code = 'acme'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Scans[0].Query.Encode())
	// Output: fields=merchant&fields%3Amerchant=code&filter=is_active%3Atrue
}

// Another listing of the API, whose conditions are in its filter syntax.
func ExampleSyntax() {
	brands, err := rest.New(nil, rest.Definition{
		Name: "brands", Path: "/v1/brands", Syntax: shipstream.Syntax(wire.Profile{In: true}),
		Fields: []rest.Field{
			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}, Filter: true},
			{Field: model.Field{Name: "code", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways}, Filter: true},
		},
		Layout: model.DefaultLayout(), Paging: rest.Paging{Style: rest.Keyset, Limit: "limit", Sort: "sort"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	planned, err := query.Prepare(brands, "code in ('acme', 'apex')")
	fmt.Println(brands.Dialect().Describe(planned.Scans[0], paginate.Request{Limit: 100}), err)
	// Output: GET /v1/brands?filter=code{in:["acme","apex"]}&limit=100&sort=id <nil>
}

func ExampleProfileOf() {
	profile, ok := shipstream.ProfileOf(shipstream.UsersDefinition(shipstream.AnyUser).Syntax)
	fmt.Println(profile, ok)
	_, ok = shipstream.ProfileOf(nil)
	fmt.Println(ok)
	// Output:
	// documented true
	// false
}
