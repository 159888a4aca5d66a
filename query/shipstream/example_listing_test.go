package shipstream_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
)

// A listing knows what it was made of, and through which client it is asked.
func ExampleListing() {
	client, end := warehouse()
	defer end()
	roles := shipstream.Roles(client, shipstream.OrganizationUsers)
	schema := roles.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		fmt.Println(f.Name, f.TypeName(), "sorts:", roles.Dialect().Sorts(f), "returned:", f.Returned)
	}
	fmt.Println(roles.Definition().Path, "of the client's server:", roles.Capabilities().Identity["server"] == roles.Client().BaseURL())
	fmt.Println(roles.Capabilities().RateLimit().Rate, "requests a second, and as many at once as the client allows:", roles.Workers() == roles.Client().Workers())
	// Output:
	// id int sorts: true returned: always
	// name string sorts: true returned: always
	// permissions list of string sorts: false returned: on request
	// /v1/system/userRoles/organization of the client's server: true
	// 10 requests a second, and as many at once as the client allows: true
}

// What a query does with a source can be done by hand: rows are counted, a page is
// fetched and its rows are read, put aside for a sort, and stripped of what was only
// fetched for the filter.
func ExampleListing_Fetch() {
	client, end := warehouse()
	defer end()
	ctx := context.Background()
	roles := shipstream.Roles(client, shipstream.OrganizationUsers)
	plan, err := query.Prepare(roles, `id > 0`, query.Select("permissions"))
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := roles.Count(ctx, plan.Scans[0])
	fmt.Println(n, "roles,", err)
	page, err := roles.Fetch(plan.Scans[0])(ctx, paginate.Request{Descending: true, Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	permissions, _ := roles.Schema().Lookup("permissions")
	spill := roles.NewSpill() // good for roles.Capabilities().Spills
	for i := range page.Rows {
		role := &page.Rows[i]
		again, err := spill.Read(spill.Append(nil, role))
		if err != nil {
			fmt.Println(err)
			return
		}
		roles.Hide(role, []*model.Field{permissions})
		fmt.Println(roles.ID(role), role.Permissions.IsAbsent(), roles.Record(&again).Value(permissions.Index()))
	}
	fmt.Println("more:", page.HasMore, "rows may be put aside:", roles.Capabilities().Spills)
	// Output:
	// 2 roles, <nil>
	// 2 true ["system"]
	// more: true rows may be put aside: true
}

// Rows that nobody looks into are passed on as the server wrote them.
func ExampleUserSource_Raw() {
	client, end := warehouse()
	defer end()
	users := shipstream.Users(client, shipstream.AnyUser)
	raw := users.Raw()
	for _, filter := range []string{`id = 2`, `name like 'B%b'`} {
		plan, err := query.Prepare(users, filter)
		if err != nil {
			fmt.Println(err)
			return
		}
		if !raw.Serves(plan) {
			fmt.Println(filter, "is evaluated here, for which rows must be decoded")
			continue
		}
		rows, err := query.RunPlan(context.Background(), raw, plan)
		if err != nil {
			fmt.Println(err)
			return
		}
		for row, err := range rows.All() {
			fmt.Println(string(row.JSON), err)
		}
	}
	// Output:
	// {"type":"ClientUser","id":2,"name":"Bob","email":"bob@example.com","username":"bob","is_active":true} <nil>
	// name like 'B%b' is evaluated here, for which rows must be decoded
}
