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
