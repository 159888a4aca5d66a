package shelf_test

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/shelf"
)

func ExampleRead() {
	definition, err := shelf.Read("okta/users")
	if err != nil {
		fmt.Println(err)
		return
	}
	users, err := rest.New(nil, definition) // for planning alone
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := query.Prepare(users, "lastUpdated >= 2024-03-01 and profile.lastName starts with 'O'")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Request(0))
	// Output:
	// GET /users?limit=200&search=(id pr) and (lastUpdated ge "2024-03-01T00:00:00Z" and profile.lastName sw "O")
}

func ExampleNames() {
	for _, name := range shelf.Names() {
		if strings.HasPrefix(name, "okta/") {
			fmt.Println(name)
		}
	}
	// Output:
	// okta/users
}

func ExampleSummary() {
	fmt.Println(shelf.Summary("okta/users"))
	// Output:
	// Users of an Okta organization
}

func ExampleText() {
	text, err := shelf.Text("okta/users")
	fmt.Println(strings.Contains(string(text), "dialect: scim"), err)
	_, err = shelf.Text("okta/user")
	fmt.Println(err)
	// Output:
	// true <nil>
	// the shelf has no definition "okta/user"; did you mean okta/users
}
