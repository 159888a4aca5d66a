package dsl_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// The hint names the option that raises the limit.
func ExampleMaxListItems() {
	_, err := dsl.Parse("id in (1, 2, 3, 4)", dsl.MaxListItems(3))
	fmt.Println(err)
	// Output:
	// syntax error at line 1, column 17: the `in` list is too long: the limit is 3 values
	//   id in (1, 2, 3, 4)
	//                   ^
	//   hint: leave out duplicates, ask for a range, or ask several times
}

func ExampleMaxBytes() {
	_, err := dsl.Parse("name = 'a name of some length'", dsl.MaxBytes(20))
	if e, ok := errors.AsType[*dsl.SyntaxError](err); ok {
		fmt.Println(e.Summary())
	}
	// Output: the filter is too long: the limit is 20 bytes
}

func ExampleMaxTokens() {
	_, err := dsl.Parse("id = 1 or id = 2 or id = 3", dsl.MaxTokens(8))
	if e, ok := errors.AsType[*dsl.SyntaxError](err); ok {
		fmt.Println(e.Summary())
	}
	// Output: the filter has too many parts: the limit is 8 names, values, operators and marks
}

// Values are bound to the tree: nothing in them is read as a part of the filter.
func ExampleArgs() {
	f, _ := dsl.Parse("name = $1 and id in ($2) and created_at >= $3")
	c, err := dsl.Check(f, modeltest.People(),
		dsl.Args("x' or true", []int{3, 5}, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(c.Root))
	// Output: name = 'x'' or true' and id in (3, 5) and created_at >= 2024-01-01T00:00:00Z
}

func ExampleNow() {
	f, _ := dsl.Parse("last_login_at < today - 1mo")
	c, err := dsl.Check(f, modeltest.People(), dsl.Now(time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(c.Root))
	// Output: last_login_at < 2024-02-29T00:00:00Z
}

// The same day starts and ends at other instants in another zone.
func ExampleZone() {
	f, _ := dsl.Parse("created_at on 2024-01-01")
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -5*60*60)} {
		c, err := dsl.Check(f, modeltest.People(), dsl.Zone(zone))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(dsl.Format(c.Root))
	}
	// Output:
	// created_at between 2024-01-01T00:00:00Z and 2024-01-01T23:59:59Z
	// created_at between 2024-01-01T05:00:00Z and 2024-01-02T04:59:59Z
}

func ExampleMaxRegexp() {
	f, err := dsl.Parse(`name matches '(a{100}){100}'`)
	if err != nil {
		panic(err)
	}
	_, err = dsl.Check(f, modeltest.People(), dsl.MaxRegexp(1000))
	fmt.Println(errors.Is(err, dsl.ErrType))
	// Output: true
}
