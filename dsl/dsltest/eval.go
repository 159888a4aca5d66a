package dsltest

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// Eval returns the truth value of a checked tree for a record. It follows the definition
// of the language word by word and computes everything at every call. It shares nothing
// with the compiled predicate except the weight of a character, from [dsl.CompareStrings].
// It panics on a tree that is not checked. A truth value that depends on a call that failed is
// unknown; [Mismatch] judges an evaluator of such calls.
func Eval(n dsl.Node, r model.Record) dsl.Tri {
	var e evaluation
	a := e.node(n, r)
	if a.least != a.most {
		return dsl.Unknown
	}
	return a.least
}

// answer is the least and the greatest truth value that a condition may have. They differ if it
// depends on a call that failed, which could have given anything.
type answer struct{ least, most dsl.Tri }

func known(t dsl.Tri) answer { return answer{t, t} }

func (e *evaluation) node(n dsl.Node, r model.Record) answer {
	switch n := n.(type) {
	case *dsl.And:
		all := known(dsl.True)
		for _, t := range n.Terms {
			a := e.node(t, r)
			all = answer{min(all.least, a.least), min(all.most, a.most)}
		}
		return all
	case *dsl.Or:
		some := known(dsl.False)
		for _, t := range n.Terms {
			a := e.node(t, r)
			some = answer{max(some.least, a.least), max(some.most, a.most)}
		}
		return some
	case *dsl.Not:
		a := e.node(n.X, r)
		return answer{not(a.most), not(a.least)}
	case *dsl.Relation, *dsl.Computed:
		return e.computed(n, r)
	case *dsl.Quantifier:
		return e.quantifier(n, r)
	case *dsl.Count:
		return e.count(n, r)
	}
	return known(predicate(n, r))
}

func not(t dsl.Tri) dsl.Tri {
	switch t {
	case dsl.False:
		return dsl.True
	case dsl.True:
		return dsl.False
	case dsl.Unknown:
	}
	return dsl.Unknown
}

// predicate evaluates a condition on one field.
func predicate(n dsl.Node, r model.Record) dsl.Tri {
	switch n := n.(type) {
	case *dsl.Const:
		return truth(n.Value)
	case *dsl.In:
		if len(n.Values) == 0 {
			return dsl.False
		}
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri { return test(n, v) })
	case *dsl.Compare, *dsl.Between, *dsl.Match:
		return quantify(ast.PathOf(n).Field, r, func(v model.Value) dsl.Tri { return test(n, v) })
	case *dsl.Is:
		switch f := n.Path.Field; {
		case n.What == dsl.IsEmpty && f.Type != model.TypeList && f.Through == "":
			return truth(r.Len(f.Index()) == 0)
		case n.What == dsl.IsEmpty && f.Type != model.TypeList:
			return quantifyWhole(f, r, func(v model.Value) dsl.Tri { return truth(v.IsNull()) })
		case n.What == dsl.IsEmpty:
			return quantifyWhole(f, r, func(v model.Value) dsl.Tri { return truth(v.IsNull() || v.Len() == 0) })
		case n.What == dsl.IsNull:
			return quantifyWhole(f, r, func(v model.Value) dsl.Tri { return truth(v.IsNull()) })
		}
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri { return test(n, v) })
	case nil, *dsl.And, *dsl.Or, *dsl.Not, *dsl.Truth, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	panic(fmt.Sprintf("dsltest: %T in a checked tree", n))
}

// test returns the truth value of a predicate for one value.
func test(n dsl.Node, v model.Value) dsl.Tri {
	switch n := n.(type) {
	case *dsl.Compare:
		return compare(n.Path.Field, v, n.Op, n.Value.Value)
	case *dsl.In:
		some := dsl.False
		for _, l := range n.Values {
			some = max(some, compare(n.Path.Field, v, dsl.Eq, l.Value))
		}
		return some
	case *dsl.Between:
		return min(compare(n.Path.Field, v, dsl.Ge, n.Lo.Value), compare(n.Path.Field, v, dsl.Le, n.Hi.Value))
	case *dsl.Match:
		if v.IsNull() {
			return dsl.Unknown
		}
		return truth(match(n.Path.Field.Collation, n.Op, v.Str(), n.Pattern.Value.Str()))
	case *dsl.Is:
		if n.What == dsl.IsNull {
			return truth(v.IsNull())
		}
		return truth(v == model.Bool(n.What == dsl.IsTrue))
	case nil, *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const, *dsl.Truth, *dsl.On, *dsl.Relation, *dsl.Computed:
	}
	panic(fmt.Sprintf("dsltest: %T is not a test of a checked tree", n))
}

func truth(b bool) dsl.Tri {
	if b {
		return dsl.True
	}
	return dsl.False
}

// quantify evaluates a predicate for a field of the record, or for any element of a list,
// or for any reference.
func quantify(f *model.Field, r model.Record, p func(model.Value) dsl.Tri) dsl.Tri {
	if f.Type != model.TypeList {
		return quantifyWhole(f, r, p)
	}
	some := quantifyWhole(f, r, func(list model.Value) dsl.Tri {
		some := dsl.False
		for e := range list.Elements() {
			some = max(some, p(e))
		}
		return some
	})
	return truth(some == dsl.True)
}

// quantifyWhole is quantify for which a list is one value.
func quantifyWhole(f *model.Field, r model.Record, p func(model.Value) dsl.Tri) dsl.Tri {
	if f.Through == "" {
		return p(r.Value(f.Index()))
	}
	for i := range r.Len(f.Index()) {
		if p(r.At(f.Index(), i)) == dsl.True {
			return dsl.True
		}
	}
	return dsl.False
}
