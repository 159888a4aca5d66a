package plan

import (
	"errors"
	"fmt"
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

// residual returns the conjuncts that the server does not answer exactly; nil for none.
func (b *branch) residual() dsl.Node { return residualOf(b.conjuncts) }

// exact reports whether nothing is left to evaluate locally.
func (b *branch) exact() bool {
	return !slices.ContainsFunc(b.conjuncts, func(c Conjunct) bool { return c.Verdict != Exact })
}

func residualOf(conjuncts []Conjunct) dsl.Node {
	var terms []dsl.Node
	for _, c := range conjuncts {
		if c.Verdict != Exact {
			terms = append(terms, c.Node)
		}
	}
	switch len(terms) {
	case 0:
		return nil
	case 1:
		return terms[0]
	}
	return &dsl.And{Terms: terms}
}

// alternative is a way to answer the whole filter: by one branch, or by several that
// share no row.
type alternative struct {
	name     func() string // called only if the alternative is rejected
	why      string        // why a list of values is split; "" if none is
	branches []*branch
}

// classify classifies the terms of every branch and drops the empty branches, but
// keeps the last one.
func (p *planner) classify(a *alternative) {
	live := a.branches[:0]
	var split []*branch
	for _, b := range a.branches {
		p.boundIDs(b)
		p.pushDown(b)
		if parts := p.fitRequest(b); parts != nil {
			split = append(split, parts...)
			a.why = "lists of values are sent in parts: with all of them " + p.room.reason
			continue
		}
		if b.empty == "" || len(a.branches) == 1 {
			live = append(live, b)
		}
	}
	a.branches = live
	if split != nil {
		a.branches = slices.Concat(live, split)
	}
}

// refusal returns why the alternative cannot run: its residual reads a field that the
// server never returns.
func (a *alternative) refusal() error {
	var errs []error
	var seen map[Error]bool // several branches may hold the same
	for _, b := range a.branches {
		for _, c := range b.conjuncts {
			if c.Verdict == Exact || b.empty != "" || !readsField(c.Node, func(f *model.Field) bool { return f.Returned == model.ReturnedNo }) {
				continue
			}
			for _, f := range dsl.Fields(c.Node) {
				if f.Returned != model.ReturnedNo {
					continue
				}
				e := Error{
					Part:   dsl.Format(c.Node),
					Reason: c.Reason + ", and " + f.Name + " is never returned, so it cannot be evaluated locally",
					Hint:   "rewrite the condition so that the server can answer it",
				}
				if seen[e] {
					continue
				}
				if len(errs) == maxRefusals {
					return errors.Join(append(errs, errMoreRefused)...)
				}
				if seen == nil {
					seen = make(map[Error]bool)
				}
				seen[e] = true
				errs = append(errs, &e)
			}
		}
	}
	return errors.Join(errs...)
}

// maxRefusals is how many unanswerable parts of a filter an error names.
const maxRefusals = 20

var errMoreRefused = fmt.Errorf("%w: more parts of the filter have the same problem", ErrUnanswerable)

// nothing reports whether no row can be in the answer.
func (a *alternative) nothing() bool {
	return !slices.ContainsFunc(a.branches, func(b *branch) bool { return b.empty == "" })
}

// exact reports whether the server's rows are the answer.
func (a *alternative) exact() bool {
	return !slices.ContainsFunc(a.branches, func(b *branch) bool { return b.empty == "" && !b.exact() })
}

// doubtful reports whether a residual reads a field that the server may not return.
// The planner takes such a plan only if no other can run.
func (a *alternative) doubtful() bool {
	for _, b := range a.branches {
		for _, c := range b.conjuncts {
			if c.Verdict != Exact && b.empty == "" && readsField(c.Node, func(f *model.Field) bool { return f.Returned == model.ReturnedUnknown }) {
				return true
			}
		}
	}
	return false
}

// readsField reports whether the condition reads a field for which one is true.
func readsField(n dsl.Node, one func(*model.Field) bool) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		path := ast.PathOf(n)
		found = found || path != nil && one(path.Field)
		return !found
	})
	return found
}
