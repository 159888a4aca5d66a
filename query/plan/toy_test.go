package plan_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// toy is a resource over modeltest's things, whose dialect and capabilities tests set.
// Its parameters are conditions of the filter language, so that a test can evaluate what
// a server would answer.
type toy struct {
	verdicts    map[string]plan.Verdict // by the kind of a condition, see kindOf; missing = Unsupported
	fields      map[string]bool         // fields that the server filters by; nil = all
	dependent   bool                    // verdicts depend on the other conjuncts
	nothing     string                  // a condition that no row satisfies; "" = none
	cannot      string                  // a condition that the server lacks although its kind has a verdict; "" = none
	size        func(dsl.Node) int      // of a pushed condition; nil = sizeOf
	schema      *model.Schema           // nil = modeltest's
	maxPage     int                     // 0 = 100
	sorts       bool                    // by every field
	keepDeleted bool
	caps        plan.Capabilities
}

func (y *toy) Dialect() plan.Dialect           { return y }
func (y *toy) Capabilities() plan.Capabilities { return y.caps }
func (y *toy) Independent() bool               { return !y.dependent }
func (y *toy) ID() string                      { return "id" }
func (y *toy) Sorts(*model.Field) bool         { return y.sorts }

func (y *toy) Schema() *model.Schema {
	if y.schema == nil {
		return modeltest.Schema()
	}
	return y.schema
}

func (y *toy) MaxPageSize() int {
	if y.maxPage == 0 {
		return 100
	}
	return y.maxPage
}

func (y *toy) Project(fields []*model.Field) url.Values {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return url.Values{"fields": {strings.Join(names, ",")}}
}

func (y *toy) Describe(s plan.Scan, r paginate.Request) string {
	return fmt.Sprint(s.Query.Encode(), " ", r)
}

func (y *toy) Deleted() (url.Values, bool) { return url.Values{"deleted": {"true"}}, y.keepDeleted }

// kindOf names the kinds of conditions that a dialect distinguishes. An array is an OR
// over one field.
func kindOf(n dsl.Node) string {
	if not, ok := n.(*dsl.Not); ok {
		return "not " + kindOf(not.X)
	}
	if _, ok := n.(*dsl.Or); ok && len(dsl.Fields(n)) == 1 {
		return "array"
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast."))
}

// Classify pushes a conjunct as it is, or by a weaker condition for a superset.
func (y *toy) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		if y.nothing != "" && dsl.Format(n) == y.nothing {
			out[i] = plan.Pushdown{Unsatisfiable: true, Reason: "the server has no such row"}
			continue
		}
		verdict := y.verdicts[kindOf(n)]
		if y.cannot != "" && dsl.Format(n) == y.cannot {
			verdict = plan.Unsupported
		}
		for _, f := range dsl.Fields(n) {
			if y.fields != nil && !y.fields[f.Name] {
				verdict = plan.Unsupported
			}
		}
		if y.dependent && i > 0 && verdict == plan.Exact {
			verdict = plan.Superset // only the first conjunct is exact
		}
		out[i] = pushdown(n, verdict)
		if y.size != nil {
			out[i].Size = y.size(n)
		}
	}
	return out
}

func pushdown(n dsl.Node, verdict plan.Verdict) plan.Pushdown {
	switch verdict {
	case plan.Exact:
		return plan.Pushdown{Verdict: verdict, Params: []plan.Param{{Name: "filter", Value: dsl.Format(n)}}, Size: sizeOf(n)}
	case plan.Superset:
		weaker := dsl.Format(&dsl.Or{Terms: append([]dsl.Node{n}, moreRows())})
		return plan.Pushdown{Verdict: verdict, Params: []plan.Param{{Name: "weaker", Value: weaker}}, Reason: "the server is broader", Size: sizeOf(n)}
	case plan.Unsupported:
	}
	return plan.Pushdown{Reason: "the server cannot"}
}

// moreRows is the condition of rows that a superset brings besides the right ones.
func moreRows() dsl.Node {
	id, _ := modeltest.Schema().Lookup("id")
	path := &dsl.Path{Name: "id", Field: id}
	return &dsl.In{Path: path, Values: []*dsl.Literal{ast.ValueLiteral(model.Int(2), ast.Span{}), ast.ValueLiteral(model.Int(3), ast.Span{})}}
}

// sizeOf is the number of values in a condition.
func sizeOf(n dsl.Node) int { return max(len(dsl.Literals(n)), 1) }

// exactly are verdicts by which all conditions of these kinds are exact.
func exactly(kinds ...string) map[string]plan.Verdict {
	out := make(map[string]plan.Verdict)
	for _, kind := range kinds {
		out[kind] = plan.Exact
	}
	return out
}

// checkedThings checks a filter over things.
func checkedThings(t *testing.T, filter string) *dsl.Checked {
	t.Helper()
	return checkedBy(t, modeltest.Schema(), filter)
}

func checkedBy(t *testing.T, schema *model.Schema, filter string) *dsl.Checked {
	t.Helper()
	f, err := dsl.Parse(filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	c, err := dsl.Check(f, schema, dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return c
}

// planned plans a filter over a toy.
func planned(t *testing.T, y *toy, filter string, o plan.Options) *plan.Plan {
	t.Helper()
	p, err := plan.Make(y, checkedBy(t, y.Schema(), filter), o)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return p
}

// counts is a Count that returns the same number for every scan.
func counts(n int64) func(context.Context, plan.Scan) (int64, error) {
	return func(context.Context, plan.Scan) (int64, error) { return n, nil }
}
