package judgetest_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
	"pgregory.net/rapid"
)

// TestPushedFilters is the way of a filter to the server and back: what the
// profile encodes selects, in the emulator, exactly the users for which MariaDB
// finds the filter true; what it weakens, at least these; and what it says no row
// satisfies, none.
func TestPushedFilters(t *testing.T) {
	t.Parallel()
	for _, c := range collations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			for _, escapes := range []bool{false, true} {
				e := emulate(t, c, escapes, trickyUsers(largeWorld))
				var seen fates
				rapid.Check(t, func(rt *rapid.T) {
					for range filtersPerRun {
						e.holdPushed(t, rt, serverProfile(rt, escapes), pushable(c).Draw(rt, "filter"), &seen)
					}
				})
				if seen.pushed == 0 || seen.never == 0 {
					t.Errorf("%+v: some kind of answer was not tested", seen)
				}
			}
		})
	}
}

// pushable draws filters over the fields that the API filters by. Under its
// operators many a deep tree has no form, so these stay shallow.
func pushable(c model.Collation) *rapid.Generator[dsl.Node] {
	schema := collated(c)
	var fields []*model.Field
	for _, name := range []string{"id", "name", "email", "username", "is_active", "created_at", "last_login_at"} {
		f, _ := schema.Lookup(name)
		fields = append(fields, f)
	}
	return rapid.Custom(func(t *rapid.T) dsl.Node { return tree(t, fields, rapid.IntRange(0, 2).Draw(t, "depth")) })
}

// serverProfile draws switches. The emulator serves every operator whatever is
// drawn, but takes the values of patterns literally or does not.
func serverProfile(t *rapid.T, escapes bool) wire.Profile {
	p := wire.Profile{Fields: []string{"id", "name", "email", "username", "is_active", "created_at", "last_login_at"}}
	for _, s := range p.Switches() {
		on := rapid.Bool().Draw(t, s.Name)
		if s.Name == "pattern_escapes" {
			on = escapes && on
		}
		if on {
			p, _ = p.With(s.Name)
		}
	}
	return p
}

// fates is how many filters had which answer.
type fates struct{ pushed, never int }

// holdPushed fails unless the filter's exact form, and the weaker one, select what
// they should, and no row is in the answer of one that is said to have none.
func (e *emulated) holdPushed(t *testing.T, rt *rapid.T, p wire.Profile, n dsl.Node, seen *fates) {
	t.Helper()
	checked, err := dsl.Check(dsl.Where(n), collated(e.judge.collation), dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		rt.Fatal(err)
	}
	want := e.judge.matching(t.Context(), rt, render(checked.Root))
	for _, root := range []dsl.Node{checked.Root, dsl.NNF(checked.Root), dsl.Simplify(checked.Root)} {
		w, _ := p.Relax(root)
		if w.Never() {
			e.holdNever(rt, p, root, want)
			continue
		}
		if got := e.selected(rt, w.Params); !containsAll(got, want) || (w.Exact && !slices.Equal(got, want)) {
			rt.Fatalf("%+q weakened under %s to %+q (exact: %v) selects %v, %s says %v", dsl.Format(root), p, w.Params, w.Exact, got, e.judge.name, want)
		}
	}
	params, err := p.Encode(checked.Root)
	switch {
	case errors.Is(err, wire.ErrNever):
		e.holdNever(rt, p, checked.Root, want)
		seen.never++
	case err == nil:
		if got := e.selected(rt, params); !slices.Equal(got, want) {
			rt.Fatalf("%+q encoded under %s as %+q selects %v, %s says %v", dsl.Format(checked.Root), p, params, got, e.judge.name, want)
		}
		seen.pushed++
	}
}

// holdNever fails if the judge finds a row where none was said to be.
func (e *emulated) holdNever(rt *rapid.T, p wire.Profile, root dsl.Node, want []int64) {
	if len(want) > 0 {
		rt.Fatalf("%+q is said to be true for no row under %s, %s says %v", dsl.Format(root), p, e.judge.name, want)
	}
}

func (e *emulated) selected(rt *rapid.T, params []string) []int64 {
	ids, err := e.Match("any", url.Values{"filter": params})
	if err != nil {
		rt.Fatalf("%+q: %v", params, err)
	}
	return ids
}

func containsAll(set, subset []int64) bool {
	for _, id := range subset {
		if _, found := slices.BinarySearch(set, id); !found {
			return false
		}
	}
	return true
}
