package shipstream_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// warehouse stands for the API: an emulator with three users, and a client. It
// understands `contains`, which is not documented.
func warehouse() (client *transport.Client, end func()) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Operators: shipstreamtest.OpContains,
		Rows: []shipstreamtest.User{
			{ID: 1, Kind: shipstreamtest.OrganizationUser, Name: "Ada", Email: "ada@example.com", Username: "ada", Active: true, Roles: []int64{1}, Warehouse: 5},
			{ID: 2, Kind: shipstreamtest.ClientUser, Name: "Bob", Email: "bob@example.com", Username: "bob", Active: true},
			{ID: 3, Kind: shipstreamtest.OrganizationUser, Name: "Cyd", Email: "cyd@example.com", Username: "cyd"},
		},
		Roles: []shipstreamtest.Role{
			{ID: 1, Name: "Pickers", Permissions: []string{"warehouse", "warehouse/picks"}},
			{ID: 2, Name: "Owners", Permissions: []string{"system"}},
		},
		Warehouses: []shipstreamtest.Warehouse{{ID: 5, Name: "East", Active: true}, {ID: 6, Name: "West", Active: true}},
	})
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		panic(err)
	}
	return client, func() {
		_ = client.Close()
		server.Close()
	}
}

func Example() {
	client, end := warehouse()
	defer end()
	users := shipstream.Users(client, shipstream.AnyUser)
	rows, err := query.Run(context.Background(), users, `is_active and name != $1`, query.Args("Bob"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(user.ID, user.Name)
	}
	// Output: 1 Ada
}

// A source is of one kind of users, or of any.
func ExampleUsers() {
	client, end := warehouse()
	defer end()
	for _, kind := range []shipstream.UserType{shipstream.AnyUser, shipstream.OrganizationUsers, shipstream.ClientUsers} {
		users := shipstream.Users(client, kind)
		rows, err := query.Run(context.Background(), users, ``, query.OrderBy("id"))
		if err != nil {
			fmt.Println(err)
			return
		}
		for batch := range rows.Batches() {
			fmt.Println(kind, len(batch))
		}
	}
	// Output:
	// any 3
	// organization 2
	// client 1
}

// What a server is declared to understand is asked of it.
func ExampleWith() {
	for _, profile := range []wire.Profile{{}, {Contains: true}} {
		users := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Profile: profile}))
		plan, err := query.Prepare(users, `name contains 'd'`)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(profile, plan.Exact(), plan.Scans[0].Query["filter"])
	}
	// Output:
	// documented false []
	// contains true [name{contains:"d"}]
}

// Whether a server returns the timestamps is not documented.
func ExampleUserSource_Varied() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	silent := users.Varied(shipstream.Capabilities{Timestamps: model.ReturnedNo})
	for _, source := range []*shipstream.UserSource{users, silent} {
		_, err := query.Prepare(source, ``, query.Select("created_at"))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// select created_at: the server filters by it but never returns it
}

// A query is planned, and shown to someone, before there is a client to run it.
func ExampleUserSource_Bind() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	plan, err := query.Prepare(users, `is_active`)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, end := warehouse()
	defer end()
	n, err := query.CountPlan(context.Background(), users.Bind(client), plan)
	fmt.Println(n, err)
	// Output: 2 <nil>
}

// Probing finds what may be declared of a server: here the source is used with
// what was found. The findings, left out here, say how each was proved or not.
func ExampleUserSource_Probe() {
	client, end := warehouse()
	defer end()
	users := shipstream.Users(client, shipstream.AnyUser)
	found, _, err := users.Probe(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("timestamps:", found.Timestamps)
	fmt.Println("filters:", users.Varied(found).Profile())
	// Output:
	// timestamps: on request
	// filters: contains
}

func ExampleUserSource_Get() {
	client, end := warehouse()
	defer end()
	users := shipstream.Users(client, shipstream.AnyUser)
	user, err := users.Get(context.Background(), 2, "merchant.name")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.ID, user.Name, user.Kind)
	_, err = users.Get(context.Background(), 404)
	fmt.Println(errors.Is(err, transport.ErrNotFound))
	// Output:
	// 2 Bob ClientUser
	// true
}
