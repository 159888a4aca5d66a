package expression

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// DialectError is a fault in the parts of a dialect.
type DialectError struct{ Reason string }

// Error says what is wrong and what there is instead.
func (e *DialectError) Error() string { return e.Reason }

func faultf(format string, args ...any) error { return &DialectError{fmt.Sprintf(format, args...)} }

// Fault is one fault of a dialect.
type Fault struct {
	Part string // where: "ops.eq", "to", "and"
	Err  error
}

// Faults are all faults of a dialect.
type Faults []Fault //nolint:errname // a list of errors

// Error names every fault, one a line.
func (f Faults) Error() string { return errors.Join(f.Unwrap()...).Error() }

// Unwrap returns the faults' errors.
func (f Faults) Unwrap() []error {
	errs := make([]error, len(f))
	for i, fault := range f {
		errs[i] = fmt.Errorf("%s: %w", fault.Part, fault.Err)
	}
	return errs
}

// compile reads the templates and returns their faults.
func (r *Renderer) compile() (faults Faults) {
	bad := func(part string, err error) {
		if err != nil {
			faults = append(faults, Fault{part, err})
		}
	}
	var err error
	r.and, err = compileJoiner(r.Dialect.And)
	bad("and", err)
	r.or, err = compileJoiner(r.Dialect.Or)
	bad("or", err)
	r.top, err = compileJoiner(r.Dialect.Top)
	bad("top", err)
	if r.and == nil && err == nil {
		bad("and", faultf("a language joins conditions by AND: name its template, such as \"{} and {}\""))
	}
	if r.Dialect.Not != nil {
		bad("not", onePlace(r.Dialect.Not, "{f}"))
		if r.Dialect.Not == "{}" {
			bad("not", faultf("the template {} negates nothing: leave not out if the language has none"))
		}
	}
	if r.Dialect.Group != "" {
		bad("group", onePlace(r.Dialect.Group))
	}
	bad("group", r.checkGroup())
	r.tree = r.and != nil && r.and.tree != nil
	r.quoter = newQuoter(r.Quote, Operator{}, r.tree)
	bad("to", r.To.check())
	bad("to.around", r.checkAround())
	if r.To.Brackets && r.and != nil && !r.tree {
		bad("to", faultf("brackets make parameters of a tree, and the templates are texts"))
	}
	bad("base", r.checkBase())
	bad("shape", r.checkShape())
	for part, n := range map[string]int{"terms": r.Limits.Terms, "groups": r.Limits.Groups, "per_group": r.Limits.PerGroup, "bytes": r.Limits.Bytes} {
		if n < 0 {
			bad("limits."+part, faultf("a limit is at least 1, or 0 for none"))
		}
	}
	if r.Limits.PerGroup > 0 && r.Dialect.Shape != DNF {
		bad("limits.per_group", faultf("only the shape %s has groups of tests", DNF))
	}
	for _, op := range Ops() {
		if o, ok := r.Ops[op]; ok {
			bad("ops."+string(op), r.checkOperator(op, o))
		}
	}
	for op := range r.Ops {
		bad("ops."+string(op), op.Check())
	}
	return faults
}

// Check fails for a test that no language has.
func (op Op) Check() error {
	if slices.Contains(Ops(), op) {
		return nil
	}
	return faultf("there is no operator %q; there are %s", op, joinOps(Ops()))
}

// onePlace checks that a template has one place {}.
func onePlace(template any, more ...string) error {
	n := 0
	visit(template, func(text string) { n += strings.Count(text, "{}") })
	if n != 1 {
		return faultf("the template needs one place {}, for the condition, and has %d", n)
	}
	return known(template, append(more, "{}")...)
}

func (p Place) check() error {
	switch {
	case p.Param == "" && p.Body == "":
		return faultf("the expression needs a place: a parameter (param) or a pointer into the body (body)")
	case p.Param != "" && p.Body != "":
		return faultf("the expression has one place: a parameter or a pointer into the body")
	case p.Body != "" && !strings.HasPrefix(p.Body, "/"):
		return faultf("the place in the body is a JSON pointer, which begins with /: %q", "/"+p.Body)
	case p.Brackets && (p.Param == "" || p.Around != "" || p.Empty != ""):
		return faultf("brackets make parameters of a tree: they need param, and have no use for around and empty")
	case p.Around != "":
		return onePlace(p.Around)
	}
	return nil
}

// checkBase checks that the base is a condition by itself: nothing that follows may be
// inside its quotes or parentheses.
func (r *Renderer) checkBase() error {
	text, ok := r.Base.(string)
	if !ok && (r.Base == nil || r.tree) {
		return nil
	}
	if !ok {
		return faultf("the base of a dialect of text is a text")
	}
	if r.tree {
		return faultf("the base of a dialect of JSON is a tree")
	}
	for _, place := range []string{"{f}", "{v}", "{text}", "{}"} {
		if strings.Contains(text, place) {
			return faultf("the base %q has %s, a place that only templates have: write the field or the value itself", text, place)
		}
	}
	least, depth, quoted := r.quoter.outside(text, nil)
	if least < 0 {
		return faultf("the base %q closes a parenthesis that it does not open", text)
	}
	if r.Name == "servicenow" && strings.Contains(text, "^NQ") {
		return faultf("the base %q begins another query by ^NQ, with which alone a condition would be joined: write ^OR", text)
	}
	if quoted || depth != 0 {
		return faultf("the base %q leaves a quote or a parenthesis open, so that a value could close it", text)
	}
	return nil
}

// outside calls each, which may be nil, with what begins at every byte of a text that stands
// outside of quotes and parentheses. It returns how deep the parentheses are at the least and
// at the end, and whether a quote is open there.
func (q *quoter) outside(text string, each func(rest string)) (least, depth int, quoted bool) {
	for rest := text; rest != ""; rest = rest[1:] {
		if n := q.escapes(rest); quoted && n > 0 {
			rest = rest[n-1:]
			continue
		}
		switch {
		case q.by != "" && strings.HasPrefix(rest, q.by):
			quoted = !quoted
		case quoted:
		case rest[0] == '(':
			depth++
		case rest[0] == ')':
			depth--
			least = min(least, depth)
		case depth == 0 && each != nil:
			each(rest)
		}
	}
	return least, depth, quoted
}

// infix returns what a text begins with that stands between the conditions of an AND or of an
// OR, where nothing but that shows where they end: " and " or " or ". "" = neither.
func (r *Renderer) infix(text string) (found string) {
	for _, j := range []*joiner{r.and, r.or} {
		if j == nil || j.tree != nil || j.before != "" || j.after != "" || strings.TrimSpace(j.between) == "" {
			continue
		}
		if n := len(j.between); len(text) >= n && strings.EqualFold(text[:n], j.between) && n > len(found) {
			found = j.between // the longer is meant: ^OR is not ^
		}
	}
	return found
}

// others returns the tests that no language writes as it writes one.
func (op Op) others() []Op {
	return map[Op][]Op{
		Equal: {NotEqual}, NotEqual: {Equal}, In: {NotIn}, NotIn: {In}, Present: {Missing}, Missing: {Present},
		Greater: {GreaterEqual, Less}, GreaterEqual: {Greater, LessEqual}, Less: {LessEqual, Greater}, LessEqual: {Less, GreaterEqual},
	}[op]
}

// checkOthers checks that a test is not written as another one, such as neq as eq. One that
// lets more along may be: some servers read > as >=.
func (r *Renderer) checkOthers(op Op, o Operator) error {
	if reflect.DeepEqual(o.Template, r.preset[op].Template) {
		return nil // the other is at fault
	}
	for _, other := range op.others() {
		if p, ok := r.Ops[other]; ok && !o.Superset && !p.Superset && reflect.DeepEqual(o.Template, p.Template) {
			return faultf("%s and %s have the same template %q: one of the two is wrong, or lets more along (verdict: superset)", op, other, Format(o.Template))
		}
	}
	return nil
}

// checkApart checks that a template of text is a condition by itself: what it joins must not
// be taken apart by the conditions beside it.
func (r *Renderer) checkApart(op Op, text string) error {
	word := ""
	r.quoter.outside(text, func(rest string) {
		infix := r.infix(rest)
		if r.Dialect.Group == "" && r.Dialect.Shape == CNF && r.or != nil && infix == r.or.between {
			return // the OR binds tighter than AND, which no condition has inside
		}
		word = cmp.Or(word, strings.TrimSpace(infix))
	})
	switch {
	case word == "":
		return nil
	case r.Dialect.Group == "":
		return faultf("the template of %s joins conditions by %q, which those beside it would take apart, and the language has no group", op, word)
	}
	return faultf("the template of %s joins conditions by %q, which those beside it would take apart: write %q", op, word, wrap(r.Dialect.Group, text))
}

// checkAround checks that what stands around an expression does not hold it in the quotes of
// values, and joins no condition to it, which an OR of the expression would take apart.
func (r *Renderer) checkAround() error {
	before, after, ok := strings.Cut(r.To.Around, "{}")
	if !ok {
		return nil
	}
	if _, _, quoted := r.quoter.outside(before, nil); quoted {
		return faultf("the text around the expression has {} in quotes, which the first quote of a value would close: write {} outside of them")
	}
	if r.Dialect.Group == "" {
		return nil
	}
	word := r.infix(" " + strings.TrimLeft(after, " ") + " ")
	before = " " + strings.TrimRight(before, " ") + " "
	for i := range before {
		if infix := r.infix(before[i:]); infix != "" && len(infix) == len(before[i:]) {
			word = infix
		}
	}
	if word == "" {
		return nil
	}
	return faultf("the text around the expression joins a condition to it by %q, which an OR would take apart: make that condition the base, or write %q in place of {}",
		strings.TrimSpace(word), wrap(r.Dialect.Group, "{}"))
}

// escapes returns the length of the escape that a text begins with.
func (q *quoter) escapes(text string) int {
	for _, to := range q.escaped {
		if strings.HasPrefix(text, to) {
			return len(to)
		}
	}
	return 0
}

func (r *Renderer) checkShape() error {
	shapes := []Shape{"", Tree, And, CNF, DNF}
	if !slices.Contains(shapes, r.Dialect.Shape) {
		return faultf("there is no shape %q; there are %s, %s, %s and %s", r.Dialect.Shape, Tree, And, CNF, DNF)
	}
	if (r.Dialect.Shape == CNF || r.Dialect.Shape == DNF) && r.Dialect.Or == nil {
		return faultf("the shape %s has ORs, and the dialect has no template or", r.Dialect.Shape)
	}
	return nil
}

// checkValues checks what the server calls values.
func (op Op) checkValues(values map[string]string) error {
	if values != nil && op != Equal && op != NotEqual && op != In && op != NotIn {
		return faultf("values are for %s, %s, %s and %s", Equal, NotEqual, In, NotIn)
	}
	sent := map[string]string{}
	for _, value := range slices.Sorted(maps.Keys(values)) {
		if other, ok := sent[values[value]]; ok {
			return faultf("%q and %q are both sent as %q, so that the server cannot tell them apart: leave one out", other, value, values[value])
		}
		sent[values[value]] = value
	}
	return nil
}

// checkOperator checks the places of a test's template.
func (r *Renderer) checkOperator(op Op, o Operator) error {
	if o.Template == nil {
		return faultf("the operator has no template")
	}
	_, text := o.Template.(string)
	if text == r.tree {
		return faultf("one dialect is all text, or all JSON: the templates of and, or, not and the operators")
	}
	if err := known(o.Template, "{f}", "{v}", "{text}"); err != nil {
		return err
	}
	if err := op.checkValues(o.Values); err != nil {
		return err
	}
	values := has(o.Template, "{v}") || has(o.Template, "{text}")
	if o.Any+o.One != "" && op != Like && op != ILike {
		return faultf("wildcards are for %s and %s", Like, ILike)
	}
	switch isNull := op == Present || op == Missing; {
	case isNull && values:
		return faultf("the operator %s has no value: its template has the place {f} alone", op)
	case !isNull && !values:
		return faultf("the template of %s has no place for the value: {v}, or {text} without quotes", op)
	case !has(o.Template, "{f}"):
		return faultf("the template of %s has no place for the field: {f}", op)
	}
	if err := r.checkOthers(op, o); err != nil {
		return err
	}
	if err := r.checkPlaces(op, o); err != nil {
		return err
	}
	if t, ok := o.Template.(string); ok {
		if err := r.checkApart(op, t); err != nil {
			return err
		}
	}
	if o.Max < 0 || o.Max > 0 && op != In && op != NotIn {
		return faultf("max is for %s and %s, and at least 1", In, NotIn)
	}
	return nil
}
