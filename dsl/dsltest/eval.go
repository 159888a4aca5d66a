package dsltest

import (
	"fmt"
	"math/big"
	"regexp"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Eval returns the truth value of a checked tree for a record. It follows the definition
// of the language word by word and computes everything at every call. It shares nothing
// with the compiled predicate except the weight of a character, from [dsl.CompareStrings].
// It panics on a tree that is not checked.
func Eval(n dsl.Node, r model.Record) dsl.Tri {
	switch n := n.(type) {
	case *dsl.And:
		all := dsl.True
		for _, t := range n.Terms {
			all = min(all, Eval(t, r))
		}
		return all
	case *dsl.Or:
		some := dsl.False
		for _, t := range n.Terms {
			some = max(some, Eval(t, r))
		}
		return some
	case *dsl.Not:
		switch Eval(n.X, r) {
		case dsl.False:
			return dsl.True
		case dsl.True:
			return dsl.False
		case dsl.Unknown:
		}
		return dsl.Unknown
	case *dsl.Const:
		return truth(n.Value)
	case *dsl.Compare:
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri { return compare(n.Path.Field, v, n.Op, n.Value.Value) })
	case *dsl.In:
		if len(n.Values) == 0 {
			return dsl.False
		}
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri {
			some := dsl.False
			for _, l := range n.Values {
				some = max(some, compare(n.Path.Field, v, dsl.Eq, l.Value))
			}
			return some
		})
	case *dsl.Between:
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri {
			return min(compare(n.Path.Field, v, dsl.Ge, n.Lo.Value), compare(n.Path.Field, v, dsl.Le, n.Hi.Value))
		})
	case *dsl.Match:
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri {
			if v.IsNull() {
				return dsl.Unknown
			}
			return truth(match(n.Path.Field.Collation, n.Op, v.Str(), n.Pattern.Value.Str()))
		})
	case *dsl.Is:
		return quantify(n.Path.Field, r, func(v model.Value) dsl.Tri {
			switch n.What {
			case dsl.IsNull:
				return truth(v.IsNull())
			case dsl.IsTrue:
				return truth(v == model.Bool(true))
			case dsl.IsFalse:
			}
			return truth(v == model.Bool(false))
		})
	case nil, *dsl.Truth, *dsl.On:
	}
	panic(fmt.Sprintf("dsltest: %T in a checked tree", n))
}

func truth(b bool) dsl.Tri {
	if b {
		return dsl.True
	}
	return dsl.False
}

// quantify evaluates a predicate for a field of the record, or for any reference.
func quantify(f *model.Field, r model.Record, p func(model.Value) dsl.Tri) dsl.Tri {
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

func compare(f *model.Field, v model.Value, op dsl.CompareOp, k model.Value) dsl.Tri {
	if v.IsNull() {
		return dsl.Unknown
	}
	var less, equal bool
	if f.Type == model.TypeString {
		less, equal = stringOrder(f.Collation, v.Str(), k.Str())
	} else {
		order := rational(v).Cmp(rational(k))
		less, equal = order < 0, order == 0
	}
	switch op {
	case dsl.Lt:
		return truth(less)
	case dsl.Le:
		return truth(less || equal)
	case dsl.Gt:
		return truth(!less && !equal)
	case dsl.Ge:
		return truth(!less)
	case dsl.Eq:
	}
	return truth(equal)
}

// rational returns a number, a boolean or an instant as a fraction.
func rational(v model.Value) *big.Rat {
	if v.Type() != model.TypeDecimal {
		return new(big.Rat).SetInt64(v.Int())
	}
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		panic(fmt.Sprintf("dsltest: %v is not a decimal", v))
	}
	return r
}

// characters splits a string; a byte that is not UTF-8 is a character.
func characters(s string) []string {
	var out []string
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func same(c model.Collation, a, b string) bool {
	return a == b || (c == model.CI && dsl.CompareStrings(c, a, b) == 0)
}

// stringOrder pads the shorter string with spaces under ci, character by
// character.
func stringOrder(c model.Collation, a, b string) (less, equal bool) {
	if c == model.Binary {
		return a < b, a == b
	}
	as, bs := characters(a), characters(b)
	for len(as) < len(bs) {
		as = append(as, " ")
	}
	for len(bs) < len(as) {
		bs = append(bs, " ")
	}
	for i := range as {
		if order := dsl.CompareStrings(c, as[i], bs[i]); order != 0 {
			return order < 0, false
		}
	}
	return false, true
}

func match(c model.Collation, op dsl.MatchOp, s, pattern string) bool {
	text := characters(s)
	p := characters(pattern)
	switch op {
	case dsl.Like:
		return like(c, text, p)
	case dsl.StartsWith:
		return len(p) <= len(text) && equal(c, text[:len(p)], p)
	case dsl.EndsWith:
		return len(p) <= len(text) && equal(c, text[len(text)-len(p):], p)
	case dsl.Contains:
		for i := 0; i+len(p) <= len(text); i++ {
			if equal(c, text[i:i+len(p)], p) {
				return true
			}
		}
		return false
	case dsl.Matches:
	}
	if c == model.CI {
		return regexp.MustCompile("(?i:" + pattern + ")").MatchString(s)
	}
	return regexp.MustCompile(pattern).MatchString(s)
}

func equal(c model.Collation, a, b []string) bool {
	for i := range a {
		if !same(c, a[i], b[i]) {
			return false
		}
	}
	return true
}

// like tries every length for every run: exponential, and obviously right.
func like(c model.Collation, s, p []string) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	switch {
	case p[0] == "%":
		for i := range len(s) + 1 {
			if like(c, s[i:], p[1:]) {
				return true
			}
		}
		return false
	case len(s) == 0:
		return false
	case p[0] == "_":
		return like(c, s[1:], p[1:])
	case p[0] == `\` && len(p) > 1:
		p = p[1:]
	}
	return same(c, s[0], p[0]) && like(c, s[1:], p[1:])
}
