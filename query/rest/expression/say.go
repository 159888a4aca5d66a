package expression

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// say returns what the server can be asked of a condition in negation normal form.
func (r *Renderer) say(n dsl.Node) said {
	switch n := n.(type) {
	case *dsl.And:
		return all(r.each(n.Terms)...)
	case *dsl.Or:
		if r.or == nil {
			return no(r.lacks("no OR"))
		}
		return some(r.each(n.Terms)...)
	case *dsl.Not:
		return r.leaf(n.X, true)
	case *dsl.Const:
		if !n.Value {
			return never()
		}
		return no("it is true for every row")
	case *dsl.Truth, *dsl.Compare, *dsl.In, *dsl.Between, *dsl.Match, *dsl.Is, *dsl.On:
		return r.leaf(n, false)
	case *dsl.Relation, *dsl.Computed:
		return no(r.lacks("no computed conditions"))
	case *dsl.Quantifier, *dsl.Count:
		return no(r.lacks("no condition on one element at a time"))
	}
	return no("it is not a condition")
}

func (r *Renderer) each(terms []dsl.Node) []said {
	out := make([]said, len(terms))
	for i, t := range terms {
		out[i] = r.say(t)
	}
	return out
}

// leaf says one predicate, or its negation.
func (r *Renderer) leaf(n dsl.Node, negated bool) said {
	path := ast.PathOf(n)
	if path == nil {
		switch n.(type) {
		case *dsl.Relation, *dsl.Computed:
			return no(r.lacks("no computed conditions"))
		}
		return no(r.lacks("no NOT of it"))
	}
	f, reason := r.field(path)
	if reason != "" {
		return no(reason)
	}
	s := f.predicate(n, negated)
	if f.ownNulls() {
		s = s.weaker("the server does not know that some values of " + path.Name + " mean null")
	}
	return s
}

// predicate says a predicate on the field, or its negation.
func (f *tested) predicate(n dsl.Node, negated bool) said {
	if f.isList {
		return f.ofList(n, negated)
	}
	return f.ofValue(n, negated)
}

// ofList says a predicate on a list. The tests of a language are about some element, so
// they do not say that no element satisfies one, and two of them may be satisfied by two
// elements.
func (f *tested) ofList(n dsl.Node, negated bool) said {
	if negated {
		return no("the dialect does not say that no element of " + f.path + " satisfies a condition")
	}
	switch n := n.(type) {
	case *dsl.Compare:
		if n.Op == dsl.Eq {
			return f.ofValue(n, false)
		}
	case *dsl.In:
		return f.ofValue(n, false)
	case *dsl.Is:
		if n.What == dsl.IsNull || n.What == dsl.IsEmpty {
			return no("the dialect has no test of an empty list")
		}
		return f.ofValue(n, false)
	case *dsl.Between, *dsl.Match, *dsl.Truth, *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	return f.ofValue(n, false).weaker("several elements of " + f.path + " may satisfy the server's tests together")
}

func (f *tested) ofValue(n dsl.Node, negated bool) said {
	switch n := n.(type) {
	case *dsl.Compare:
		return f.compare(n.Op, n.Value, negated)
	case *dsl.Between:
		if negated {
			return f.either(f.compare(dsl.Lt, n.Lo, false), f.compare(dsl.Gt, n.Hi, false))
		}
		return all(f.compare(dsl.Ge, n.Lo, false), f.compare(dsl.Le, n.Hi, false))
	case *dsl.In:
		return f.in(n.Values, negated)
	case *dsl.Match:
		return f.match(n, negated)
	case *dsl.Is:
		return f.is(n.What, negated)
	case *dsl.Truth:
		return f.boolean(!negated)
	case *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	return no(f.r.lacks("no test like it"))
}

// either is the OR of two conditions, if the language has OR.
func (f *tested) either(parts ...said) said {
	if f.r.or == nil {
		return no(f.r.lacks("no OR"))
	}
	return some(parts...)
}

func (f *tested) boolean(value bool) said {
	return f.compare(dsl.Eq, &dsl.Literal{Kind: ast.LitBool, Value: model.Bool(value)}, false)
}

// is says `is null`, `is true` and `is false`, which are never unknown.
func (f *tested) is(what dsl.IsWhat, negated bool) said {
	if what != dsl.IsNull {
		s := f.boolean((what == dsl.IsTrue) != negated)
		if negated && f.Nullable {
			return f.either(s, f.null())
		}
		return s
	}
	if negated {
		return f.notNull()
	}
	return f.null()
}

// null says `is null`.
func (f *tested) null() said {
	if f.ownNulls() {
		return no("the server does not know that some values of " + f.path + " mean null")
	}
	s := f.test(Missing, literal{})
	if s.term == nil && !has(f.r.Dialect.Not, "{f}") {
		s = f.not(f.test(Present, literal{}))
	}
	if f.mayBlank() {
		s = s.weaker("the server takes a blank " + f.path + " for none")
	}
	return s
}

// notNull says `is not null`. A test that is also false for a value would lose that value.
func (f *tested) notNull() said {
	if f.mayBlank() {
		return no("the server takes a blank " + f.path + " for none")
	}
	if s := f.test(Present, literal{}); s.term != nil {
		return s
	}
	return f.not(f.test(Missing, literal{}))
}

// mayBlank reports whether the server's test of presence is false for a value too.
func (f *tested) mayBlank() bool {
	return !f.emptyIsNull() && (slices.Contains(f.r.Blank, Kind(f.Type.String())) || f.blankIsNull())
}

// ownNulls reports whether values mean null in rows that the server takes for values.
func (f *tested) ownNulls() bool {
	return f.Spelling != nil && len(f.Spelling.Nulls) > 0 && !f.emptyIsNull()
}

// emptyIsNull reports whether an empty text means null both in rows and to the server.
func (f *tested) emptyIsNull() bool {
	return f.r.Dialect.Text.BlankIsNull && f.Spelling != nil && slices.Equal(f.Spelling.Nulls, []string{`""`})
}

// blankIsNull reports whether the server takes the field's empty text for null.
func (f *tested) blankIsNull() bool {
	return f.Type == model.TypeString && f.r.Dialect.Text.BlankIsNull
}

// compare says a comparison.
func (f *tested) compare(op dsl.CompareOp, value *dsl.Literal, negated bool) said {
	if negated && op != dsl.Eq { // in three-valued logic this is the same
		op, negated = map[dsl.CompareOp]dsl.CompareOp{dsl.Lt: dsl.Ge, dsl.Le: dsl.Gt, dsl.Gt: dsl.Le, dsl.Ge: dsl.Lt}[op], false
	}
	switch f.Type {
	case model.TypeDateTime:
		return f.instant(op, value, negated)
	case model.TypeBool:
		if negated {
			return f.boolean(!value.Value.Bool())
		}
		if op != dsl.Eq {
			return no(f.r.lacks("no order of booleans"))
		}
	case model.TypeString:
		switch {
		case op == dsl.Eq:
		case !f.r.Dialect.Text.Order:
			return no("the dialect does not say how the server orders text (text.order)")
		case f.fold == FoldNone && f.Collation != model.Binary: // it moves letters of rows past other characters
			return no("the server tells letters apart that the collation " + f.Collation.String() + " does not")
		}
	case model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return f.holds(opOf(op), value, negated)
}

// opOf returns the test of a comparison.
func opOf(op dsl.CompareOp) Op {
	return [...]Op{dsl.Eq: Equal, dsl.Lt: Less, dsl.Le: LessEqual, dsl.Gt: Greater, dsl.Ge: GreaterEqual}[op]
}

// holds says that a test with one value holds, or that its negation does.
func (f *tested) holds(op Op, value *dsl.Literal, negated bool) said {
	l, why := f.quoter(op).literalOf(value.Value)
	if why != "" {
		return no(why)
	}
	s := f.folded(op, l, []*dsl.Literal{value}, negated)
	if s.term != nil || op != Equal || f.Type != model.TypeString || !f.has(ILike) {
		return s
	}
	text := value.Value.Str()
	o, _ := f.operator(ILike)
	if s := f.pattern(ILike, o, []part{{text: text}}, text, negated); s.term != nil {
		return s
	}
	return s
}

// foldOf returns which differences a test of text ignores.
func (f *tested) foldOf(op Op) Fold {
	if op == ILike {
		return FoldCase
	}
	return f.fold
}

// folded says a test with values, by how the server compares them if they are text.
func (f *tested) folded(op Op, l literal, values []*dsl.Literal, negated bool) said {
	worst, reason, blank := plan.Exact, "", false
	for _, v := range values {
		blank = blank || isBlank(v)
		if f.Type != model.TypeString {
			continue
		}
		if verdict, why := f.r.Dialect.Text.compares(f.foldOf(op), f.Collation, v.Value.Str()); verdict < worst {
			worst, reason = verdict, why
		}
	}
	switch {
	case worst == plan.Unsupported, worst == plan.Superset && negated:
		return no(reason)
	case blank && f.blankIsNull():
		return no("the server takes a blank " + f.path + " for none")
	}
	s := f.positive(op, l, blank)
	if negated {
		s = f.negative(op, l, blank)
	}
	if worst == plan.Superset {
		s = s.weaker(reason)
	}
	return s
}

// in says a list of values, or that the field has none of them.
func (f *tested) in(values []*dsl.Literal, negated bool) said {
	if f.Type != model.TypeDateTime && len(values) > 1 {
		if s := f.list(values, negated); s.term != nil {
			return s
		}
	}
	var parts []said
	var asked []string // texts, each once
	for _, v := range values {
		if !negated && f.Type == model.TypeString {
			text := v.Value.Str()
			if slices.ContainsFunc(asked, func(other string) bool { return f.r.SameText(f.path, other, text) }) {
				continue
			}
			asked = append(asked, text)
		}
		parts = append(parts, f.compare(dsl.Eq, v, negated))
	}
	switch {
	case len(values) == 0:
		return never()
	case negated:
		return all(parts...)
	case len(parts) == 1:
		return parts[0]
	}
	return f.either(parts...)
}

// list says a list by the language's own test, in parts of its most values.
func (f *tested) list(values []*dsl.Literal, negated bool) said {
	o, ok := f.operator(In)
	if !ok && negated {
		o, ok = f.operator(NotIn)
	}
	if !ok {
		return no(f.lacks(In))
	}
	size := len(values)
	if o.Max > 0 {
		size = min(size, o.Max)
	}
	var parts []said
	for part := range slices.Chunk(values, size) {
		parts = append(parts, f.someOf(o, part, negated))
	}
	switch {
	case negated:
		return all(parts...)
	case len(parts) == 1:
		return parts[0]
	}
	return f.either(parts...)
}

// someOf says one list of values.
func (f *tested) someOf(o Operator, values []*dsl.Literal, negated bool) said {
	quoted, inner, natives := make([]string, len(values)), make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		l, why := f.quoter(In).literalOf(v.Value)
		if why != "" {
			return no(why)
		}
		quoted[i], inner[i], natives[i] = l.quoted, l.inner, l.native
	}
	whole := literal{quoted: strings.Join(quoted, o.join()), inner: strings.Join(inner, o.join()), native: natives}
	return f.folded(In, whole, values, negated)
}

func (o Operator) join() string {
	if o.Join == "" {
		return ", "
	}
	return o.Join
}
