package dsl_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

func ExampleFor() {
	type Owner struct {
		Name string `filter:"name"`
	}
	type Label struct {
		Name string `filter:"name,collation=ci"`
	}
	type Parcel struct {
		ID     int64             `filter:"id"`
		Sent   *time.Time        `filter:"sent"`
		Owner  Owner             `filter:"owner"`
		Labels []Label           `filter:"labels"`
		Tags   []string          `filter:"tags"`
		Meta   map[string]string `filter:"meta,keys=team|region"`
		Secret string            // without a tag, filters do not read it
	}
	parcels, err := dsl.For[Parcel]()
	if err != nil {
		panic(err)
	}
	late, err := parcels.Compile("sent is null and owner.name = 'Ana' and labels.name = 'fragile' and meta.team = 'blue' and tags = 'new'")
	if err != nil {
		panic(err)
	}
	fmt.Println(late.Match(&Parcel{
		Owner: Owner{"Ana"}, Labels: []Label{{"Heavy"}, {"Fragile"}}, Meta: map[string]string{"team": "blue"}, Tags: []string{"new"},
	}))
	// Output: true
}

// A mistake in the tags is an error that names the type and the field.
func ExampleFor_mistakes() {
	type Parcel struct {
		ID     int64    `filter:"id"`
		Weight float64  `filter:"weight"`
		Done   chan int `filter:"id"`
	}
	_, err := dsl.For[Parcel]()
	fmt.Println(err)
	// Output:
	// dsl: this Go type cannot be filtered: Parcel.Done: filters have no values of type chan int: it takes integers, floats, string, bool, time.Time, structs, slices and maps
}

// Test says why a row cannot be answered. Eval tells false from unknown.
func ExampleMatcher() {
	type Item struct {
		Size uint64  `filter:"size"`
		Note *string `filter:"note"`
	}
	items, err := dsl.For[Item]()
	if err != nil {
		panic(err)
	}
	m, err := items.Compile("size > 5 and note = 'x'")
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Eval(&Item{Size: 9}))
	fmt.Println(m.Test(&Item{Size: 1 << 63}))
	// Output:
	// unknown <nil>
	// false the language has no such value: field size is 9223372036854775808, which does not fit 64 bits with a sign
}

// A filter that was built, with parameters.
func ExampleStructs_CompileFilter() {
	type Item struct {
		Size int `filter:"size"`
	}
	items, err := dsl.For[Item]()
	if err != nil {
		panic(err)
	}
	small, err := items.CompileFilter(dsl.Where(dsl.Field("size").Lt(dsl.Param("$1"))), dsl.Args(10))
	if err != nil {
		panic(err)
	}
	fmt.Println(small.Match(&Item{9}), small.Match(&Item{10}))
	// Output: true false
}

func ExampleStringCollation() {
	type Item struct {
		Name string `filter:"name"`
		Code string `filter:"code,collation=binary"`
	}
	items, err := dsl.For[Item](dsl.StringCollation(model.CI))
	if err != nil {
		panic(err)
	}
	m, err := items.Compile("name = 'BOLT' and code = 'b1'")
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Match(&Item{"bolt", "b1"}), m.Match(&Item{"bolt", "B1"}))
	// Output: true false
}

func ExampleJSONNames() {
	type Item struct {
		Name   string `json:"name"`
		Secret string `json:"secret" filter:"-"`
	}
	items, err := dsl.For[Item](dsl.JSONNames())
	if err != nil {
		panic(err)
	}
	_, err = items.Compile("name = 'x' and secret = 'y'")
	fmt.Println(err)
	// Output:
	// type error at line 1, column 16: unknown field "secret"
	//   name = 'x' and secret = 'y'
	//                  ^^^^^^
	//   hint: the fields are name
}
