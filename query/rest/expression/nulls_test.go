package expression_test

import (
	"fmt"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// logic is how a server treats null in its language.
type logic struct {
	name     string
	nulls    expression.Nulls   // what it does
	declared []expression.Nulls // what definitions may say of it
	noGuard  bool               // it has no test of presence
}

func logics() []logic {
	sql := expression.Nulls{Eq: "unknown", Ne: "unknown", Order: "unknown", Text: "unknown"}
	odata := expression.Nulls{Eq: "false", Ne: "true", Order: "false", Text: "unknown"}
	jql := expression.Nulls{Eq: "unknown", Ne: "unknown", Order: "unknown", Text: "unknown", Bool: "unknown"}
	takes := expression.Nulls{Eq: "true", Ne: "true", Order: "true", Text: "true"}
	unclear := expression.Nulls{}
	return []logic{
		{name: "SQL", nulls: sql, declared: []expression.Nulls{sql, unclear}},
		{name: "OData", nulls: odata, declared: []expression.Nulls{odata, unclear}},
		{name: "JQL", nulls: jql, declared: []expression.Nulls{jql, unclear}},
		{name: "all takes null", nulls: takes, declared: []expression.Nulls{takes, unclear}},
		{name: "SQL without a guard", nulls: sql, declared: []expression.Nulls{sql, unclear}, noGuard: true},
		{name: "OData without a guard", nulls: odata, declared: []expression.Nulls{odata, unclear}, noGuard: true},
	}
}

// trees is a dialect whose expressions are trees that [truth] evaluates.
func trees(n expression.Nulls, ops ...expression.Op) expression.Dialect {
	d := expression.Dialect{
		Name: "trees", To: expression.Place{Body: "/query"}, Nulls: n,
		And: map[string]any{"and": []any{"{}"}}, Or: map[string]any{"or": []any{"{}"}}, Not: map[string]any{"not": "{}"},
		Text: expression.Text{Fold: expression.FoldNone}, Ops: map[expression.Op]expression.Operator{},
	}
	for _, op := range ops {
		d.Ops[op] = expression.Operator{Template: map[string]any{"op": string(op), "f": "{f}", "v": "{v}"}}
		if op == expression.Present || op == expression.Missing {
			d.Ops[op] = expression.Operator{Template: map[string]any{"op": string(op), "f": "{f}"}}
		}
	}
	return d
}

// tri is a truth value of three.
type tri int

const (
	isFalse tri = iota
	isUnknown
	isTrue
)

// truth evaluates a tree as a server with these nulls does.
func truth(t *testing.T, tree any, row map[string]any, nulls expression.Nulls) tri {
	t.Helper()
	m, ok := tree.(map[string]any)
	if !ok {
		t.Fatalf("%v is no condition", tree)
	}
	for join, worse := range map[string]tri{"and": isFalse, "or": isTrue} {
		list, ok := m[join].([]any)
		if !ok {
			continue
		}
		out := isTrue - worse
		for _, child := range list {
			if v := truth(t, child, row, nulls); (v < out) == (join == "and") && v != out {
				out = v
			}
		}
		return out
	}
	if inner, ok := m["not"]; ok {
		return isTrue - truth(t, inner, row, nulls)
	}
	value := row[fmt.Sprint(m["f"])]
	op := expression.Op(fmt.Sprint(m["op"]))
	if op == expression.Present || op == expression.Missing {
		return of((value == nil) == (op == expression.Missing))
	}
	if value == nil {
		answer := map[expression.Op]expression.Null{expression.Equal: nulls.Eq, expression.In: nulls.Eq, expression.NotEqual: nulls.Ne, expression.NotIn: nulls.Ne}[op]
		if answer == "" {
			answer = nulls.Order
		}
		return map[expression.Null]tri{"true": isTrue, "false": isFalse, "unknown": isUnknown}[answer]
	}
	a, list := atoi(value), []int{}
	if many, ok := m["v"].([]any); ok {
		for _, v := range many {
			list = append(list, atoi(v))
		}
	} else {
		list = append(list, atoi(m["v"]))
	}
	some := false
	for _, b := range list {
		some = some || a == b
	}
	b := list[0]
	switch op { //nolint:exhaustive // of numbers
	case expression.Equal, expression.In:
		return of(some)
	case expression.NotEqual, expression.NotIn:
		return of(!some)
	case expression.Greater:
		return of(a > b)
	case expression.GreaterEqual:
		return of(a >= b)
	case expression.Less:
		return of(a < b)
	case expression.LessEqual:
		return of(a <= b)
	}
	t.Fatalf("no operator %s", op)
	return isUnknown
}

func of(b bool) tri {
	if b {
		return isTrue
	}
	return isFalse
}

func atoi(v any) (n int) {
	_, _ = fmt.Sscan(expression.Format(v), &n)
	return n
}

// formulas are all conditions of up to two predicates on two fields, and their negations.
func formulas() (all []string) {
	var leaves []string
	for _, f := range []string{"a", "b"} {
		for _, p := range []string{"= 1", "> 0", "<= 1", "in (0, 2)", "between 1 and 2", "is null"} {
			leaves = append(leaves, f+" "+p, "not ("+f+" "+p+")")
		}
	}
	all = append(all, leaves...)
	for i, x := range leaves {
		for _, y := range leaves[i+1:] {
			for _, join := range []string{" and ", " or "} {
				all = append(all, x+join+y, "not ("+x+join+y+")")
			}
		}
	}
	return all
}

func numbers(tb testing.TB) *model.Schema {
	tb.Helper()
	s, err := model.NewSchema("rows",
		model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "a", Type: model.TypeInt, Nullable: true}, model.Field{Name: "b", Type: model.TypeInt, Nullable: true})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func checked(tb testing.TB, text string, s *model.Schema) dsl.Node {
	tb.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := dsl.Check(f, s)
	if err != nil {
		tb.Fatal(err)
	}
	return c.Root
}

// pair is a row of two numbers.
type pair struct {
	s    *model.Schema
	a, b any
}

func (p pair) row() map[string]any { return map[string]any{"a": p.a, "b": p.b} }

func (p pair) Value(i int) model.Value {
	if v, ok := p.row()[p.s.Field(i).Name].(int); ok {
		return model.Int(int64(v))
	}
	return model.Value{}
}

func (pair) Len(int) int { return 0 }

func (pair) At(int, int) model.Value { return model.Value{} }

// TestNullLogics: over every formula, row, null logic and declaration of it, an exact
// condition selects the rows for which the formula is true, and a superset at least those.
func TestNullLogics(t *testing.T) {
	t.Parallel()
	s := numbers(t)
	rows := pairs(s)
	if n := len(formulas()); n < 560 || len(rows) != 16 {
		t.Fatalf("%d formulas, %d rows", n, len(rows))
	}
	verdicts := map[plan.Verdict]int{}
	for _, l := range logics() {
		for name, ops := range operatorSets() {
			for _, declared := range l.declared {
				r := declaring(t, l, declared, ops)
				for _, text := range formulas() {
					if fault := faultOf(t, r, l, s, rows, text, verdicts); fault != "" {
						t.Errorf("%s, %s, declared %v: %s\n%s", l.name, name, declared, text, fault)
					}
				}
			}
		}
	}
	t.Logf("%d exact, %d superset, %d unsupported, each over %d rows", verdicts[plan.Exact], verdicts[plan.Superset], verdicts[plan.Unsupported], len(rows))
	if verdicts[plan.Exact] == 0 || verdicts[plan.Superset] == 0 || verdicts[plan.Unsupported] == 0 {
		t.Errorf("verdicts %v: each must come", verdicts)
	}
}

// TestWrongNulls: a declaration that is not the server's is found out by some formula, so
// that TestNullLogics can fail.
func TestWrongNulls(t *testing.T) {
	t.Parallel()
	s := numbers(t)
	rows, all := pairs(s), logics()
	for _, c := range []struct {
		server, declared int // of the logics
		least            int // formulas that are answered wrongly
	}{
		{1, 0, 100}, // a server of OData that is declared as SQL is sent negations without guards
		{3, 0, 100}, // one that takes null along in each test
		{3, 1, 100},
	} {
		for name, ops := range operatorSets() {
			wrong := 0
			r := declaring(t, all[c.server], all[c.declared].nulls, ops)
			for _, text := range formulas() {
				if faultOf(t, r, all[c.server], s, rows, text, map[plan.Verdict]int{}) != "" {
					wrong++
				}
			}
			t.Logf("%s declared as %s, %s: %d formulas are answered wrongly", all[c.server].name, all[c.declared].name, name, wrong)
			if wrong < c.least {
				t.Errorf("%s declared as %s, %s: %d formulas are answered wrongly, want %d", all[c.server].name, all[c.declared].name, name, wrong, c.least)
			}
		}
	}
}

// pairs are rows with each value and null in both fields.
func pairs(s *model.Schema) (rows []pair) {
	for _, a := range []any{nil, 0, 1, 2} {
		for _, b := range []any{nil, 0, 1, 2} {
			rows = append(rows, pair{s, a, b})
		}
	}
	return rows
}

// operatorSets are the tests that languages have.
func operatorSets() map[string][]expression.Op {
	all := expression.Ops()
	return map[string][]expression.Op{
		"all operators": {all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], expression.Present, expression.Missing},
		"no inverse":    {expression.Equal, expression.Greater, expression.Less, expression.Present},
		"no order":      {expression.Equal, expression.In, expression.Missing},
	}
}

// declaring is a dialect that declares null logic of a server.
func declaring(t *testing.T, l logic, declared expression.Nulls, ops []expression.Op) *expression.Renderer {
	t.Helper()
	d := trees(declared, ops...)
	if l.noGuard {
		delete(d.Ops, expression.Present)
		delete(d.Ops, expression.Missing)
	}
	r, err := expression.Compile(d, func(f string) expression.Field { return expression.Field{Name: f} })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faultOf says how a formula is answered wrongly; "" if it is not.
func faultOf(t *testing.T, r *expression.Renderer, l logic, s *model.Schema, rows []pair, text string, verdicts map[plan.Verdict]int) string {
	t.Helper()
	n := dsl.NNF(checked(t, text, s))
	push := r.Classify([]dsl.Node{n})[0]
	verdicts[push.Verdict]++
	if push.Verdict == plan.Unsupported || push.Unsatisfiable {
		return ""
	}
	tree, err := r.Render([]plan.Conjunct{{Node: n, Pushdown: push}})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	predicate, err := dsl.Compile(n, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		want, got := predicate.Match(row), truth(t, tree, row.row(), l.nulls) == isTrue
		if want && !got || got && !want && push.Verdict == plan.Exact {
			return fmt.Sprintf("as %s %v: row %v %v is selected: %v, want %v", push.Verdict, expression.Format(tree), row.a, row.b, got, want)
		}
	}
	return ""
}
