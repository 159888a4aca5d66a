package judgetest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"pgregory.net/rapid"
)

// collated is the schema of users under one collation.
func collated(c model.Collation) *model.Schema {
	return shipstream.UserSchema().With(func(f *model.Field) { f.Collation = c })
}

// judges returns the judges by name, each to be called by the test that needs it.
func judges() map[string]func(*testing.T) *judge {
	return map[string]func(*testing.T) *judge{
		"sqlite binary":  sqlite,
		"mariadb ci":     func(t *testing.T) *judge { t.Helper(); return mariadb(t, model.CI) },
		"mariadb binary": func(t *testing.T) *judge { t.Helper(); return mariadb(t, model.Binary) },
	}
}

// The users of the large world, and how many filters one draw puts to it.
const (
	largeWorld    = 200
	filtersPerRun = 6
)

// TestFiltersOverTrickyRows puts random filters to rows that hold every tricky
// string.
func TestFiltersOverTrickyRows(t *testing.T) {
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			w := newWorld(newSequence(1), largeWorld)
			j.load(t.Context(), t, w)
			rapid.Check(t, func(rt *rapid.T) {
				for range filtersPerRun {
					judgeFilter(t.Context(), rt, j, w, filters(collated(j.collation)).Draw(rt, "filter"))
				}
			})
		})
	}
}

// TestFiltersOverRandomRows draws the rows as well, few at a time, so that what
// it finds shrinks to a filter and a row.
func TestFiltersOverRandomRows(t *testing.T) {
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			rapid.Check(t, func(rt *rapid.T) {
				w := rapid.Custom(func(t *rapid.T) *world { return newWorld(draws{t}, rapid.IntRange(1, 6).Draw(t, "users")) }).Draw(rt, "world")
				j.load(t.Context(), rt, w)
				for range 3 {
					judgeFilter(t.Context(), rt, j, w, filters(collated(j.collation)).Draw(rt, "filter"))
				}
			})
		})
	}
}

// judgeFilter holds every way to evaluate a filter to the judge's verdict on it.
func judgeFilter(ctx context.Context, t fatal, j *judge, w *world, n dsl.Node) {
	t.Helper()
	schema := collated(j.collation)
	checked, err := dsl.Check(dsl.Where(n), schema, dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		t.Fatal(err)
	}
	c := render(checked.Root)
	holdTo(t, j, w, c, j.verdict(ctx, t, w, c), checked.Root, schema)
}

// holdTo fails unless root, its rewrites, and what its text reads as give every
// user the truth value of the verdict; Simplify need only keep what is true.
func holdTo(t fatal, j *judge, w *world, c clause, verdict map[int64]dsl.Tri, root dsl.Node, schema *model.Schema) {
	t.Helper()
	for _, v := range waysOf(t, root, schema) {
		p, err := dsl.Compile(v.root, schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range w.users {
			got, want := p.Eval(u), verdict[u.ID]
			if p.Match(u) != (want == dsl.True) || (got != want && !v.trueOnly) {
				t.Fatal(disagreement(j, c, v.name, v.root, u, got, want))
			}
		}
	}
}

// way is a filter in a form in which it may be evaluated.
type way struct {
	name     string
	root     dsl.Node
	trueOnly bool // it need not keep false and unknown apart
}

// waysOf returns a checked tree, its rewrites, and what its text reads as.
func waysOf(t fatal, root dsl.Node, schema *model.Schema) []way {
	t.Helper()
	return []way{
		{"as checked", root, false},
		{"NNF", dsl.NNF(root), false},
		{"Fold", dsl.Fold(root), false},
		{"Fold of NNF", dsl.Fold(dsl.NNF(root)), false},
		{"NNF of Fold", dsl.NNF(dsl.Fold(root)), false},
		{"Simplify", dsl.Simplify(root), true},
		{"printed and read", reread(t, root, schema), false},
	}
}

func disagreement(j *judge, c clause, name string, root dsl.Node, u *shipstream.User, got, want dsl.Tri) string {
	return fmt.Sprintf("%s: %+q\nis %v and %s says %v: %s\nof %s\nwith %s", name, dsl.Format(root), got, j.name, want, c, u.AppendJSON(nil), u.Included().AppendJSON(nil))
}

// reread prints a checked tree and reads and checks the text.
func reread(t fatal, n dsl.Node, schema *model.Schema) dsl.Node {
	t.Helper()
	return checkedBy(t, dsl.Format(n), schema).Root
}
