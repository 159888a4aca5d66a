package expression

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// tested is a field as one condition tests it.
type tested struct {
	*model.Field

	r    *Renderer
	own  Field  // what the definition says of it
	path string // as the language of package dsl names it
	fold Fold

	isList bool // and Field is about its elements
}

// roundsFloats is why no condition on a float is sent: servers read constants as decimals or as
// floats of 32 bits, too.
const roundsFloats = "no server says how it rounds a float that it compares"

// field returns the field of a path; the reason says why the server cannot be asked of it.
func (r *Renderer) field(path *dsl.Path) (f *tested, reason string) {
	switch path.Field.Type {
	case model.TypeRef, model.TypeRefs, model.TypeJSON:
		return nil, "the dialect has no conditions on a field of type " + path.Field.Type.String()
	case model.TypeFloat:
		return nil, roundsFloats
	case model.TypeList:
		return r.list(path)
	case model.TypeNull, model.TypeInt, model.TypeString, model.TypeBool, model.TypeDateTime, model.TypeDecimal:
	}
	if path.Field.Through != "" {
		return nil, "the dialect has no conditions on what a reference leads to"
	}
	own := r.fields(path.Name)
	f = &tested{Field: path.Field, r: r, own: own, path: path.Name, fold: r.Dialect.Text.Fold}
	if own.Fold != "" {
		f.fold = own.Fold
	}
	return f, ""
}

// list returns the elements of a list as a field: the tests that the definition gives the
// list hold if any element satisfies them.
func (r *Renderer) list(path *dsl.Path) (f *tested, reason string) {
	own := r.fields(path.Name)
	switch {
	case path.Field.Through != "" || own.Ops == nil:
		return nil, "the definition has no tests of the list " + path.Name + " (ops)"
	case path.Field.Of == model.TypeFloat:
		return nil, roundsFloats
	case path.Field.Of == model.TypeDateTime:
		return nil, "the dialect has no conditions on a list of instants"
	}
	element := *path.Field
	element.Type, element.Of = element.Of, model.TypeNull
	return &tested{Field: &element, r: r, own: own, path: path.Name, fold: cmp.Or(own.Fold, r.Dialect.Text.Fold), isList: true}, ""
}

// operator returns a test that the field has.
func (f *tested) operator(op Op) (o Operator, ok bool) {
	o, ok = f.r.Ops[op]
	if f.own.Ops == nil {
		return o, ok
	}
	own, named := f.own.Ops[op]
	if !named {
		return Operator{}, false
	}
	if own.Template == nil {
		o.Superset = o.Superset || own.Superset
		if own.Values != nil {
			o.Values = own.Values
		}
		return o, ok
	}
	return own, true
}

// has reports whether the field has a test.
func (f *tested) has(op Op) bool {
	_, ok := f.operator(op)
	return ok
}

// lacks says which test is missing, and where.
func (f *tested) lacks(op Op) string {
	if _, ok := f.r.Ops[op]; ok {
		return "the definition does not list " + string(op) + " in the ops of " + f.path
	}
	if _, ok := f.r.preset[op]; ok {
		return "the definition takes the test " + string(op) + " away from the dialect " + f.r.Name
	}
	return f.r.lacks("no test " + string(op))
}

// quoter returns what quotes the values of a test.
func (f *tested) quoter(op Op) *quoter {
	o, _ := f.operator(op)
	if len(o.Escape) == 0 && len(o.Refuse) == 0 && o.Values == nil {
		return f.r.quoter
	}
	return newQuoter(f.r.Quote, o, f.r.tree)
}

// test says what the language writes for a test, whatever it gives for null.
func (f *tested) test(op Op, l literal) said {
	o, ok := f.operator(op)
	if !ok {
		return no(f.lacks(op))
	}
	s := exactly(&term{test: fill(o.Template, f.own.Name, l)})
	if o.Superset {
		s = s.weaker("the definition says that " + string(op) + " lets more along")
	}
	return s
}

// not negates a test by the language's NOT.
func (f *tested) not(s said) said {
	switch {
	case s.term == nil:
		return s
	case s.verdict != plan.Exact:
		return no(s.reason)
	case f.r.Dialect.Not == nil:
		return no(f.r.lacks("no NOT"))
	}
	return exactly(&term{test: wrap(fill(f.r.Dialect.Not, f.own.Name, literal{}), s.term.test)})
}

// positive says that a test is true. blank says that a value is the one that servers may
// take for none.
func (f *tested) positive(op Op, l literal, blank bool) said {
	null := f.r.null(op, f.Type)
	if blank && slices.Contains(f.r.Blank, Kind(f.Type.String())) {
		null = NullUnclear
	}
	s := f.test(op, l)
	if op == NotEqual || op == NotIn {
		return f.withoutBlanks(s, null == NullTrue, null == NullTrue || null == NullUnclear)
	}
	return f.withoutNulls(s, null == NullTrue || null == NullUnclear)
}

// negative says that a test is false, by its opposite or by NOT, whichever says more.
func (f *tested) negative(op Op, l literal, blank bool) said {
	var s said
	if opposite, ok := map[Op]Op{Equal: NotEqual, In: NotIn}[op]; ok {
		s = f.positive(opposite, l, blank)
	}
	if s.verdict == plan.Exact && s.term != nil {
		return s
	}
	null := f.r.null(op, f.Type)
	if has(f.r.Dialect.Not, "{f}") {
		null = NullUnknown // the NOT asks for presence itself
	}
	if by := f.withoutBlanks(f.not(f.test(op, l)), null == NullFalse, null == NullFalse || null == NullUnclear); by.verdict > s.verdict || s.term == nil {
		return by
	}
	return s
}

// withoutBlanks is what is said by a negative test, without null. certain reports whether
// the test surely lets null along, which a blank is to some servers and not to us.
func (f *tested) withoutBlanks(s said, certain, may bool) said {
	if f.blankIsNull() && !f.emptyIsNull() && !certain {
		return no("the server takes a blank " + f.path + " for none, and may leave it out")
	}
	return f.withoutNulls(s, may)
}

// withoutNulls guards a test that may let null along.
func (f *tested) withoutNulls(s said, may bool) said {
	if s.term == nil || !f.Nullable || !may {
		return s
	}
	if guard := f.notNull(); guard.term != nil && guard.verdict == plan.Exact {
		return all(s, guard)
	}
	return s.weaker("the server may let rows without " + f.path + " along")
}

// null returns what a test gives for null.
func (r *Renderer) null(op Op, t model.Type) Null {
	n := r.Nulls
	answer := n.Order
	switch op {
	case Equal:
		answer = n.Eq
		if t == model.TypeBool && n.Bool != "" {
			answer = n.Bool
		}
	case In:
		answer = n.In
		if answer == "" {
			answer = n.Eq
		}
	case NotEqual, NotIn:
		answer = n.Ne
	case StartsWith, EndsWith, Contains, Like, ILike:
		answer = n.Text
	case Greater, GreaterEqual, Less, LessEqual:
	case Present, Missing:
		return NullFalse // they are about null
	}
	if answer == "" {
		return NullUnclear
	}
	return answer
}
