package dsl_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
)

func ExampleWhere() {
	fmt.Println(dsl.Where(dsl.Field("name").Eq("O'Neil")))
	fmt.Printf("%q\n", dsl.Where(nil).String()) // all rows
	// Output:
	// name = 'O''Neil'
	// ""
}

// Collect the terms first if they are known only at run time.
func ExampleAll() {
	terms := []dsl.Node{dsl.Field("is_active").Holds()}
	for _, word := range []string{"ann", "lee"} {
		terms = append(terms, dsl.Field("name").Contains(word))
	}
	fmt.Println(dsl.Where(dsl.All(terms...)))
	fmt.Println(dsl.Where(dsl.All()))
	// Output:
	// is_active and name contains 'ann' and name contains 'lee'
	// true
}

func ExampleAny() {
	never := dsl.Field("last_login_at").IsNull()
	fmt.Println(dsl.Where(dsl.All(dsl.Any(dsl.Field("id").Lt(100), never), dsl.Field("is_active").Holds())))
	fmt.Println(dsl.Where(dsl.Any()))
	// Output:
	// (id < 100 or last_login_at is null) and is_active
	// false
}

func ExampleNegate() {
	test := dsl.Any(dsl.Field("name").StartsWith("test"), dsl.Field("email").EndsWith("@example.com"))
	fmt.Println(dsl.Where(dsl.Negate(test)))
	fmt.Println(dsl.Where(dsl.Negate(dsl.Field("name").StartsWith("test"))))
	// Output:
	// not (name starts with 'test' or email ends with '@example.com')
	// name not starts with 'test'
}

// A filter that is built once can be checked with other values each time.
func ExampleParam() {
	f := dsl.Where(dsl.All(dsl.Field("id").Gt(dsl.Param("$1")), dsl.Field("name").Eq(dsl.Param(":name"))))
	fmt.Println(f)
	// Output: id > $1 and name = :name
}

func ExampleRelative() {
	fmt.Println(dsl.Where(dsl.Field("last_login_at").Lt(dsl.Relative("now - 90d"))))
	// Output: last_login_at < now - 90d
}

// A date has no zone: it takes the query's.
func ExampleDate() {
	created := dsl.Field("created_at")
	fmt.Println(dsl.Where(created.Ge(dsl.Date(2024, time.January, 31))))
	fmt.Println(dsl.Where(created.Ge(time.Date(2024, time.January, 31, 0, 0, 0, 0, time.UTC))))
	// Output:
	// created_at >= 2024-01-31
	// created_at >= 2024-01-31T00:00:00Z
}
