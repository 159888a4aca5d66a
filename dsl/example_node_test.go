package dsl_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// A form that has a box for each field becomes a filter, and no text is pasted
// together: what was not filled in is not there.
func ExampleColumn() {
	created, email, id := dsl.Field("created_at"), dsl.Field("email"), dsl.Field("id")
	at := func(month time.Month, day int) time.Time { return time.Date(2024, month, day, 0, 0, 0, 0, time.UTC) }
	for _, terms := range [][]dsl.Node{
		{created.Before(at(time.March, 1)), created.Ge(at(time.January, 1))},
		{created.On(at(time.January, 31)), dsl.Field("is_active").IsTrue()},
		{id.Between(10, 20), id.Ne(13), id.NotIn(15, 17), id.Le(19)},
		{email.IsNotNull(), email.Like("%@example.com"), email.Matches(`^a\d+`), dsl.Field("login_via_badge").IsFalse()},
		{id.NotIn()}, // of no values none is in the list
	} {
		fmt.Println(dsl.Where(dsl.All(terms...)))
	}
	// Output:
	// created_at < 2024-03-01T00:00:00Z and created_at >= 2024-01-01T00:00:00Z
	// created_at on 2024-01-31 and is_active is true
	// id between 10 and 20 and id != 13 and id not in (15, 17) and id <= 19
	// email is not null and email like '%@example.com' and email matches '^a\d+' and login_via_badge is false
	// true
}

// Each node knows where it stands in the text: an editor marks the conditions that a
// server cannot answer, say.
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

// A comparison with null is neither true nor false, and so is its negation: neither
// finds the user without an address.
func ExampleTri() {
	schema := model.UserSchema()
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
	for _, email := range []model.Opt[string]{model.Some("ana@example.com"), model.Some("bob@example.com"), model.NullOpt[string]()} {
		is := p.Eval(&model.User{ID: 1, Email: email})
		fmt.Println(is, is.Not())
	}
	// Output:
	// true false
	// false true
	// unknown unknown
}
