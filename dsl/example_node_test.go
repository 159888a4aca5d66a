package dsl_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// A form with a box for each field becomes a filter. No text is pasted together, and an
// empty box adds no condition.
func ExampleColumn() {
	created, email, id := dsl.Field("created_at"), dsl.Field("email"), dsl.Field("id")
	fmt.Println(dsl.Where(dsl.All(
		created.Ge(dsl.Date(2024, time.January, 1)),
		dsl.Any(email.Like("%@example.com"), email.IsNull()),
		id.NotIn(15, 17),
	)))
	fmt.Println(dsl.Where(id.NotIn())) // an empty list has no values
	// Output:
	// created_at >= 2024-01-01 and (email like '%@example.com' or email is null) and id not in (15, 17)
	// true
}

// Every node knows its place in the text, so that an editor can mark conditions.
func ExampleNode() {
	const text = "is_active and not (roles.name = 'Pickers' or id > 5)"
	f, err := dsl.Parse(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	dsl.Walk(f.Root, func(n dsl.Node) bool {
		span := n.Span()
		fmt.Printf("%-13T %2d-%d %s\n", n, span.Start, span.End, text[span.Start:span.End])
		return true
	})
	// Output:
	// *ast.And       0-52 is_active and not (roles.name = 'Pickers' or id > 5)
	// *ast.Truth     0-9 is_active
	// *ast.Not      14-52 not (roles.name = 'Pickers' or id > 5)
	// *ast.Or       19-51 roles.name = 'Pickers' or id > 5
	// *ast.Compare  19-41 roles.name = 'Pickers'
	// *ast.Compare  45-51 id > 5
}

// A comparison with null is unknown: neither true nor false.
func ExampleTri() {
	schema := modeltest.People()
	f, err := dsl.Parse("email = 'ana@example.com'")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(f, schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := dsl.Compile(c.Root, schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, email := range []any{"ana@example.com", "bob@example.com", nil} {
		is := p.Eval(modeltest.MustRecord(schema, map[string]any{"id": 1, "email": email}))
		fmt.Println(is)
	}
	// Output:
	// true
	// false
	// unknown
}
