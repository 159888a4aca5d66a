package shipstream_test

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/restsource"
	"github.com/muster-go/muster/query/shipstream"
)

func ExampleRoles() {
	plan, err := query.Prepare(shipstream.Roles(nil, model.OrganizationUsers), `name starts with 'Pick'`, query.OrderBy("name"), query.Limit(10))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Sort, plan.Strategy)
	// Output: server one page
}

func ExampleWarehouses() {
	plan, err := query.Prepare(shipstream.Warehouses(nil), `is_active and name contains 'east'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Scans[0].Query["filter"], plan.Exact())
	// Output: [is_active:true] false
}

func ExampleRolesDefinition() {
	d := shipstream.RolesDefinition(model.AnyUser)
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
	users, err := restsource.New(nil, shipstream.UsersDefinition(model.ClientUsers))
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
