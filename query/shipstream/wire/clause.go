package wire

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// operator is an operator of the filter syntax, spelled as on the wire.
type operator string

const (
	opEq       operator = "eq"
	opNeq      operator = "neq"
	opGt       operator = "gt"
	opGteq     operator = "gteq"
	opLt       operator = "lt"
	opLteq     operator = "lteq"
	opStart    operator = "start"
	opEnd      operator = "end"
	opContains operator = "contains"
	opLike     operator = "like"
	opNlike    operator = "nlike"
	opRegex    operator = "regex"
	opIn       operator = "in"
	opNin      operator = "nin"
	opNull     operator = "null"
	opNotNull  operator = "notnull" // written as the Profile has it
)

// term is one operator with its operand: list for in and nin, none for null
// and notnull, value for the rest.
type term struct {
	op    operator
	value model.Value
	list  []model.Value
}

// object is a conjunction of terms over one field, no operator twice: a JSON5
// object on the wire.
type object []term

// clause is a disjunction of one or more objects over one field: a parameter
// on the wire. A list of clauses is their conjunction, so that an encoding is
// in conjunctive form with objects for literals.
type clause struct {
	field *model.Field
	alts  []object
}

// group is the conjunction of all clauses over one field.
type group struct {
	field   *model.Field
	clauses []clause
}

// encoding is a sound superset of the rows for which a node is true.
//
// It selects no row when never is set, and every row when it has no clauses.
// It is exact unless inexact says what was lost.
type encoding struct {
	clauses []clause
	never   bool
	inexact *UnsupportedError
}

// one returns the exact encoding of a single term over f. Nearly every leaf comes
// by here: one allocation, not three, and with room for no more than it holds.
func one(f *model.Field, t term) encoding {
	var leaf struct {
		clauses [1]clause
		alts    [1]object
		terms   [1]term
	}
	leaf.terms[0] = t
	leaf.alts[0] = leaf.terms[:]
	leaf.clauses[0] = clause{field: f, alts: leaf.alts[:]}
	return encoding{clauses: leaf.clauses[:]}
}

// both returns the exact encoding of two terms over f that hold together.
func both(f *model.Field, s, t term) encoding {
	said := one(f, s)
	said.clauses[0].alts[0] = object{s, t}
	return said
}

// single returns the clause's only term.
func (c *clause) single() (term, bool) {
	if len(c.alts) == 1 && len(c.alts[0]) == 1 {
		return c.alts[0][0], true
	}
	return term{}, false
}

// rejectsNull reports whether the clause is false for null.
func (c *clause) rejectsNull() bool {
	for _, alt := range c.alts {
		if len(alt) == 1 && alt[0].op == opNull {
			return false
		}
	}
	return true
}

// merged is the clauses as they are written: sorted by field, in order of
// appearance, with as much as possible of a field in one object.
func (e *encoder) merged(clauses []clause) []clause {
	if len(clauses) == 1 { // the usual condition
		return clauses
	}
	var out []clause
	for _, g := range e.groups(clauses) {
		out = append(out, g.clauses...)
	}
	return out
}

// groups sorts clauses by field, in order of appearance, and within a field
// puts as much as possible into one object: `{gt:1}` and `{lt:9}` become
// `{gt:1,lt:9}`.
func (e *encoder) groups(clauses []clause) []group {
	list := make([]group, 0, min(len(clauses), 8))
	for _, c := range clauses {
		// A search, because schemas have a dozen fields and filters fewer.
		i := slices.IndexFunc(list, func(g group) bool { return g.field == c.field })
		if i < 0 {
			i = len(list)
			list = append(list, group{field: c.field})
		}
		list[i].clauses = append(list[i].clauses, c)
	}
	for i := range list {
		list[i].clauses = e.merge(list[i].clauses)
	}
	return list
}

// merge puts the single-object clauses among clauses, all over one field,
// together so that no object has an operator twice. Time is linear: the k-th
// use of an operator goes into the k-th object, no search for room.
func (e *encoder) merge(clauses []clause) []clause {
	if len(clauses) < 2 {
		return clauses
	}
	implied := slices.ContainsFunc(clauses, func(c clause) bool {
		t, ok := c.single()
		return c.rejectsNull() && (!ok || t.op != opNotNull)
	})
	m := merger{nin: e.Nin}
	for _, c := range clauses {
		t, ok := c.single()
		switch {
		case ok && t.op == opNotNull && implied:
		case len(c.alts) > 1, ok && (t.op == opNull || t.op == opNotNull):
			m.out = append(m.out, c)
		default:
			for _, t := range c.alts[0] {
				m.add(c.field, t)
			}
		}
	}
	return m.out
}

// merger builds the objects of one field: mine holds where in out they are,
// uses how often an operator was used.
type merger struct {
	nin  bool
	out  []clause
	mine []int
	uses []use
}

type use struct {
	op operator
	n  int
}

// count returns how often op was used before.
func (m *merger) count(op operator) int {
	for i := range m.uses {
		if m.uses[i].op == op {
			m.uses[i].n++
			return m.uses[i].n - 1
		}
	}
	m.uses = append(m.uses, use{op, 1})
	return 0
}

func (m *merger) add(f *model.Field, t term) {
	k := m.count(t.op)
	if m.nin && t.op == opNeq && k > 0 {
		m.addToList(t.value)
		return
	}
	if k == len(m.mine) {
		m.mine = append(m.mine, len(m.out))
		m.out = append(m.out, clause{field: f, alts: []object{nil}})
	}
	t.list = slices.Clip(t.list) // addToList may append to it
	alt := &m.out[m.mine[k]].alts[0]
	*alt = append((*alt)[:len(*alt):len(*alt)], t)
}

// addToList turns the first object's neq into nin, or lengthens its nin.
func (m *merger) addToList(v model.Value) {
	alt := m.out[m.mine[0]].alts[0]
	i := slices.IndexFunc(alt, func(t term) bool { return t.op == opNeq || t.op == opNin })
	if alt[i].op == opNeq {
		alt[i] = term{op: opNin, list: []model.Value{alt[i].value}}
	}
	if !slices.Contains(alt[i].list[max(0, len(alt[i].list)-1):], v) {
		alt[i].list = append(alt[i].list, v)
	}
}

func equalClauses(a, b []clause) bool {
	return slices.EqualFunc(a, b, func(a, b clause) bool {
		return slices.EqualFunc(a.alts, b.alts, func(a, b object) bool {
			return slices.EqualFunc(a, b, func(a, b term) bool {
				return a.op == b.op && a.value == b.value && slices.Equal(a.list, b.list)
			})
		})
	})
}

// allOf is the conjunction of parts.
func allOf(parts []encoding) encoding {
	n := 0
	for _, part := range parts {
		n += len(part.clauses)
	}
	out := encoding{clauses: make([]clause, 0, n)}
	for _, part := range parts {
		if part.never {
			return part
		}
		out.clauses = append(out.clauses, part.clauses...)
		if out.inexact == nil {
			out.inexact = part.inexact
		}
	}
	return out
}

// anyOf is the disjunction of parts, the terms of n.
//
// Over one field it is exact. Over several it is their bounding box: for each
// field that every part constrains, the disjunction of these constraints. The
// box is exact where the parts differ in one field alone.
func (e *encoder) anyOf(n dsl.Node, parts []encoding) encoding {
	live := parts[:0] // the caller has no further use for them
	var inexact *UnsupportedError
	for _, part := range parts {
		switch {
		case part.never:
			continue
		case len(part.clauses) == 0 && part.inexact == nil:
			return encoding{}
		case inexact == nil:
			inexact = part.inexact
		}
		live = append(live, part)
	}
	switch len(live) {
	case 0:
		return encoding{never: true}
	case 1:
		return live[0]
	}
	if slices.ContainsFunc(live, func(part encoding) bool { return len(part.clauses) == 0 }) {
		return encoding{inexact: inexact}
	}
	box, lost := e.box(n, live)
	if inexact == nil {
		inexact = lost
	}
	return encoding{clauses: box, inexact: inexact}
}

func (e *encoder) box(n dsl.Node, parts []encoding) ([]clause, *UnsupportedError) {
	if c, ok := oneFieldEach(parts); ok {
		return []clause{c}, nil
	}
	if !constrainsAll(parts) {
		return nil, unsupported(n, reasonOrAcross)
	}
	grouped := make([][]group, len(parts))
	sameFields := true
	for i, part := range parts {
		grouped[i] = e.groups(part.clauses)
		sameFields = sameFields && len(grouped[i]) == len(grouped[0])
	}
	var out []clause
	var lost *UnsupportedError
	common, differing := 0, 0
	for _, g := range grouped[0] {
		column, ok := columnOf(g.field, grouped)
		if !ok {
			continue
		}
		common++
		if allEqual(column) {
			out = append(out, g.clauses...)
			continue
		}
		differing++
		product, whole := e.distribute(column)
		if !whole {
			lost = unsupported(n, reasonTooWide)
		}
		out = append(out, product...)
	}
	if !sameFields || common < len(grouped[0]) || differing > 1 {
		lost = unsupported(n, reasonOrAcross)
	}
	return out, lost
}

// oneFieldEach joins parts that are one clause each, all over one field, which
// is by far the most frequent disjunction.
func oneFieldEach(parts []encoding) (clause, bool) {
	joined := clause{field: parts[0].clauses[0].field}
	width := 0
	for _, part := range parts {
		if len(part.clauses) != 1 || part.clauses[0].field != joined.field {
			return clause{}, false
		}
		width += len(part.clauses[0].alts)
	}
	joined.alts = make([]object, 0, width)
	for _, part := range parts {
		joined.alts = append(joined.alts, part.clauses[0].alts...)
	}
	return joined, true
}

// constrainsAll reports whether there is a field of which every part asks
// something.
func constrainsAll(parts []encoding) bool {
	return slices.ContainsFunc(parts[0].clauses, func(c clause) bool {
		return !slices.ContainsFunc(parts[1:], func(part encoding) bool {
			return !slices.ContainsFunc(part.clauses, func(d clause) bool { return d.field == c.field })
		})
	})
}

// columnOf returns what each row of grouped asks of f; ok is false when one of
// them asks nothing.
func columnOf(f *model.Field, grouped [][]group) (column [][]clause, ok bool) {
	column = make([][]clause, len(grouped))
	for i, groups := range grouped {
		at := slices.IndexFunc(groups, func(g group) bool { return g.field == f })
		if at < 0 {
			return nil, false
		}
		column[i] = groups[at].clauses
	}
	return column, true
}

func allEqual(column [][]clause) bool {
	for _, c := range column[1:] {
		if !equalClauses(column[0], c) {
			return false
		}
	}
	return true
}

// maxAlternatives caps what distributing OR over AND may produce in one
// encoding: alternatives over all parameters. It lets a `not in` of the
// language's longest list stand beside an `is null`, which is far more than any
// server takes in a request line.
const maxAlternatives = 1 << 15

// distribute turns the disjunction of conjunctions of clauses over one field
// into a conjunction of clauses: (a and b) or c = (a or c) and (b or c). Past
// the cap it keeps the first factor only, which is weaker, and whole is false.
func (e *encoder) distribute(column [][]clause) (product []clause, whole bool) {
	factors, width := 1, 0
	for _, clauses := range column {
		widest := 0
		for _, c := range clauses {
			widest = max(widest, len(c.alts))
		}
		width += widest
		if factors <= maxAlternatives { // beyond, it could overflow
			factors *= len(clauses)
		}
	}
	whole = factors == 1 || factors <= e.budget/width
	switch {
	case !whole:
		factors = 1
	case factors > 1:
		e.budget -= factors * width
	}
	product = make([]clause, factors)
	for k := range product {
		rest := k
		product[k].field = column[0][0].field
		product[k].alts = make([]object, 0, width)
		for _, clauses := range column {
			c := clauses[rest%len(clauses)]
			rest /= len(clauses)
			product[k].alts = append(product[k].alts, c.alts...)
		}
	}
	return product, whole
}
