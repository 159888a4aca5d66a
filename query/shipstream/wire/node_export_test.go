package wire

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Node returns what the parameters say, as a checked tree without positions:
// true where there are none, false where no row can satisfy them.
func (w Approximation) Node() dsl.Node {
	if w.never || len(w.clauses) == 0 {
		return &dsl.Const{Value: !w.never}
	}
	return nodeOf(w.clauses)
}

// nodeOf returns the checked tree that says clauses: the inverse of relax.
func nodeOf(clauses []clause) dsl.Node {
	terms := make([]dsl.Node, 0, len(clauses))
	for i := range clauses {
		n := clauses[i].node()
		if and, ok := n.(*dsl.And); ok {
			terms = append(terms, and.Terms...)
			continue
		}
		terms = append(terms, n)
	}
	switch len(terms) {
	case 0:
		return &dsl.Const{Value: true}
	case 1:
		return terms[0]
	}
	return &dsl.And{Terms: terms}
}

// node joins equalities into one In, and reads the pair {gteq:v},{lt:v} as the
// "is not null" that it is meant for.
func (c *clause) node() dsl.Node {
	alts := make([]dsl.Node, 0, len(c.alts))
	var members *dsl.In
	for i := 0; i < len(c.alts); i++ {
		alt := c.alts[i]
		switch {
		case i+1 < len(c.alts) && splitsAll(alt, c.alts[i+1]):
			alts = append(alts, c.term(term{op: opNotNull}))
			i++
		case len(alt) == 1 && alt[0].op == opEq && members != nil:
			members.Values = append(members.Values, literal(alt[0].value))
		case len(alt) == 1 && alt[0].op == opEq && c.anotherEq(i):
			members = &dsl.In{Path: c.path(), Values: []*dsl.Literal{literal(alt[0].value)}}
			alts = append(alts, members)
		default:
			alts = append(alts, c.object(alt))
		}
	}
	if len(alts) == 1 {
		return alts[0]
	}
	return &dsl.Or{Terms: alts}
}

func (c *clause) anotherEq(i int) bool {
	return slices.ContainsFunc(c.alts[i+1:], func(o object) bool { return len(o) == 1 && o[0].op == opEq })
}

// splitsAll reports whether a or b holds for whatever is not null, because one
// is {gteq:v} and the other {lt:v}.
func splitsAll(a, b object) bool {
	return len(a) == 1 && len(b) == 1 && a[0].op == opGteq && b[0].op == opLt && a[0].value == b[0].value
}

func (c *clause) object(alt object) dsl.Node {
	if len(alt) == 2 && alt[0].op == opGteq && alt[1].op == opLteq {
		return &dsl.Between{Path: c.path(), Lo: literal(alt[0].value), Hi: literal(alt[1].value)}
	}
	terms := make([]dsl.Node, len(alt))
	for i, t := range alt {
		terms[i] = c.term(t)
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &dsl.And{Terms: terms}
}

func (c *clause) path() *dsl.Path { return &dsl.Path{Name: c.field.Name, Field: c.field} }

func (c *clause) term(t term) dsl.Node {
	switch t.op {
	case opEq:
		return c.compare(dsl.Eq, t)
	case opNeq:
		return &dsl.Not{X: c.compare(dsl.Eq, t)}
	case opGt:
		return c.compare(dsl.Gt, t)
	case opGteq:
		return c.compare(dsl.Ge, t)
	case opLt:
		return c.compare(dsl.Lt, t)
	case opLteq:
		return c.compare(dsl.Le, t)
	case opStart:
		return c.match(dsl.StartsWith, t)
	case opEnd:
		return c.match(dsl.EndsWith, t)
	case opContains:
		return c.match(dsl.Contains, t)
	case opLike:
		return c.match(dsl.Like, t)
	case opNlike:
		return &dsl.Not{X: c.match(dsl.Like, t)}
	case opRegex:
		return c.match(dsl.Matches, t)
	case opIn:
		return c.members(t)
	case opNin:
		return &dsl.Not{X: c.members(t)}
	case opNull:
		return &dsl.Is{Path: c.path(), What: dsl.IsNull}
	case opNotNull:
	}
	return &dsl.Not{X: &dsl.Is{Path: c.path(), What: dsl.IsNull}}
}

func (c *clause) compare(op dsl.CompareOp, t term) dsl.Node {
	return &dsl.Compare{Path: c.path(), Op: op, Value: literal(t.value)}
}

func (c *clause) match(op dsl.MatchOp, t term) dsl.Node {
	return &dsl.Match{Path: c.path(), Op: op, Pattern: literal(t.value)}
}

func (c *clause) members(t term) dsl.Node {
	in := &dsl.In{Path: c.path(), Values: make([]*dsl.Literal, len(t.list))}
	for i, v := range t.list {
		in.Values[i] = literal(v)
	}
	return in
}

// literal returns v as the parser would have written it, where it could.
func literal(v model.Value) *dsl.Literal {
	lit := &dsl.Literal{Kind: dsl.LitValue, Value: v}
	switch v.Type() {
	case model.TypeInt:
		lit.Kind = dsl.LitInt
	case model.TypeString:
		lit.Kind = dsl.LitString
	case model.TypeBool:
		lit.Kind = dsl.LitBool
	case model.TypeDateTime:
		lit.Kind, lit.Text = dsl.LitDateTime, v.Time().Format(timeLayout)
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	return lit
}
