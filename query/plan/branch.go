package plan

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/idset"
)

// branch is one conjunction of the filter, which becomes a scan.
type branch struct {
	terms     []dsl.Node // not classified yet
	ids       idset.Set  // the ids that the terms on the key allow
	conjuncts []Conjunct // classified
	empty     string     // why no row can match; "" if one may
	expected  int64      // rows that the server is expected to send
	known     bool       // expected is a bound or a count, not a guess
}

// exact reports whether nothing is left to evaluate locally.
func (b *branch) exact() bool { return !slices.ContainsFunc(b.conjuncts, Conjunct.local) }

// alternative is a way to answer the whole filter: by one branch, or by several that
// share no row.
type alternative struct {
	name     func() string // called only if the alternative is rejected
	why      string        // why a list of values is split; "" if none is
	branches []*branch
}

// live yields the branches that a row can match.
func (a *alternative) live() iter.Seq[*branch] {
	return func(yield func(*branch) bool) {
		for _, b := range a.branches {
			if b.empty == "" && !yield(b) {
				return
			}
		}
	}
}

// local yields the conjuncts that are evaluated locally.
func (a *alternative) local() iter.Seq[Conjunct] {
	return func(yield func(Conjunct) bool) {
		for _, b := range a.branches {
			for _, c := range b.conjuncts {
				if b.empty == "" && c.local() && !yield(c) {
					return
				}
			}
		}
	}
}

// exact reports whether the server's rows are the answer.
func (a *alternative) exact() bool {
	for range a.local() {
		return false
	}
	return true
}

// nothing reports whether no row can be in the answer.
func (a *alternative) nothing() bool {
	for range a.live() {
		return false
	}
	return true
}

// refusal returns why the alternative cannot run: its residual reads a field that the
// server never returns.
func (a *alternative) refusal() error {
	var errs []error
	for c := range a.local() {
		for _, f := range fieldsReturned(c.Node, model.ReturnedNo) {
			e := Error{
				Part:   dsl.Format(c.Node),
				Reason: c.Reason + ", and " + f.Name + " is never returned, so it cannot be evaluated locally",
				Hint:   "rewrite the condition so that the server can answer it",
			}
			switch {
			case slices.ContainsFunc(errs, func(err error) bool { return *err.(*Error) == e }): //nolint:errorlint,forcetypeassert // these are the very values
			case len(errs) == maxRefusals:
				return errors.Join(append(errs, errMoreRefused)...)
			default:
				errs = append(errs, &e)
			}
		}
	}
	return errors.Join(errs...)
}

// maxRefusals is how many unanswerable parts of a filter an error names.
const maxRefusals = 20

var errMoreRefused = fmt.Errorf("%w: more parts of the filter have the same problem", ErrUnanswerable)

// doubtful reports whether a residual reads a field that the server may not return.
// The planner takes such a plan only if no other can run.
func (a *alternative) doubtful() bool {
	for c := range a.local() {
		if readsField(c.Node, model.ReturnedUnknown) {
			return true
		}
	}
	return false
}

// readsField reports whether the condition reads a field that is returned in one of
// the ways.
func readsField(n dsl.Node, ways ...model.Returned) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		path := ast.PathOf(n)
		if list, _ := ast.Elements(n); list != nil {
			path = list
		}
		if path != nil { // nearly every condition, at no allocation
			found = found || slices.Contains(ways, path.Field.Returned)
			return !found
		}
		found = found || slices.ContainsFunc(ast.PathsOf(n), func(p *ast.Path) bool { return slices.Contains(ways, p.Field.Returned) }) ||
			slices.ContainsFunc(ast.Cardinalities(n), func(c *ast.Cardinality) bool { return slices.Contains(ways, c.Path.Field.Returned) })
		return !found
	})
	return found
}

// needsServer reports whether rows may lack a field of the condition although it was
// requested, so that only the server can evaluate it for certain.
func needsServer(n dsl.Node) bool { return readsField(n, model.ReturnedNo, model.ReturnedUnknown) }

// fieldsReturned returns the fields of a condition that are returned in the way.
func fieldsReturned(n dsl.Node, way model.Returned) []*model.Field {
	if !readsField(n, way) { // nearly every condition, at no allocation
		return nil
	}
	return slices.DeleteFunc(dsl.Fields(n), func(f *model.Field) bool { return f.Returned != way })
}
