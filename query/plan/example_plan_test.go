package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
)

// Explain a plan as text for people, or as JSON for programs.
func ExamplePlan() {
	planned, err := query.Prepare(shipstream.Users(nil, shipstream.AnyUser), `is_active and name like 'ann%a%'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	var text, data bytes.Buffer
	if err := planned.Explain(&text); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "residual") || strings.HasPrefix(line, "request") {
			fmt.Print(line)
		}
	}
	if err := planned.ExplainJSON(&data); err != nil {
		fmt.Println(err)
		return
	}
	var explained struct {
		Scans []struct {
			Residual string `json:"residual"`
		} `json:"scans"`
	}
	if err := json.Unmarshal(data.Bytes(), &explained); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(explained.Scans[0].Residual)
	// Output:
	// residual  name like 'ann%a%'
	// request   GET /v1/system/users/any?count=1&filter=is_active:true&filter=name{start:"ann"}&limit=1000&sort=-id
	// name like 'ann%a%'
}

// A stored plan is compared with the query that it is to answer.
func ExampleCompare() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	stored, err := query.Prepare(users, "is_active")
	if err != nil {
		fmt.Println(err)
		return
	}
	asked, err := query.Prepare(users, "is_active and id > 7")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(plan.Compare(users, stored, stored, plan.Options{})))
	for _, d := range plan.Compare(users, asked, stored, plan.Options{}) {
		fmt.Printf("%s: %s, not %s\n", d.Name, d.Stored, d.Asked)
	}
	// Output:
	// 0
	// filter: is_active = true, not is_active = true and id > 7
}

// Two identities differ in some properties.
func ExampleDifferences() {
	for _, d := range plan.Differences(map[string]string{"server": "a", "limit": "5"}, map[string]string{"server": "b", "limit": "5"}) {
		fmt.Println(d.Name, d.Stored, d.Asked)
	}
	// Output:
	// server a b
}
