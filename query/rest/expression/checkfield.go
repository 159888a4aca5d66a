package expression

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// CheckOperator checks what a field says of one of a dialect's operators. The field's type
// must have the test; that of a list is about its elements. A zero template stands for the
// dialect's own, which it must have. It fails with a [*DialectError].
func CheckOperator(d Dialect, f *model.Field, op Op, o Operator) error {
	if err := op.Check(); err != nil {
		return err
	}
	if has := testsOf(f); f.Element() != model.TypeNull && !slices.Contains(has, op) {
		if len(has) == 0 {
			return faultf("a field of type %s has no tests: leave ops out", f.TypeName())
		}
		return faultf("a field of type %s has no test %s; it has %s", f.TypeName(), op, joinOps(has))
	}
	if o.Template == nil {
		if _, ok := d.Ops[op]; !ok {
			return faultf("the dialect %s has no operator %s: give it a template, or leave it out", d.Name, op)
		}
		return nil
	}
	and, err := compileJoiner(d.And)
	if err != nil || and == nil {
		return nil //nolint:nilerr // it is a fault of the dialect, and reported there
	}
	r := &Renderer{Dialect: d, and: and, tree: and.tree != nil}
	if r.or, err = compileJoiner(d.Or); err != nil {
		return nil //nolint:nilerr // it is reported there, too
	}
	r.quoter = newQuoter(d.Quote, Operator{}, r.tree)
	return r.checkOperator(op, o)
}

// CheckName checks what the server calls a field, which templates have as it is: quotes and
// parentheses in it are balanced, and it has no place such as {}. It fails with a
// [*DialectError].
func CheckName(d Dialect, name string) error {
	if p := place.FindString(name); p != "" {
		return faultf("the server's name %q has %s, which is a place of templates: a name has none", name, p)
	}
	if _, text := d.And.(string); !text {
		return nil // a tree of JSON has the name as one text
	}
	switch least, depth, quoted := newQuoter(d.Quote, Operator{}, false).outside(name, nil); {
	case quoted:
		return faultf("the server's name %q leaves the quote %s open, which would take in what follows", name, d.Quote.By)
	case least < 0:
		return faultf("the server's name %q closes a parenthesis that it does not open", name)
	case depth > 0:
		return faultf("the server's name %q leaves a parenthesis open", name)
	}
	return nil
}

// testsOf returns the tests that a field of a type can have, in the order of [Ops].
func testsOf(f *model.Field) []Op {
	switch f.Element() {
	case model.TypeString:
		return Ops()
	case model.TypeInt, model.TypeDecimal:
		return []Op{Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, In, NotIn, Present, Missing}
	case model.TypeDateTime:
		if f.Type != model.TypeList { // a list of instants has no conditions
			return []Op{Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, In, NotIn, Present, Missing}
		}
	case model.TypeBool:
		return []Op{Equal, NotEqual, In, NotIn, Present, Missing}
	case model.TypeNull, model.TypeFloat, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return nil
}

// joinOps returns the names of tests as a text.
func joinOps(ops []Op) string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = string(op)
	}
	return strings.Join(names, ", ")
}
