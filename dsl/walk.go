package dsl

import (
	"slices"

	"github.com/muster-go/muster/model"
)

// Walk visits n and all nodes below it, parents before children, in the order
// of the text. Where visit returns false the node's children are left out.
// A nil n has nothing to visit.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	switch n := n.(type) {
	case *And:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case *Or:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case *Not:
		Walk(n.X, visit)
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
}

// Rewrite returns the tree with every node replaced by what f makes of it,
// children before parents. Nodes that nothing changes are shared with n, and n
// itself is left alone. An And in an And and an Or in an Or are merged, so that
// the result keeps the shape that [Node] promises. f must not return nil; a nil
// n stays nil.
func Rewrite(n Node, f func(Node) Node) Node {
	switch n := n.(type) {
	case nil:
		return nil
	case *And:
		if terms, changed := eachTerm(n.Terms, func(t Node) Node { return Rewrite(t, f) }); changed {
			return f(conjunction(terms, n.Range))
		}
	case *Or:
		if terms, changed := eachTerm(n.Terms, func(t Node) Node { return Rewrite(t, f) }); changed {
			return f(disjunction(terms, n.Range))
		}
	case *Not:
		if x := Rewrite(n.X, f); x != n.X {
			return f(&Not{X: x, Range: n.Range})
		}
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
	return f(n)
}

// eachTerm returns what f makes of the terms: the terms themselves where it changes
// none of them.
func eachTerm(terms []Node, f func(Node) Node) (out []Node, changed bool) {
	out = terms
	for i, t := range terms {
		r := f(t)
		if r != t && !changed {
			changed, out = true, slices.Clone(terms)
		}
		if changed {
			out[i] = r
		}
	}
	return out, changed
}

// conjunction returns the And of terms in its proper shape: true for none, the
// term itself for one, nested conjunctions merged.
func conjunction(terms []Node, at Span) Node {
	flat := flatten(terms, func(n Node) []Node {
		if a, ok := n.(*And); ok {
			return a.Terms
		}
		return nil
	})
	switch len(flat) {
	case 0:
		return &Const{Value: true, Range: at}
	case 1:
		return flat[0]
	}
	return &And{Terms: flat, Range: at}
}

// disjunction is conjunction for Or; of no terms it is false.
func disjunction(terms []Node, at Span) Node {
	flat := flatten(terms, func(n Node) []Node {
		if o, ok := n.(*Or); ok {
			return o.Terms
		}
		return nil
	})
	switch len(flat) {
	case 0:
		return &Const{Value: false, Range: at}
	case 1:
		return flat[0]
	}
	return &Or{Terms: flat, Range: at}
}

// flatten replaces the terms that have inner terms by those. It returns terms
// itself when there are none.
func flatten(terms []Node, inner func(Node) []Node) []Node {
	nested := func(n Node) bool { return inner(n) != nil }
	if !slices.ContainsFunc(terms, nested) {
		return terms
	}
	var flat []Node
	for _, t := range terms {
		if in := inner(t); in != nil {
			flat = append(flat, flatten(in, inner)...)
		} else {
			flat = append(flat, t)
		}
	}
	return flat
}

// Equal reports whether a and b are the same tree, where they stand in the text
// aside. Terms are compared in order. Constants are compared as they are
// written, so `now` never equals an instant; a constant of kind [LitValue]
// equals the literal that its value would be written as.
func Equal(a, b Node) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *And:
		b, ok := b.(*And)
		return ok && slices.EqualFunc(a.Terms, b.Terms, Equal)
	case *Or:
		b, ok := b.(*Or)
		return ok && slices.EqualFunc(a.Terms, b.Terms, Equal)
	case *Not:
		b, ok := b.(*Not)
		return ok && Equal(a.X, b.X)
	case *Const:
		b, ok := b.(*Const)
		return ok && a.Value == b.Value
	case *Truth:
		b, ok := b.(*Truth)
		return ok && equalPath(a.Path, b.Path)
	case *Compare:
		b, ok := b.(*Compare)
		return ok && a.Op == b.Op && equalPath(a.Path, b.Path) && equalLiteral(a.Value, b.Value)
	case *In:
		b, ok := b.(*In)
		return ok && equalPath(a.Path, b.Path) && slices.EqualFunc(a.Values, b.Values, equalLiteral)
	case *Between:
		b, ok := b.(*Between)
		return ok && equalPath(a.Path, b.Path) && equalLiteral(a.Lo, b.Lo) && equalLiteral(a.Hi, b.Hi)
	case *Match:
		b, ok := b.(*Match)
		return ok && a.Op == b.Op && equalPath(a.Path, b.Path) && equalLiteral(a.Pattern, b.Pattern)
	case *Is:
		b, ok := b.(*Is)
		return ok && a.What == b.What && equalPath(a.Path, b.Path)
	case *On:
		b, ok := b.(*On)
		return ok && equalPath(a.Path, b.Path) && equalLiteral(a.Date, b.Date)
	}
	return false
}

func equalPath(a, b *Path) bool { return a.Name == b.Name }

func equalLiteral(a, b *Literal) bool {
	ka, ta := spelling(a)
	kb, tb := spelling(b)
	if ka != kb {
		return false
	}
	switch ka {
	case LitInt, LitDecimal, LitString, LitBool, LitValue:
		return a.Value == b.Value
	case LitDate, LitDateTime, LitRelative, LitParam:
		return ta == tb
	case LitNull:
	}
	return true
}

// spelling returns the kind and the text as which a literal would be written:
// for [LitValue] those of its value.
func spelling(l *Literal) (LiteralKind, string) {
	if l.Kind != LitValue {
		return l.Kind, l.Text
	}
	switch l.Value.Type() {
	case model.TypeInt:
		return LitInt, ""
	case model.TypeDecimal:
		if _, scale := l.Value.Decimal(); scale == 0 {
			return LitInt, ""
		}
		return LitDecimal, ""
	case model.TypeString:
		return LitString, ""
	case model.TypeBool:
		return LitBool, ""
	case model.TypeDateTime:
		return LitDateTime, l.Value.String()
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	return LitNull, ""
}

// Fields returns the fields that a checked tree names, each once, in the order
// in which they first appear.
func Fields(n Node) []*model.Field {
	var fields []*model.Field
	Walk(n, func(n Node) bool {
		if p := pathOf(n); p != nil && p.Field != nil && !slices.Contains(fields, p.Field) {
			fields = append(fields, p.Field)
		}
		return true
	})
	return fields
}

// Literals returns the literals that a tree compares with, in the order of the text.
func Literals(n Node) []*Literal {
	var literals []*Literal
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *Compare:
			literals = append(literals, n.Value)
		case *In:
			literals = append(literals, n.Values...)
		case *Between:
			literals = append(literals, n.Lo, n.Hi)
		case *Match:
			literals = append(literals, n.Pattern)
		case *On:
			literals = append(literals, n.Date)
		case nil, *And, *Or, *Not, *Const, *Truth, *Is:
		}
		return true
	})
	return literals
}

// pathOf returns the path of a predicate, nil for the other nodes.
func pathOf(n Node) *Path {
	switch n := n.(type) {
	case *Truth:
		return n.Path
	case *Compare:
		return n.Path
	case *In:
		return n.Path
	case *Between:
		return n.Path
	case *Match:
		return n.Path
	case *Is:
		return n.Path
	case *On:
		return n.Path
	case *And, *Or, *Not, *Const:
	}
	return nil
}
