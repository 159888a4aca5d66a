package dsl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter: what it says of one record. It is immutable
// and safe for concurrent use, and neither of its methods allocates. Make one
// with [Compile]; the zero Predicate holds for every record.
type Predicate struct{ eval evalFunc }

// evalFunc is a compiled node. Closures beat walking a node array here: each
// has its constant bound, so that a comparison is one indirect call and one
// call of the record.
type evalFunc func(r model.Record) Tri

// Match reports whether the predicate is true for r. Unknown does not match, as
// in SQL.
func (p *Predicate) Match(r model.Record) bool { return p.eval == nil || p.eval(r) == True }

// Eval returns the predicate's truth value for r.
func (p *Predicate) Eval(r model.Record) Tri {
	if p.eval == nil {
		return True
	}
	return p.eval(r)
}

// Compile returns the predicate of a checked tree over the records of s, the
// schema that it was checked against. Constants are bound and regular
// expressions compiled here, once. A nil n is the empty filter.
//
// It fails on a tree that [Check] has not been over, or has been with another
// schema; a checked tree always compiles.
func Compile(n Node, s *model.Schema) (*Predicate, error) {
	if n == nil {
		return &Predicate{}, nil
	}
	c := compiler{schema: s}
	eval := c.node(n)
	if c.err != nil {
		return nil, c.err
	}
	return &Predicate{eval: eval}, nil
}

// ErrUnchecked is what [Compile] fails with for a tree that did not come from
// [Check] with the same schema.
var ErrUnchecked = errors.New("dsl: the tree is not checked against this schema")

type compiler struct {
	schema *model.Schema
	err    error // the first
}

// fail records an error and returns a predicate that is never run.
func (c *compiler) fail(err error) evalFunc {
	if c.err == nil {
		c.err = err
	}
	return nil
}

func (c *compiler) node(n Node) evalFunc {
	switch n := n.(type) {
	case *And:
		return evalAnd(c.nodes(n.Terms))
	case *Or:
		return evalOr(c.nodes(n.Terms))
	case *Not:
		x := c.node(n.X)
		return func(r model.Record) Tri { return x(r).Not() }
	case *Const:
		return evalConst(triOf(n.Value))
	case *In:
		if len(n.Values) == 0 {
			return evalConst(False)
		}
	case *Compare, *Between, *Match, *Is:
	case nil, *Truth, *On:
		return c.fail(fmt.Errorf("%w: it holds a %T", ErrUnchecked, n))
	}
	return c.predicate(n)
}

func (c *compiler) nodes(terms []Node) []evalFunc {
	out := make([]evalFunc, len(terms))
	for i, t := range terms {
		out[i] = c.node(t)
	}
	return out
}

func (c *compiler) predicate(n Node) evalFunc {
	path := pathOf(n)
	field := path.Field
	if field == nil || field.Index() >= c.schema.Len() || c.schema.Field(field.Index()).Name != field.Name {
		return c.fail(fmt.Errorf("%w: field %s", ErrUnchecked, path.Name))
	}
	if is, ok := n.(*Is); ok {
		return evalIs(is, field)
	}
	if cmp, ok := n.(*Compare); ok && plain(field) && cmp.Value.Value.Type() != model.TypeString && !cmp.Value.Value.IsNull() {
		return evalCompareNumber(cmp.Op, field.Index(), cmp.Value.Value.Int())
	}
	test, err := valueTest(n)
	if err != nil {
		return c.fail(err)
	}
	if plain(field) {
		return evalPlain(field.Index(), test)
	}
	return evalAny(field.Index(), test)
}

func evalConst(t Tri) evalFunc { return func(model.Record) Tri { return t } }

func evalAnd(terms []evalFunc) evalFunc {
	if len(terms) == 2 {
		a, b := terms[0], terms[1]
		return func(r model.Record) Tri {
			t := a(r)
			if t == False {
				return False
			}
			return min(t, b(r))
		}
	}
	return func(r model.Record) Tri {
		all := True
		for _, term := range terms {
			t := term(r)
			if t == False {
				return False
			}
			all = min(all, t)
		}
		return all
	}
}

func evalOr(terms []evalFunc) evalFunc {
	if len(terms) == 2 {
		a, b := terms[0], terms[1]
		return func(r model.Record) Tri {
			t := a(r)
			if t == True {
				return True
			}
			return max(t, b(r))
		}
	}
	return func(r model.Record) Tri {
		some := False
		for _, term := range terms {
			t := term(r)
			if t == True {
				return True
			}
			some = max(some, t)
		}
		return some
	}
}

// evalPlain is a test of a field of the record: unknown for null.
func evalPlain(field int, test func(model.Value) bool) evalFunc {
	return func(r model.Record) Tri {
		v := r.Value(field)
		if v.IsNull() {
			return Unknown
		}
		return triOf(test(v))
	}
}

// evalAny is a test of what is behind a reference path: true when any
// reference's value passes, else false and never unknown.
func evalAny(field int, test func(model.Value) bool) evalFunc {
	return func(r model.Record) Tri {
		for i := range r.Len(field) {
			if v := r.At(field, i); !v.IsNull() && test(v) {
				return True
			}
		}
		return False
	}
}

// evalIs is never unknown.
func evalIs(n *Is, f *model.Field) evalFunc {
	field, what := f.Index(), n.What
	if plain(f) {
		if what == IsNull {
			return func(r model.Record) Tri { return triOf(r.Value(field).IsNull()) }
		}
		return func(r model.Record) Tri { return triOf(isTest(what, r.Value(field))) }
	}
	return func(r model.Record) Tri {
		for i := range r.Len(field) {
			if isTest(what, r.At(field, i)) {
				return True
			}
		}
		return False
	}
}

func isTest(what IsWhat, v model.Value) bool {
	switch what {
	case IsTrue:
		return v.Bool()
	case IsFalse:
		return !v.IsNull() && !v.Bool()
	case IsNull:
	}
	return v.IsNull()
}

// evalCompareNumber compares a field of the record that is held as a number: an
// integer, a boolean or an instant. It is evalPlain with the test inlined, for
// these are the commonest predicates and the call is half their cost.
func evalCompareNumber(op CompareOp, field int, k int64) evalFunc {
	switch op {
	case Lt:
		return func(r model.Record) Tri {
			v := r.Value(field)
			return known(v, v.Int() < k)
		}
	case Le:
		return func(r model.Record) Tri {
			v := r.Value(field)
			return known(v, v.Int() <= k)
		}
	case Gt:
		return func(r model.Record) Tri {
			v := r.Value(field)
			return known(v, v.Int() > k)
		}
	case Ge:
		return func(r model.Record) Tri {
			v := r.Value(field)
			return known(v, v.Int() >= k)
		}
	case Eq:
	}
	return func(r model.Record) Tri {
		v := r.Value(field)
		return known(v, v.Int() == k)
	}
}

// known is the answer of a comparison with v, unknown for null.
func known(v model.Value, holds bool) Tri {
	if v.IsNull() {
		return Unknown
	}
	return triOf(holds)
}

// valueTest returns what a Compare, In, Between or Match of a checked tree says
// of a value that is not null.
func valueTest(n Node) (func(model.Value) bool, error) {
	switch n := n.(type) {
	case *Compare:
		return compareTest(n)
	case *In:
		return inTest(n)
	case *Between:
		if n.Lo.Value.IsNull() || n.Hi.Value.IsNull() {
			return nil, unresolved(n.Path)
		}
		c, lo, hi := n.Path.Field.Collation, n.Lo.Value, n.Hi.Value
		if lo.Type() != model.TypeString {
			l, h := lo.Int(), hi.Int()
			return func(v model.Value) bool { i := v.Int(); return l <= i && i <= h }, nil
		}
		return func(v model.Value) bool {
			return CompareStrings(c, lo.Str(), v.Str()) <= 0 && CompareStrings(c, v.Str(), hi.Str()) <= 0
		}, nil
	case *Match:
		return matchTest(n)
	case nil, *And, *Or, *Not, *Const, *Truth, *Is, *On:
	}
	return nil, fmt.Errorf("%w: it holds a %T", ErrUnchecked, n)
}

func unresolved(p *Path) error {
	return fmt.Errorf("%w: a constant of %s has no value", ErrUnchecked, p.Name)
}

func compareTest(n *Compare) (func(model.Value) bool, error) {
	k := n.Value.Value
	if k.IsNull() {
		return nil, unresolved(n.Path)
	}
	order := func(v model.Value) int { return compareInts(v.Int(), k.Int()) }
	if k.Type() == model.TypeString {
		c, s := n.Path.Field.Collation, k.Str()
		if n.Op == Eq {
			return equalStringTest(c, s), nil
		}
		order = func(v model.Value) int { return CompareStrings(c, v.Str(), s) }
	}
	switch n.Op {
	case Lt:
		return func(v model.Value) bool { return order(v) < 0 }, nil
	case Le:
		return func(v model.Value) bool { return order(v) <= 0 }, nil
	case Gt:
		return func(v model.Value) bool { return order(v) > 0 }, nil
	case Ge:
		return func(v model.Value) bool { return order(v) >= 0 }, nil
	case Eq:
	}
	return func(v model.Value) bool { return order(v) == 0 }, nil
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// fewValues is up to how many values of a list are tried one after the other;
// longer lists are sorted and searched.
const fewValues = 8

func inTest(n *In) (func(model.Value) bool, error) {
	if slices.ContainsFunc(n.Values, func(l *Literal) bool { return l.Value.IsNull() }) {
		return nil, unresolved(n.Path)
	}
	if len(n.Values) > 0 && n.Values[0].Value.Type() == model.TypeString {
		return inStringsTest(n), nil
	}
	ks := make([]int64, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value.Int()
	}
	if len(ks) <= fewValues {
		return func(v model.Value) bool { return slices.Contains(ks, v.Int()) }, nil
	}
	slices.Sort(ks)
	return func(v model.Value) bool { _, found := slices.BinarySearch(ks, v.Int()); return found }, nil
}

func inStringsTest(n *In) func(model.Value) bool {
	c := n.Path.Field.Collation
	ks := make([]string, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value.Str()
	}
	order := func(a, b string) int { return CompareStrings(c, a, b) }
	slices.SortFunc(ks, order)
	return func(v model.Value) bool { _, found := slices.BinarySearchFunc(ks, v.Str(), order); return found }
}

// matchTest compiles a string test.
func matchTest(n *Match) (func(model.Value) bool, error) {
	if n.Pattern.Value.Type() != model.TypeString {
		return nil, unresolved(n.Path)
	}
	c, text := n.Path.Field.Collation, n.Pattern.Value.Str()
	if n.Op == Matches {
		re, err := compileRegexp(c, text)
		if err != nil {
			return nil, fmt.Errorf("dsl: field %s: %w", n.Path.Name, err)
		}
		return func(v model.Value) bool { return re.MatchString(v.Str()) }, nil
	}
	p := newPattern(c, n.Op, text)
	return func(v model.Value) bool { return p.match(v.Str()) }, nil
}

// compileRegexp compiles a pattern of `matches`. Under ci it ignores case as
// RE2 does, not accents: RE2 knows no collation.
func compileRegexp(c model.Collation, text string) (*regexp.Regexp, error) {
	if c == model.CI {
		text = "(?i)" + text
	}
	return regexp.Compile(text)
}
