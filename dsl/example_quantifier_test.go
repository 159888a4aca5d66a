package dsl_test

import (
	"errors"
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// A condition on one role at a time, as text and in Go.
func ExampleQuantifier() {
	people := modeltest.People()
	ana := modeltest.MustRecord(people, map[string]any{"id": 7, "roles": []modeltest.Object{
		{"id": 1, "name": "Pickers", "permissions": []any{"orders"}},
		{"id": 2, "name": "Admins", "permissions": []any{"users", "orders"}},
	}})
	roles, name, permissions := dsl.Field("roles"), dsl.Field("name"), dsl.Field("permissions")
	for _, n := range []dsl.Node{
		roles.Any(dsl.All(name.Eq("Pickers"), permissions.Eq("users"))),
		roles.All(permissions.Any(dsl.Field("this").StartsWith("ord"))),
		roles.No(name.IsNull()),
		roles.Count(permissions.Eq("orders")).Ge(2),
		roles.Count(nil).Expr().Plus(5).Eq(dsl.Field("id")),
	} {
		c, err := dsl.Check(dsl.Where(n), people)
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := dsl.Compile(c.Root, people)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.Match(ana), dsl.Format(n))
	}
	// Output:
	// false any roles (name = 'Pickers' and permissions = 'users')
	// true all roles (any permissions (this starts with 'ord'))
	// true no roles (name is null)
	// true count(roles where permissions = 'orders') >= 2
	// true count(roles) + 5 = id
}

// Filters of strangers may take no more than some steps for a row.
func ExampleMaxSteps() {
	type order struct {
		Lines []struct {
			Price float64 `filter:"price"`
		} `filter:"lines"`
	}
	orders, err := dsl.For[order]()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := orders.Compile("all lines (price > 10)", dsl.MaxSteps(1000))
	if err != nil {
		fmt.Println(err)
		return
	}
	var long order
	for range 2000 {
		long.Lines = append(long.Lines, struct {
			Price float64 `filter:"price"`
		}{Price: 20})
	}
	_, err = m.Test(&long)
	fmt.Println(err)
	fmt.Println(errors.Is(err, dsl.ErrSteps), errors.Is(err, dsl.ErrLimit))
	// Output:
	// the filter takes more than 1000 steps for a row, whose lists are too long for it
	// true true
}
