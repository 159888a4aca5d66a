package expression

import (
	"fmt"
	"slices"
)

// builder gathers the conditions of one request and keeps the dialect's limits.
type builder struct {
	*Renderer

	parts  []*term   // the conditions, unless the shape is DNF
	groups [][]*term // the ANDs of a DNF; nil = none yet
	tests  int       // of the conditions as they were said
	terms  int       // of the expression
	ors    int       // of a CNF
	bytes  int
}

func (r *Renderer) builder() *builder { return &builder{Renderer: r} }

// growth is how many times as many tests a change of shape may make.
const growth = 4

// add takes a condition in, and returns its text for people; or the reason why the request
// has no room for it.
func (b *builder) add(t *term) (text, reason string) {
	n := t.tests()
	most := growth * n
	if b.Limits.Terms > 0 {
		most = min(most, b.Limits.Terms)
	}
	switch b.Dialect.Shape {
	case DNF:
		return b.addToGroups(t, n)
	case And:
		if lists, ok := t.normalForm(isAnd, n); !ok || len(lists) != n {
			return "", b.lacks("one AND of tests, and no OR")
		}
	case CNF:
		lists, ok := t.normalForm(isAnd, most)
		if !ok {
			return "", "an AND of ORs, as the dialect takes it, would be too long"
		}
		t = conjunction(lists)
	case Tree, "":
	}
	written := b.write(t)
	text = Format(written)
	terms, ors := t.tests(), t.groups()
	if reason = b.full(b.terms+terms, b.ors+ors, b.bytes+len(text)+len(" and ()")); reason != "" {
		return "", reason
	}
	b.terms, b.ors, b.bytes = b.terms+terms, b.ors+ors, b.bytes+len(text)+len(" and ()")
	b.parts = append(b.parts, t)
	return text, ""
}

// addToGroups takes a condition into an OR of ANDs.
func (b *builder) addToGroups(t *term, n int) (text, reason string) {
	lists, ok := t.normalForm(isOr, growth*n)
	if !ok {
		return "", "an OR of ANDs, as the dialect takes it, would be too long"
	}
	if reason := b.full(size(lists), len(lists), 0); reason != "" {
		return "", reason
	}
	text = Format(b.disjunction(lists))
	groups := lists
	if b.groups != nil {
		own := b.groups
		if len(lists) > 1 {
			own = make([][]*term, len(b.groups)) // crossed may append to them
			for i, g := range b.groups {
				own[i] = slices.Clip(g)
			}
		}
		if len(own)*size(lists)+len(lists)*size(own) > growth*(b.tests+n) {
			return "", "with the other conditions an OR of ANDs, as the dialect takes it, would be too long"
		}
		if reason := b.full(len(own)*size(lists)+len(lists)*size(own), len(own)*len(lists), b.bytes+len(text)); reason != "" {
			return "", reason
		}
		groups, _ = crossed(own, lists, growth*(b.tests+n))
	}
	for _, g := range groups {
		if l := b.Limits.PerGroup; l > 0 && len(g) > l {
			return "", fmt.Sprintf("the definition allows %d tests in a group of an expression (limits.per_group)", l)
		}
	}
	b.groups, b.tests, b.bytes = groups, b.tests+n, b.bytes+len(text)
	return text, ""
}

// full says which limit an expression would pass; "" for none.
func (b *builder) full(terms, groups, bytes int) string {
	l := b.Limits
	switch {
	case l.Terms > 0 && terms > l.Terms:
		return fmt.Sprintf("the definition allows %d tests in an expression (limits.terms)", l.Terms)
	case l.Groups > 0 && groups > l.Groups:
		return fmt.Sprintf("the definition allows %d groups in an expression (limits.groups)", l.Groups)
	case l.Bytes > 0 && bytes > l.Bytes:
		return fmt.Sprintf("the definition allows %d bytes in an expression (limits.bytes)", l.Bytes)
	}
	return ""
}

// whole writes all conditions as one expression; nil for none.
func (b *builder) whole() any {
	switch {
	case b.groups != nil:
		return b.disjunction(b.groups)
	case len(b.parts) == 0:
		return nil
	}
	all := joined(isAnd, b.parts)
	if all.kind == isAnd && b.top != nil {
		return b.top.join(b.written(all.terms))
	}
	return b.write(all)
}

// write writes a term.
func (b *builder) write(t *term) any {
	switch t.kind {
	case isAnd:
		return b.and.join(b.written(t.terms))
	case isOr:
		return b.or.join(b.written(t.terms))
	case isTest:
	}
	return t.test
}

// written writes terms, each that is a join set apart.
func (b *builder) written(terms []*term) []any {
	out := make([]any, len(terms))
	for i, t := range terms {
		out[i] = b.write(t)
		if t.kind != isTest {
			out[i] = b.group(out[i])
		}
	}
	return out
}

// disjunction writes an OR of ANDs. In a tree both are written even if they join one.
func (b *builder) disjunction(groups [][]*term) any {
	ands := make([]any, len(groups))
	for i, g := range groups {
		ands[i] = g[0].test
		if len(g) > 1 || b.tree {
			ands[i] = b.and.join(b.written(g))
		}
		if len(g) > 1 && len(groups) > 1 {
			ands[i] = b.group(ands[i])
		}
	}
	if len(ands) == 1 && !b.tree {
		return ands[0]
	}
	return b.or.join(ands)
}

// conjunction is the AND of ORs of tests.
func conjunction(lists [][]*term) *term {
	ors := make([]*term, len(lists))
	for i, list := range lists {
		ors[i] = joined(isOr, list)
	}
	return joined(isAnd, ors)
}

// groups returns how many ORs the term has.
func (t *term) groups() (n int) {
	if t.kind == isOr {
		n++
	}
	for _, child := range t.terms {
		n += child.groups()
	}
	return n
}
