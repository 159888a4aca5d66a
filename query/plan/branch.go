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

// branch is one conjunction of the filter on its way to become a scan.
type branch struct {
	terms     []dsl.Node // what the rules still have to place
	ids       idset.Set  // the ids that the terms on the key allow
	conjuncts []Conjunct // what was placed
	empty     string     // why no row can match; "" when some may
	expected  int64      // rows that the server is expected to send
	known     bool       // whether expected is a bound or was counted, and is no guess
}

// residual is what the server does not answer exactly; nil for nothing.
func (b *branch) residual() dsl.Node { return residualOf(b.conjuncts) }

// exact reports whether nothing is left to evaluate.
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

// alternative is a way to answer the whole filter: one branch, or several whose
// answers share no row.
type alternative struct {
	name     func() string // worked out only for those that lose
	why      string        // why a list of values is parted; "" where none is
	branches []*branch
}

// place classifies what the branches say, and drops those that say nothing.
func (p *planner) place(a *alternative) {
	live := a.branches[:0]
	var parted []*branch
	for _, b := range a.branches {
		p.boundIDs(b)
		p.pushDown(b)
		if parts := p.fitRequest(b); parts != nil {
			parted = append(parted, parts...)
			a.why = "lists of values go in parts: with all of them " + p.room.reason
			continue
		}
		if b.empty == "" || len(a.branches) == 1 {
			live = append(live, b)
		}
	}
	a.branches = live
	if parted != nil {
		a.branches = slices.Concat(live, parted)
	}
}

// refusal is why the alternative cannot be run: a field that its residual reads
// is never returned.
func (a *alternative) refusal() error {
	var errs []error
	var seen map[PlanError]bool // several branches may hold the same
	for _, b := range a.branches {
		for _, c := range b.conjuncts {
			if c.Verdict == Exact || b.empty != "" || !readsField(c.Node, func(f *model.Field) bool { return f.Returned == model.ReturnedNo }) {
				continue
			}
			for _, f := range dsl.Fields(c.Node) {
				if f.Returned != model.ReturnedNo {
					continue
				}
				e := PlanError{
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
					seen = make(map[PlanError]bool)
				}
				seen[e] = true
				errs = append(errs, &e)
			}
		}
	}
	return errors.Join(errs...)
}

// maxRefusals is how many parts of a filter that cannot be answered are named.
const maxRefusals = 20

var errMoreRefused = fmt.Errorf("%w: and more parts of the filter for the like reason", ErrUnanswerable)

// nothing reports whether no row can be in the answer.
func (a *alternative) nothing() bool {
	return !slices.ContainsFunc(a.branches, func(b *branch) bool { return b.empty == "" })
}

// exact reports whether the server's rows are the answer.
func (a *alternative) exact() bool {
	return !slices.ContainsFunc(a.branches, func(b *branch) bool { return b.empty == "" && !b.exact() })
}

// doubtful reports whether a residual reads a field of which nobody knows
// whether it is returned. Such a plan is taken only where no other is left.
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

// readsField reports whether the condition reads a field that is one of those.
func readsField(n dsl.Node, one func(*model.Field) bool) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		path := ast.PathOf(n)
		found = found || path != nil && one(path.Field)
		return !found
	})
	return found
}
