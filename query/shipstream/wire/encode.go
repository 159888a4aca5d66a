package wire

import (
	"slices"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

const (
	reasonNever     = "the filter is true for no row, so nothing is sent"
	reasonOrAcross  = "the API has no OR across fields"
	reasonTooWide   = "the OR would unfold into too many alternatives"
	reasonNoNot     = "the API has no NOT for it"
	reasonUnchecked = "the filter was not checked against a schema"
	reasonComputed  = "the API does not compute or compare fields with one another"
	reasonBoolOrder = "the API has no order of booleans"
	reasonUTF8      = "the text is not valid UTF-8, so JSON5 cannot carry it"
	reasonYear      = "the API's date-times run from the year 1000 to 9999"
	reasonFraction  = "the API compares whole seconds"
	reasonRegex     = "the server's regular expressions are of another dialect; profile switch `regex`"
)

// Encode returns the values of the `filter=` parameters that select exactly the
// rows for which n, a checked tree, is true: none when n is true for all.
// Parameters come in the order of their fields in n, the same for equal trees.
//
// The error is always an [*UnsupportedError]; it is [ErrNever] too where n is
// true for no row. Time and length are linear in n's but for an OR of ANDs over
// one field, which may unfold into 32 768 alternatives and is refused beyond.
func (p Profile) Encode(n dsl.Node) ([]string, error) {
	e := newEncoder(p)
	said := e.relax(n, true)
	switch {
	case said.never:
		return nil, &UnsupportedError{Node: n, Reason: reasonNever, never: true}
	case said.inexact != nil:
		return nil, said.inexact
	}
	return e.render(e.merged(said.clauses)), nil
}

// Approximation is the answer of [Profile.Relax].
type Approximation struct {
	Params []string // the values of the `filter=` parameters
	Exact  bool     // whether they say no less than was asked
	Reason string   // what was lost, and why; "" when Exact

	clauses []clause // what Params say
	never   bool     // no row satisfies what was asked
}

// Never reports whether no row can satisfy what was asked.
func (w Approximation) Never() bool { return w.never }

// Relax returns the strongest parameters it knows that n, a checked tree,
// implies: they select every row for which n is true, and maybe others, for
// which the caller evaluates n again. ok is false when there is nothing to
// send: no sound parameter narrows the rows, n is true for all, or for none.
//
// The weaker tree is right in a positive place only. Under a `not` it would
// have to be stronger: hand Relax the whole `not`.
func (p Profile) Relax(n dsl.Node) (w Approximation, ok bool) {
	e := newEncoder(p)
	said := e.relax(n, true)
	w.Exact = said.inexact == nil
	if said.inexact != nil {
		w.Reason = said.inexact.Reason
	}
	w.never = said.never
	if said.never || len(said.clauses) == 0 {
		return w, false
	}
	w.clauses = e.merged(said.clauses)
	w.Params = e.render(w.clauses)
	return w, true
}

func unsupported(n dsl.Node, reason string) *UnsupportedError {
	return &UnsupportedError{Node: n, Reason: reason}
}

// refuse is the encoding of a node of which nothing can be said.
func refuse(n dsl.Node, reason string) encoding {
	return encoding{inexact: unsupported(n, reason)}
}

// constant is the encoding of a node with one truth value for every row.
func constant(value bool) encoding { return encoding{never: !value} }

// encoder encodes one tree. budget is how many alternatives it may still unfold.
type encoder struct {
	Profile
	budget int
}

func newEncoder(p Profile) *encoder { return &encoder{Profile: p, budget: maxAlternatives} }

// relax encodes the rows for which n has the truth value want, unless the
// profile turns off what that takes.
func (e *encoder) relax(n dsl.Node, want bool) encoding {
	said := e.say(n, want)
	if len(e.Off) > 0 {
		for i := range said.clauses {
			if off := e.turnedOff(&said.clauses[i]); off != "" {
				return refuse(n, "the profile turns `"+off+"` off")
			}
		}
	}
	return said
}

// turnedOff returns what the profile turns off and the clause is written with;
// "" for nothing.
func (e *encoder) turnedOff(c *clause) string {
	objects := e.objects(c)
	used := []string{offFilter}
	if len(objects) > 1 {
		used = append(used, offArray)
	}
	for _, o := range objects {
		for _, t := range o {
			used = append(used, string(t.op))
		}
	}
	if i := slices.IndexFunc(used, func(name string) bool { return slices.Contains(e.Off, name) }); i >= 0 {
		return used[i]
	}
	return ""
}

// say encodes the rows for which n has the truth value want. Rows for which
// n is unknown are in neither set, which is why negation is a parameter here
// and not a complement: each form says for itself when it is false.
func (e *encoder) say(n dsl.Node, want bool) encoding {
	switch n := n.(type) {
	case nil:
		return constant(want)
	case *dsl.And:
		return e.several(n, n.Terms, want, want)
	case *dsl.Or:
		return e.several(n, n.Terms, want, !want)
	case *dsl.Not:
		return e.relax(n.X, !want)
	case *dsl.Const:
		return constant(n.Value == want)
	case *dsl.Truth:
		return e.truth(n, want)
	case *dsl.Compare:
		return e.compare(n, want)
	case *dsl.In:
		return e.in(n, want)
	case *dsl.Between:
		return e.between(n, want)
	case *dsl.Match:
		return e.match(n, want)
	case *dsl.Is:
		return e.is(n, want)
	case *dsl.Relation, *dsl.Computed:
		return refuse(n, reasonComputed)
	case *dsl.Quantifier, *dsl.Count:
		return refuse(n, "the API has no conditions on one element at a time")
	}
	return refuse(n, reasonUnchecked)
}

func (e *encoder) several(n dsl.Node, terms []dsl.Node, want, all bool) encoding {
	if !all && e.acrossFields(terms) {
		return refuse(n, reasonOrAcross)
	}
	var room [8]encoding // on the stack: most have fewer terms
	parts := room[:0]
	for _, t := range terms {
		parts = append(parts, e.relax(t, want))
	}
	if all {
		return allOf(parts)
	}
	return e.anyOf(n, parts)
}

// acrossFields reports whether the terms are comparisons of fields that the server filters
// by, and not all of the same one. Their disjunction is refused without encoding them.
func (e *encoder) acrossFields(terms []dsl.Node) bool {
	across := false
	for _, t := range terms {
		switch t.(type) {
		case *dsl.Compare, *dsl.In:
		default: // encoding it may find a better reason
			return false
		}
		path := ast.PathOf(t)
		if _, reason := e.field(path); reason != "" {
			return false
		}
		across = across || path.Name != ast.PathOf(terms[0]).Name
	}
	return across
}

// field returns the field that path names, or why the server has no use for it.
func (e *encoder) field(path *dsl.Path) (f *model.Field, reason string) {
	if path == nil || path.Field == nil {
		return nil, reasonUnchecked
	}
	return path.Field, e.refuses(path.Field)
}

// refuses returns why the server cannot filter by f, or "".
func (e *encoder) refuses(f *model.Field) string {
	switch {
	case f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs:
		return "the API does not filter by references (`" + f.Name + "`)"
	case f.Type == model.TypeList:
		return "the API does not filter by lists (`" + f.Name + "`)"
	case f.Type == model.TypeDecimal:
		return "the API's filters have no decimals (`" + f.Name + "`)"
	case f.Type == model.TypeFloat:
		return "the API's filters have no floats (`" + f.Name + "`)"
	case f.Format != model.FormatRFC3339:
		return "the API's filters have instants in RFC 3339, and `" + f.Name + "` is in the format " + f.Format.String()
	case e.Fields != nil && !slices.Contains(e.Fields, f.Name):
		return "the API does not filter by `" + f.Name + "`"
	case keyLen(f.Name) != len(f.Name):
		return "`" + f.Name + "` cannot be written as a key of the API's filters"
	}
	return ""
}

// The years that the API can be told.
const (
	minYear = 1000
	maxYear = 9999
)

// operand returns lit's value if it can be compared with f on the wire.
func operand(f *model.Field, lit *dsl.Literal) (v model.Value, reason string) {
	if lit == nil || lit.Value.Type() != f.Type {
		return v, reasonUnchecked
	}
	v = lit.Value
	if v.Type() == model.TypeString && !utf8.ValidString(v.Str()) {
		return v, reasonUTF8
	}
	if v.Type() == model.TypeDateTime {
		if year := v.Time().Year(); year < minYear || year > maxYear {
			return v, reasonYear
		}
	}
	return v, ""
}

func (e *encoder) truth(n *dsl.Truth, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason == "" && f.Type != model.TypeBool {
		reason = reasonUnchecked
	}
	if reason != "" {
		return refuse(n, reason)
	}
	return one(f, equals(model.Bool(true), want))
}

// equals is the term for = v, or for != v. For booleans the latter is = the
// other one, so that the basic form serves.
func equals(v model.Value, want bool) term {
	switch {
	case want:
		return term{op: opEq, value: v}
	case v.Type() == model.TypeBool:
		return term{op: opEq, value: model.Bool(!v.Bool())}
	}
	return term{op: opNeq, value: v}
}

func (e *encoder) compare(n *dsl.Compare, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason != "" {
		return refuse(n, reason)
	}
	v, reason := operand(f, n.Value)
	if reason == "" && n.Op != dsl.Eq && f.Type == model.TypeBool {
		reason = reasonBoolOrder
	}
	if reason != "" {
		return refuse(n, reason)
	}
	if n.Op == dsl.Eq {
		return e.bound(n, f, equals(v, want))
	}
	return e.bound(n, f, term{op: order(n.Op, want), value: v})
}

// bound encodes a comparison over f. The API is not asked for an instant within a second:
// the bound moves to the whole second outside it, which is exact if no instant lies between.
func (e *encoder) bound(n dsl.Node, f *model.Field, t term) encoding {
	if t.value.Nanosecond() == 0 {
		return one(f, t)
	}
	const last = 1_000_000_000 - 1
	exact := t.value.Nanosecond() == last && (t.op == opGt || t.op == opLteq)
	second, next := model.DateTimeUnix(t.value.Int()), model.DateTimeUnix(t.value.Int()+1)
	var said encoding
	switch {
	case t.op == opNeq || next.Time().Year() > maxYear && t.op != opGteq:
		return refuse(n, reasonFraction)
	case exact && t.op == opGt:
		said = one(f, term{op: opGteq, value: next})
	case t.op == opGt || t.op == opGteq:
		said = one(f, term{op: opGt, value: second})
	case t.op == opEq:
		said = both(f, term{op: opGt, value: second}, term{op: opLt, value: next})
	default:
		said = one(f, term{op: opLt, value: next})
	}
	if !exact {
		said.inexact = unsupported(n, reasonFraction)
	}
	return said
}

// bounds encodes comparisons over f of which all hold, or one.
func (e *encoder) bounds(n dsl.Node, f *model.Field, all bool, terms ...term) encoding {
	parts := make([]encoding, len(terms))
	for i, t := range terms {
		parts[i] = e.bound(n, f, t)
	}
	if all {
		return allOf(parts)
	}
	return e.anyOf(n, parts)
}

// order is the operator that says op, or its negation: every order of values
// is total, so that one of the two holds for whatever is not null.
func order(op dsl.CompareOp, want bool) operator {
	yes, no := opEq, opNeq
	switch op {
	case dsl.Eq:
	case dsl.Lt:
		yes, no = opLt, opGteq
	case dsl.Le:
		yes, no = opLteq, opGt
	case dsl.Gt:
		yes, no = opGt, opLteq
	case dsl.Ge:
		yes, no = opGteq, opLt
	}
	if want {
		return yes
	}
	return no
}

func (e *encoder) in(n *dsl.In, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason != "" {
		return refuse(n, reason)
	}
	if len(n.Values) == 0 {
		return constant(!want)
	}
	terms := make([]term, len(n.Values))
	alts := make([]object, len(n.Values))
	for i, lit := range n.Values {
		v, reason := operand(f, lit)
		if reason != "" {
			return refuse(n, reason)
		}
		terms[i] = equals(v, want)
		alts[i] = terms[i : i+1 : i+1]
	}
	if slices.ContainsFunc(terms, func(t term) bool { return t.value.Nanosecond() != 0 }) {
		return e.bounds(n, f, !want, terms...)
	}
	if want {
		return encoding{clauses: []clause{{field: f, alts: alts}}}
	}
	each := make([]clause, len(alts))
	for i := range alts {
		each[i] = clause{field: f, alts: alts[i : i+1 : i+1]}
	}
	return encoding{clauses: each}
}

func (e *encoder) between(n *dsl.Between, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason != "" {
		return refuse(n, reason)
	}
	lo, reason := operand(f, n.Lo)
	hi, reason2 := operand(f, n.Hi)
	switch {
	case reason != "":
		return refuse(n, reason)
	case reason2 != "":
		return refuse(n, reason2)
	case f.Type == model.TypeBool:
		return refuse(n, reasonBoolOrder)
	case lo.Nanosecond() != 0 || hi.Nanosecond() != 0:
		return e.bounds(n, f, want, term{op: order(dsl.Ge, want), value: lo}, term{op: order(dsl.Le, want), value: hi})
	case want:
		return both(f, term{op: opGteq, value: lo}, term{op: opLteq, value: hi})
	}
	// With lo above hi this is true for whatever is not null, as it should be.
	return encoding{clauses: []clause{{field: f, alts: []object{
		{{op: opLt, value: lo}},
		{{op: opGt, value: hi}},
	}}}}
}

func (e *encoder) is(n *dsl.Is, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason == "" && n.What != dsl.IsNull && f.Type != model.TypeBool {
		reason = reasonUnchecked
	}
	if reason != "" {
		return refuse(n, reason)
	}
	switch {
	case n.What == dsl.IsNull && want:
		return one(f, term{op: opNull})
	case n.What == dsl.IsNull:
		return one(f, term{op: opNotNull})
	}
	asked := one(f, equals(model.Bool(n.What == dsl.IsTrue), want))
	if !want && f.Nullable {
		asked.clauses[0].alts = append(asked.clauses[0].alts, object{{op: opNull}})
	}
	return asked
}
