package expression_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/rest/expression"
)

// document is what MongoDB stores of a row: numbers as *big.Rat, texts, booleans, time.Time and
// lists as []any. A null is a nil, or the member is missing.
type document map[string]any

// mongoServer evaluates query documents by the MongoDB Manual; see [mongoDB] for the pages. It
// shares no code with what it judges.
type mongoServer struct {
	t    *rapid.T
	seen map[string]bool // the operators that came
}

func (s mongoServer) matches(query any, d document) bool {
	conditions, ok := query.(map[string]any)
	if !ok || len(conditions) == 0 {
		s.t.Fatalf("%v is no condition", query)
	}
	for name, value := range conditions {
		switch name {
		case "$and", "$or", "$nor":
			if !s.joins(name, value, d) {
				return false
			}
			continue
		}
		tests, ok := value.(map[string]any)
		if !ok || strings.HasPrefix(name, "$") {
			s.t.Fatalf("%s: %v is no test of a field", name, value)
		}
		for operator, constant := range tests {
			if !s.test(operator, constant, d[name]) {
				return false
			}
		}
	}
	return true
}

func (s mongoServer) joins(operator string, value any, d document) bool {
	s.seen[operator] = true
	terms, ok := value.([]any)
	if !ok || len(terms) == 0 {
		s.t.Fatalf("%s wants a list with a condition, not %v", operator, value)
	}
	matches := func(term any) bool { return s.matches(term, d) }
	switch operator {
	case "$and":
		return !slices.ContainsFunc(terms, func(term any) bool { return !matches(term) })
	case "$or":
		return slices.ContainsFunc(terms, matches)
	}
	return !slices.ContainsFunc(terms, matches)
}

// test evaluates an operator on a member, which is nil if the document lacks it. It is about the
// member itself or any element of a list.
func (s mongoServer) test(operator string, constant, member any) bool {
	s.seen[operator] = true
	switch operator {
	case "$ne":
		return !s.test("$eq", constant, member)
	case "$nin":
		return !s.test("$in", constant, member)
	case "$in":
		list, ok := constant.([]any)
		if !ok {
			s.t.Fatalf("$in wants a list, not %v", constant)
		}
		return slices.ContainsFunc(list, func(c any) bool { return s.test("$eq", c, member) })
	}
	candidates, isList := member.([]any)
	if !isList {
		candidates = []any{member}
	}
	return slices.ContainsFunc(candidates, func(v any) bool { return s.holds(operator, s.constant(constant), v) })
}

func (s mongoServer) holds(operator string, constant, v any) bool {
	if operator == "$regex" {
		pattern, isText := constant.(string)
		text, ok := v.(string)
		if !isText || strings.Contains(pattern, "\x00") {
			s.t.Fatalf("%q is no pattern", constant)
		}
		return ok && regexp.MustCompile(pattern).MatchString(text)
	}
	if operator == "$eq" && (constant == nil || v == nil) {
		return constant == v
	}
	order, same := compareBSON(v, constant)
	if !same {
		return false // orders are among values of one type
	}
	switch operator {
	case "$eq":
		return order == 0
	case "$gt":
		return order > 0
	case "$gte":
		return order >= 0
	case "$lt":
		return order < 0
	case "$lte":
		return order <= 0
	}
	s.t.Fatalf("no operator %s", operator)
	return false
}

// compareBSON orders two values of one type.
func compareBSON(a, b any) (order int, same bool) {
	switch a := a.(type) {
	case *big.Rat:
		if b, ok := b.(*big.Rat); ok {
			return a.Cmp(b), true
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b), true
		}
	case bool:
		if b, ok := b.(bool); ok {
			rank := map[bool]int{true: 1}
			return rank[a] - rank[b], true
		}
	}
	return 0, false
}

// constant reads a value of Extended JSON.
func (s mongoServer) constant(v any) any {
	switch v := v.(type) {
	case nil, string, bool:
		return v
	case json.Number:
		return s.number(v.String())
	case map[string]any:
		if text, ok := v["$numberDecimal"].(string); ok && len(v) == 1 {
			return s.number(text)
		}
		if date, ok := v["$date"].(map[string]any); ok && len(v) == 1 {
			millis, err := strconv.ParseInt(fmt.Sprint(date["$numberLong"]), 10, 64)
			if err == nil {
				return time.UnixMilli(millis).UTC()
			}
		}
	}
	s.t.Fatalf("%v is no constant", v)
	return nil
}

func (s mongoServer) number(text string) any {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		s.t.Fatalf("%q is no number", text)
	}
	return r
}

// milliseconds is a row as MongoDB keeps it: instants to the millisecond, those of a field with whole
// seconds to the second.
type milliseconds struct{ *modeltest.Record }

// Value returns the value of a field of the row itself.
func (r milliseconds) Value(field int) model.Value {
	v := r.Record.Value(field)
	switch {
	case v.Type() != model.TypeDateTime:
		return v
	case modeltest.Schema().Field(field).WholeSeconds:
		return model.DateTime(v.Time().Truncate(time.Second))
	}
	return model.DateTime(v.Time().Truncate(time.Millisecond))
}

// documentOf returns a row's document. Every second null is missing.
func documentOf(t *rapid.T, row model.Record) document {
	s := modeltest.Schema()
	d := document{}
	for i := range s.Len() {
		f := s.Field(i)
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
			continue
		}
		if v := row.Value(i); !v.IsNull() || i%2 == 0 {
			d[f.Name] = bson(t, v)
		}
	}
	return d
}

func bson(t *rapid.T, v model.Value) any {
	switch v.Type() {
	case model.TypeNull:
		return nil
	case model.TypeString:
		return v.Str()
	case model.TypeBool:
		return v.Bool()
	case model.TypeDateTime:
		return v.Time()
	case model.TypeFloat:
		return new(big.Rat).SetFloat64(v.Float())
	case model.TypeInt, model.TypeDecimal:
		return mongoServer{t: t}.number(v.String())
	case model.TypeList:
		list := []any{}
		for element := range v.Elements() {
			list = append(list, bson(t, element))
		}
		return list
	case model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	t.Fatalf("a %v", v.Type())
	return nil
}

// TestMongoDB: what MongoDB selects by the query of a random tree, and the residual then keeps, are
// the rows for which the tree is true.
func TestMongoDB(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	r, err := expression.Compile(mongoDB(), func(name string) expression.Field {
		f, _ := schema.Lookup(name)
		return mongoField(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	narrowed, whole, operators := 0, 0, map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		var rows []model.Record
		for _, row := range rapid.SliceOfN(valuetest.Records(schema), 1, 6).Draw(t, "rows") {
			rows = append(rows, milliseconds{row})
		}
		for range 8 {
			tree := treetest.CheckedTrees(schema).Draw(t, "filter")
			query, residual, err := r.Where(&dsl.Checked{Root: tree, Schema: schema})
			if err != nil {
				t.Fatal(err)
			}
			if query == nil {
				query = map[string]any{"$and": []any{map[string]any{"id": map[string]any{"$ne": nil}}}}
			} else if narrowed++; residual == nil {
				whole++
			}
			judgeQuery(t, mongoServer{t, operators}, tree, sentJSON(t, query), residual, rows)
		}
	})
	if testing.Short() { // few rounds
		return
	}
	for operator := range strings.FieldsSeq("$and $or $nor $eq $ne $gt $gte $lt $lte $in $nin $regex") {
		if !operators[operator] {
			t.Errorf("no query had %s", operator)
		}
	}
	if whole < 20 || narrowed <= whole {
		t.Errorf("%d queries, %d of them the whole filter: too few to tell", narrowed, whole)
	}
}

func judgeQuery(t *rapid.T, server mongoServer, tree dsl.Node, query any, residual dsl.Node, rows []model.Record) {
	left, err := dsl.Compile(residual, modeltest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		selected := server.matches(query, documentOf(t, row))
		if got, want := selected && left.Match(row), dsltest.Eval(tree, row) == dsl.True; got != want {
			t.Fatalf("%s\nas %s\nleft %s\nselects %v, and with what is left %v, want %v: %v",
				dsl.Format(tree), expression.Format(query), dsl.Format(residual), selected, got, want, row)
		}
	}
}

// sentJSON returns a query as the server reads it.
func sentJSON(t *rapid.T, query any) (read any) {
	d := json.NewDecoder(strings.NewReader(expression.Format(query)))
	d.UseNumber()
	if err := d.Decode(&read); err != nil {
		t.Fatal(err)
	}
	return read
}

// TestMongoDBLeft: what MongoDB compares otherwise than the language is not sent.
func TestMongoDBLeft(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	r, err := expression.Compile(mongoDB(), func(name string) expression.Field {
		f, _ := schema.Lookup(name)
		return mongoField(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ filter, left, reason string }{
		{"code < '['", "", ""},
		{"brand < '['", "brand < '['", "tells letters apart"}, // where an A comes behind the bracket
		{"brand = '['", "", ""},
		{"samples = 0.5", "samples = 0.5", "rounds a float"},
		{"score > 1", "score > 1", "rounds a float"},
		{"labels is empty", "labels is empty", "no test of an empty list"},
		{"ratings > 1.5 and ratings != 2", "ratings > 1.5 and ratings != 2", "may satisfy the server's tests together"},
		{"id = 1 and id = 2", "false", ""},
		{"true", "", ""},
		{"", "", ""},
	} {
		filter, err := dsl.Parse(tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(filter, schema)
		if err != nil {
			t.Fatal(err)
		}
		_, residual, err := r.Where(checked)
		if got := dsl.Format(residual); got != tc.left || err != nil {
			t.Errorf("%s: %q is left, %v, want %q", tc.filter, got, err, tc.left)
		}
		if tc.reason == "" {
			continue
		}
		node := dsl.Simplify(checked.Root)
		if and, ok := node.(*dsl.And); ok {
			node = and.Terms[0]
		}
		if push := r.Classify([]dsl.Node{node})[0]; !strings.Contains(push.Reason, tc.reason) {
			t.Errorf("%s: because %s, want %s", tc.filter, push.Reason, tc.reason)
		}
	}
}
