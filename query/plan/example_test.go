package plan_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
)

// checked parses and checks a filter over users.
func checked(users plan.Resource, text string) *dsl.Checked {
	filter, err := dsl.Parse(text)
	if err != nil {
		panic(err)
	}
	out, err := dsl.Check(filter, users.Schema())
	if err != nil {
		panic(err)
	}
	return out
}

func ExampleMake() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	p, err := plan.Make(users, checked(users, `is_active and roles.name = 'Pickers'`), plan.Options{Limit: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range p.Scans[0].Conjuncts {
		fmt.Println(dsl.Format(c.Node), "is", c.Verdict, c.Params)
	}
	fmt.Println("evaluated locally:", dsl.Format(p.Scans[0].Residual))
	// Output:
	// is_active = true is exact [filter=is_active:true]
	// roles.name = 'Pickers' is unsupported []
	// evaluated locally: roles.name = 'Pickers'
}

// counting is a resource whose server counts.
type counting struct{ plan.Resource }

func (c counting) Capabilities() plan.Capabilities {
	caps := c.Resource.Capabilities()
	caps.Count = func(context.Context, plan.Scan) (int64, error) { return 40, nil }
	return caps
}

func ExampleMakeCounted() {
	users := counting{shipstream.Users(nil, shipstream.AnyUser)}
	p, err := plan.MakeCounted(context.Background(), users, checked(users, `is_active`), plan.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Cost.Rows, "rows by", p.Cost.Requests, "request, asked with", p.Counts, "count; known:", p.Cost.Known)
	// Output: 40 rows by 1 request, asked with 1 count; known: true
}

func ExampleLoad() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	p, err := plan.Make(users, checked(users, `id > 1000`), plan.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := json.Marshal(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := plan.Load(users, stored)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(again.Filter), again.Scans[0].IDs, again.String() == p.String())
	// Output: id > 1000 [1001, …) true
}

func ExampleRules() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	for _, off := range [][]string{nil, plan.Rules()} {
		p, err := plan.Make(users, checked(users, `is_active and email ends with '@example.com'`), plan.Options{Without: off})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("exact:", p.Exact())
	}
	// Output:
	// exact: true
	// exact: false
}
