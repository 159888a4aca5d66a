package expression

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/query/plan"
)

// term is a condition as the server will have it: a test that is written, or an AND or OR
// of terms.
type term struct {
	kind  kind
	terms []*term // of an AND or OR: two at least, none of the same kind
	test  any     // of a test: text or a tree
}

type kind uint8

const (
	isTest kind = iota
	isAnd
	isOr
)

// joined returns the AND or OR of terms.
func joined(k kind, terms []*term) *term {
	if len(terms) == 1 {
		return terms[0]
	}
	flat := make([]*term, 0, len(terms))
	for _, t := range terms {
		if t.kind == k {
			flat = append(flat, t.terms...)
			continue
		}
		flat = append(flat, t)
	}
	return &term{kind: k, terms: flat}
}

// tests returns how many tests a term has.
func (t *term) tests() int {
	if t.kind == isTest {
		return 1
	}
	n := 0
	for _, child := range t.terms {
		n += child.tests()
	}
	return n
}

// said is what can be said of one condition. The zero said is that nothing can.
type said struct {
	term    *term // nil unless Verdict says that something is sent
	verdict plan.Verdict
	reason  string // why it is not exact
	never   bool   // no row satisfies it
}

func no(reason string) said { return said{reason: reason} }

func never() said { return said{verdict: plan.Exact, never: true} }

func exactly(t *term) said { return said{term: t, verdict: plan.Exact} }

// weaker makes what is exact a superset.
func (s said) weaker(reason string) said {
	if s.verdict == plan.Exact && !s.never {
		s.verdict, s.reason = plan.Superset, reason
	}
	return s
}

// all is the AND of conditions. What cannot be said is left out, and the rest is a
// superset.
func all(parts ...said) said {
	out := said{verdict: plan.Exact}
	terms := make([]*term, 0, len(parts))
	for _, p := range parts {
		if p.never {
			return never()
		}
		if p.verdict != plan.Exact {
			out.verdict, out.reason = plan.Superset, cmp.Or(out.reason, p.reason)
		}
		if p.term != nil {
			terms = append(terms, p.term)
		}
	}
	if len(terms) == 0 {
		return no(out.reason)
	}
	out.term = joined(isAnd, terms)
	return out
}

// some is the OR of conditions. It can be said only if each can.
func some(parts ...said) said {
	out := said{verdict: plan.Exact}
	terms := make([]*term, 0, len(parts))
	for _, p := range parts {
		if p.never {
			continue
		}
		if p.term == nil {
			return no(p.reason)
		}
		if p.verdict != plan.Exact {
			out.verdict, out.reason = plan.Superset, cmp.Or(out.reason, p.reason)
		}
		terms = append(terms, p.term)
	}
	if len(terms) == 0 {
		return never()
	}
	out.term = joined(isOr, terms)
	return out
}

// normalForm returns the lists of tests that a term is: the ORs whose AND it is, or with
// outer isOr the ANDs whose OR it is. It fails if they would have more than most tests.
func (t *term) normalForm(outer kind, most int) (lists [][]*term, ok bool) {
	switch t.kind {
	case isTest:
		return [][]*term{{t}}, true
	case outer:
		for _, child := range t.terms {
			more, ok := child.normalForm(outer, most)
			if !ok {
				return nil, false
			}
			lists = append(lists, more...)
		}
		return lists, size(lists) <= most
	case isAnd, isOr: // the other join
	}
	lists = [][]*term{nil}
	for _, child := range t.terms {
		more, ok := child.normalForm(outer, most)
		if !ok {
			return nil, false
		}
		if lists, ok = crossed(lists, more, most); !ok {
			return nil, false
		}
	}
	return lists, true
}

// crossed returns each list of a with each of b behind it. It fails if they would have
// more than most tests.
func crossed(a, b [][]*term, most int) ([][]*term, bool) {
	if len(a)*size(b)+len(b)*size(a) > most {
		return nil, false
	}
	if len(b) == 1 { // nothing is doubled
		for i := range a {
			a[i] = append(a[i], b[0]...)
		}
		return a, true
	}
	out := make([][]*term, 0, len(a)*len(b))
	for _, first := range a {
		for _, second := range b {
			out = append(out, slices.Concat(first, second))
		}
	}
	return out, true
}

// size returns how many tests lists have.
func size(lists [][]*term) (n int) {
	for _, list := range lists {
		n += len(list)
	}
	return n
}
