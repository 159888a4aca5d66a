package expression_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// conjuncts returns the conditions of a filter on orders.
func conjuncts(text string) ([]dsl.Node, error) {
	s, err := model.NewSchema("orders",
		model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "total", Type: model.TypeInt, Nullable: true})
	if err != nil {
		return nil, err
	}
	f, err := dsl.Parse(text)
	if err != nil {
		return nil, err
	}
	c, err := dsl.Check(f, s)
	if err != nil {
		return nil, err
	}
	if and, ok := dsl.Simplify(c.Root).(*dsl.And); ok {
		return and.Terms, nil
	}
	return []dsl.Node{c.Root}, nil
}

func sameName(name string) expression.Field { return expression.Field{Name: name} }

// A renderer writes conditions in the language of a server.
func ExampleCompile() {
	d, _ := expression.Preset("odata")
	r, err := expression.Compile(d, sameName)
	if err != nil {
		fmt.Println(err)
		return
	}
	conditions, err := conjuncts("status = 'open' and total != 5")
	if err != nil {
		fmt.Println(err)
		return
	}
	var pushed []plan.Conjunct
	for i, p := range r.Classify(conditions) {
		fmt.Println(dsl.Format(conditions[i]), "is", p.Verdict)
		pushed = append(pushed, plan.Conjunct{Node: conditions[i], Pushdown: p})
	}
	said, err := r.Render(pushed)
	fmt.Println(said, err)
	// Output:
	// status = 'open' is exact
	// total != 5 is exact
	// status eq 'open' and total ne 5 and total ne null <nil>
}

// The dialects of public specifications.
func ExamplePresets() {
	for _, d := range expression.Presets() {
		fmt.Print(d.Name, " ")
	}
	fmt.Println()
	// Output: aip160 elasticsearch google-directory jql lucene odata postgrest scim servicenow soql
}

// A preset may be changed before it is compiled.
func ExamplePreset() {
	d, ok := expression.Preset("scim")
	d.To.Param = "search"
	fmt.Println(d.Name, d.To.Name(), ok)
	// Output: scim search true
}

// The tests that a language can have.
func ExampleOps() {
	fmt.Println(expression.Ops()[:6])
	// Output: [eq neq gt gteq lt lteq]
}

// How a server may compare text.
func ExampleFolds() {
	fmt.Println(expression.Folds())
	// Output: [none case accents ci ?]
}

// An expression is text or a tree of JSON.
func ExampleFormat() {
	fmt.Println(expression.Format("a eq 1"))
	fmt.Println(expression.Format(map[string]any{"term": map[string]any{"a": 1}}))
	// Output:
	// a eq 1
	// {"term":{"a":1}}
}

// A field may have operators of its own, if their templates have the places they need.
func ExampleCheckOperator() {
	d, _ := expression.Preset("odata")
	text, flag := &model.Field{Type: model.TypeString, Collation: model.CI}, &model.Field{Type: model.TypeBool}
	fmt.Println(expression.CheckOperator(d, text, expression.Like, expression.Operator{Template: "matches({f},{x})"}))
	fmt.Println(expression.CheckOperator(d, flag, expression.Greater, expression.Operator{}))
	// Output:
	// there is no place {x} in the template "matches({f},{x})"; there are {f}, {v}, {text}
	// a field of type bool has no test gt; it has eq, neq, in, nin, present, missing
}

// A name in requests has no quote or parenthesis that takes in what stands beside it.
func ExampleCheckName() {
	d, _ := expression.Preset("odata")
	fmt.Println(expression.CheckName(d, "address/city"))
	fmt.Println(expression.CheckName(d, "tolower(city"))
	// Output:
	// <nil>
	// the server's name "tolower(city" leaves a parenthesis open
}
