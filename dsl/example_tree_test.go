package dsl_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// checked returns the checked tree of a filter over users.
func checked(text string) dsl.Node {
	f, err := dsl.Parse(text)
	if err != nil {
		panic(err)
	}
	c, err := dsl.Check(f, modeltest.People())
	if err != nil {
		panic(err)
	}
	return c.Root
}

// Spelling and place in the text do not count, the order of terms does.
func ExampleEqual() {
	n := checked("id != 1 and is_active")
	fmt.Println(dsl.Equal(n, checked("NOT (id == 1) && is_active")))
	fmt.Println(dsl.Equal(n, checked("is_active and id != 1")))
	// Output:
	// true
	// false
}

func ExampleFields() {
	for _, f := range dsl.Fields(checked("is_active and (name = 'x' or roles.name = 'x') and is_active")) {
		fmt.Println(f.Name, f.Type)
	}
	// Output:
	// is_active bool
	// name string
	// roles.name string
}

func ExampleLiterals() {
	for _, l := range dsl.Literals(checked("id in (3, 5) and name starts with 'x'")) {
		fmt.Println(l.Value)
	}
	// Output:
	// 3
	// 5
	// x
}

// A contradiction stays unknown for null.
func ExampleFold() {
	fmt.Println(dsl.Format(dsl.Fold(checked("id > 3 and id >= 5 and id < 20"))))
	fmt.Println(dsl.Format(dsl.Fold(checked("id = 3 or id = 5 or id = 3"))))
	fmt.Println(dsl.Format(dsl.Fold(checked("id = 3 and id = 5"))))
	// Output:
	// id between 5 and 19
	// id in (3, 5)
	// id between 1 and 0
}

// Nothing flips behind a reference: a record may have many.
func ExampleNNF() {
	fmt.Println(dsl.Format(dsl.NNF(checked("not (is_active and id < 5)"))))
	fmt.Println(dsl.Format(dsl.NNF(checked("not (name = 'x' or roles.id < 5)"))))
	// Output:
	// is_active != true or id >= 5
	// name != 'x' and not roles.id < 5
}

func ExampleSuggest() {
	fields := []string{"id", "name", "email", "created_at"}
	fmt.Printf("%q %q\n", dsl.Suggest("creatd_at", fields), dsl.Suggest("warehouse", fields))
	// Output: "created_at" ""
}

func ExampleSargable() {
	things := modeltest.Schema()
	for _, text := range []string{"year(created_at) = 2024", "trim(name) = 'Ana'", "length(name) > 12"} {
		f, err := dsl.Parse(text)
		if err != nil {
			panic(err)
		}
		c, err := dsl.Check(f, things)
		if err != nil {
			panic(err)
		}
		if plain, exact := dsl.Sargable(dsl.Simplify(c.Root)); plain != nil {
			fmt.Println(dsl.Format(plain), exact)
		}
	}
	// Output:
	// created_at >= 2024-01-01T00:00:00Z and created_at < 2025-01-01T00:00:00Z true
	// name = 'Ana' or name starts with ' ' false
}

func ExamplePathsOf() {
	f, err := dsl.Parse("last_login_at < created_at + 7d")
	if err != nil {
		panic(err)
	}
	for _, p := range dsl.PathsOf(f.Root) {
		fmt.Println(p.Name)
	}
	// Output:
	// last_login_at
	// created_at
}

func ExampleWalkOperand() {
	f, err := dsl.Parse("length(trim(name)) > 12")
	if err != nil {
		panic(err)
	}
	if n, ok := f.Root.(*dsl.Computed); ok {
		dsl.WalkOperand(n.X, func(o dsl.Operand) bool {
			if c, ok := o.(*dsl.Call); ok {
				fmt.Println(c.Name)
			}
			return true
		})
	}
	// Output:
	// length
	// trim
}

func ExampleShift_Seconds() {
	for _, text := range []string{"last_login_at < created_at + 90min", "last_login_at < created_at - 1mo"} {
		relation, ok := checked(text).(*dsl.Relation)
		if !ok {
			continue
		}
		dsl.WalkOperand(relation.Right, func(o dsl.Operand) bool {
			if s, ok := o.(*dsl.Shift); ok {
				fmt.Println(s.Seconds())
			}
			return true
		})
	}
	// Output:
	// 5400 true
	// 0 false
}
