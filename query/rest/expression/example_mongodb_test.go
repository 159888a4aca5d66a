package expression_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
)

// mongoDB is the query documents of MongoDB, for collections without a collation of their own.
// Its sources are pages of the MongoDB Manual, https://www.mongodb.com/docs/manual:
//
//   - "Query for Null or Missing Fields": {f: null} matches null and missing fields, and
//     {f: {$ne: null}} a field that exists and is not null.
//   - "$ne" and "$nin": both take missing fields along.
//   - "$gt" and "Comparison/Sort Order": an order compares only values of the same type, so
//     that it is false for null; texts are compared byte by byte.
//   - "$regex": patterns are Perl's; case counts, and a pattern that begins with ^ can use an index.
//   - "Extended JSON (v2)": a date is {$date: {$numberLong: milliseconds}}.
//
// Each constant stands behind an operator or in a list, so that no text is read as one.
func mongoDB() expression.Dialect {
	test := func(operator string, value any) expression.Operator {
		return expression.Operator{Template: map[string]any{"{f}": map[string]any{operator: value}}}
	}
	join := func(operator string) any { return map[string]any{operator: []any{"{}"}} }
	escape := map[string]string{}
	for _, r := range `\^$.|?*+()[]{}` {
		escape[string(r)] = `\` + string(r)
	}
	pattern := func(text string) expression.Operator {
		o := test("$regex", text)
		o.Escape, o.Refuse = escape, []string{"\x00"} // with which the server ends a pattern
		return o
	}
	like := pattern(`^{text}\z`)
	like.Any, like.One = `[\s\S]*`, `[\s\S]` // the dot leaves out line breaks
	return expression.Dialect{
		Name: "mongodb", To: expression.Place{Body: "/filter"},
		And: join("$and"), Or: join("$or"), Not: join("$nor"),
		Ops: map[expression.Op]expression.Operator{
			expression.Equal: test("$eq", "{v}"), expression.NotEqual: test("$ne", "{v}"),
			expression.Greater: test("$gt", "{v}"), expression.GreaterEqual: test("$gte", "{v}"),
			expression.Less: test("$lt", "{v}"), expression.LessEqual: test("$lte", "{v}"),
			expression.In: test("$in", "{v}"), expression.NotIn: test("$nin", "{v}"),
			expression.Missing: test("$eq", nil), expression.Present: test("$ne", nil),
			expression.StartsWith: pattern(`^{text}`), expression.EndsWith: pattern(`{text}\z`), expression.Contains: pattern(`{text}`),
			expression.Like: like,
		},
		Time:  expression.Time{Format: "unix_ms", Grid: time.Millisecond},
		Nulls: expression.Nulls{Eq: expression.NullFalse, Ne: expression.NullTrue, Order: expression.NullFalse, Text: expression.NullFalse},
		Text:  expression.Text{Fold: expression.FoldNone, Order: true},
	}
}

// mongoField says what the dialect has to know of a field: how its type is written if JSON has
// no such type, and the tests of a list, which are about any element as in the language.
func mongoField(f *model.Field) expression.Field {
	written := map[model.Type]any{
		model.TypeDateTime: map[string]any{"$date": map[string]any{"$numberLong": "{text}"}},
		model.TypeDecimal:  map[string]any{"$numberDecimal": "{text}"},
	}[f.Element()]
	if written == nil && f.Type != model.TypeList {
		return expression.Field{Name: f.Name} // the tests of the dialect
	}
	ops := map[expression.Op]expression.Operator{}
	for op, operator := range map[expression.Op]string{
		expression.Equal: "$eq", expression.NotEqual: "$ne",
		expression.Greater: "$gt", expression.GreaterEqual: "$gte", expression.Less: "$lt", expression.LessEqual: "$lte",
	} {
		ops[op] = expression.Operator{}
		if written != nil {
			ops[op] = expression.Operator{Template: map[string]any{"{f}": map[string]any{operator: written}}}
		}
	}
	if f.Type != model.TypeList {
		ops[expression.Missing], ops[expression.Present] = expression.Operator{}, expression.Operator{}
	}
	if f.Of == model.TypeString {
		ops[expression.In], ops[expression.StartsWith], ops[expression.Contains] = expression.Operator{}, expression.Operator{}, expression.Operator{}
	}
	return expression.Field{Name: f.Name, Ops: ops}
}

// explain prints what a server is asked for each filter, and what is left to evaluate.
func explain(renderer *expression.Renderer, schema *model.Schema, filters ...string) {
	for _, text := range filters {
		filter, err := dsl.Parse(text) // a stranger's
		if err != nil {
			fmt.Println(err)
			return
		}
		checked, err := dsl.Check(filter, schema)
		if err != nil {
			fmt.Println(err)
			return
		}
		query, residual, err := renderer.Where(checked)
		fmt.Println(expression.Format(query), err)
		fmt.Printf("  left: %q\n", dsl.Format(residual))
	}
}

// MongoDB has no preset: its dialect is the data above.
func ExampleRenderer_Where_mongoDB() {
	orders, err := model.NewSchema("orders",
		model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "total", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "placed_at", Type: model.TypeDateTime},
		model.Field{Name: "customer", Type: model.TypeString, Collation: model.Case, Nullable: true},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.Binary, Nullable: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	mongo, err := expression.Compile(mongoDB(), func(name string) expression.Field {
		f, _ := orders.Lookup(name)
		return mongoField(f)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	explain(mongo, orders,
		"status in ('open', 'packed') and not total > 5",
		"placed_at >= 2025-01-01 and (tags = 'gift' or total is null)",
		"status like '10\\%_a%' and customer = 'ada'",
		"tags != 'gift' and status starts with '$eq'")
	// Output:
	// {"$and":[{"status":{"$in":["open","packed"]}},{"total":{"$lte":5}}]} <nil>
	//   left: ""
	// {"$and":[{"placed_at":{"$gte":{"$date":{"$numberLong":"1735689600000"}}}},{"$or":[{"tags":{"$eq":"gift"}},{"total":{"$eq":null}}]}]} <nil>
	//   left: ""
	// {"status":{"$regex":"^10%[\\s\\S]a[\\s\\S]*\\z"}} <nil>
	//   left: "customer = 'ada'"
	// {"status":{"$regex":"^\\$eq"}} <nil>
	//   left: "tags != 'gift'"
}
