package wire_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// A profile is a value that flags and settings name by its switches.
func ExampleProfile() {
	var documented wire.Profile
	seen, err := documented.With("contains", "pattern_escapes")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range seen.Switches() {
		if s.On {
			fmt.Println(s.Name)
		}
	}
	fmt.Println(documented)
	// Output:
	// contains
	// pattern_escapes
	// documented
}

// An approximation says what is sent in place of a condition, and what is known of it.
func ExampleApproximation() {
	schema := exampleSchema()
	for _, f := range []*dsl.Filter{
		dsl.Where(dsl.Field("email").Like("ann%@x.org%")),
		dsl.Where(dsl.Field("id").In(3, 5)),
		dsl.Where(dsl.Field("email").Contains("x")),
		dsl.Where(dsl.Field("id").In()),
	} {
		c, err := dsl.Check(f, schema)
		if err != nil {
			fmt.Println(err)
			return
		}
		w, narrows := wire.Profile{}.Relax(c.Root)
		fmt.Printf("%s: narrows=%t exact=%t never=%t: %s\n", f, narrows, w.Exact, w.Never(), w.Params)
	}
	// Output:
	// email like 'ann%@x.org%': narrows=true exact=false never=false: [email{start:"ann"}]
	// id in (3, 5): narrows=true exact=true never=false: [id[{eq:3},{eq:5}]]
	// email contains 'x': narrows=false exact=false never=false: []
	// false: narrows=false exact=true never=true: []
}
