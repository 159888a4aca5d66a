package wire

import (
	"errors"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Decode reads the values of `filter=` parameters, as an application that talks
// to the API has them, and returns the tree that selects the same rows: checked
// against s, without positions, Const true when there are no parameters. It
// accepts all operators, the inferred ones too.
//
// The tree is of the plainest form that says it: an array of eq becomes `in`,
// `[{gteq:v},{lt:v}]` becomes `is not null`. The error is a [*DecodeError] for
// the first thing that is wrong.
func Decode(params []string, s *model.Schema, opts ...DecodeOption) (dsl.Node, error) {
	l := limitsOf(opts)
	if len(params) > l.params {
		return nil, &DecodeError{
			Index: l.params, Param: params[l.params],
			Msg: "more than " + strconv.Itoa(l.params) + " filter parameters",
		}
	}
	d := decoder{schema: s, items: l.items}
	clauses := make([]clause, 0, len(params))
	for i, param := range params {
		if l.bytes -= len(param); l.bytes < 0 {
			return nil, &DecodeError{Index: i, Param: param, Offset: len(param) + l.bytes, Msg: "the filter parameters are too long together"}
		}
		c, err := d.param(param)
		if err != nil {
			at := &DecodeError{Index: i, Param: param, Msg: err.Error()}
			if f, ok := errors.AsType[*fault](err); ok {
				at.Offset = f.offset
			}
			return nil, at
		}
		clauses = append(clauses, c)
	}
	return nodeOf(clauses), nil
}

// decoder reads parameters. items is how many more operators and list items it
// may read.
type decoder struct {
	reader
	schema *model.Schema
	field  *model.Field
	items  int
}

// param reads one parameter: a key, then a colon and the value as it stands, or
// JSON5 with no colon between.
func (d *decoder) param(text string) (clause, error) {
	d.reader = reader{text: text}
	if err := d.key(); err != nil {
		return clause{}, err
	}
	c := clause{field: d.field}
	switch text[d.pos] {
	case ':':
		d.pos++
		v, err := d.basic(text[d.pos:])
		if err != nil {
			return clause{}, err
		}
		c.alts = []object{{{op: opEq, value: v}}}
		return c, nil
	case '{':
		d.pos++
		alt, err := d.object()
		if err != nil {
			return clause{}, err
		}
		c.alts = []object{alt}
	default:
		if err := d.array(&c); err != nil {
			return clause{}, err
		}
	}
	if _, err := d.peek(); err != nil {
		return clause{}, err
	}
	if d.pos < len(text) {
		return clause{}, d.unexpected("the end of the parameter")
	}
	return c, nil
}

// key reads the field's name and sees that something follows it.
func (d *decoder) key() error {
	name := d.text[:keyLen(d.text)]
	if name == "" {
		return d.unexpected("the name of a field")
	}
	f, ok := d.schema.Lookup(name)
	if !ok {
		return d.fail(0, "unknown field %s; there are %s", brief(name), d.fieldNames())
	}
	if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
		return d.fail(0, "the API does not filter by references (%s)", brief(name))
	}
	d.field, d.pos = f, len(name)
	if d.pos == len(d.text) || strings.IndexByte(":{[", d.text[d.pos]) < 0 {
		return d.unexpected("':', '{' or '['")
	}
	return nil
}

// fieldNames lists the fields that a filter can name, the first few dozen.
func (d *decoder) fieldNames() string {
	const most = 24
	var names []string
	for i := range d.schema.Len() {
		f := d.schema.Field(i)
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
			continue
		}
		if len(names) == most {
			names = append(names, "…")
			break
		}
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// basic reads the value of `key:value`, which is the rest as it stands.
func (d *decoder) basic(text string) (model.Value, error) {
	if err := d.count(); err != nil {
		return model.Value{}, err
	}
	if i := invalidUTF8(text); i >= 0 {
		return model.Value{}, d.fail(d.pos+i, "the text is not valid UTF-8")
	}
	v := model.String(text)
	switch d.field.Type {
	case model.TypeInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			v = model.Int(n)
		}
	case model.TypeBool:
		if text == "true" || text == "false" {
			v = model.Bool(text == "true")
		}
	case model.TypeString, model.TypeDateTime, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal:
	}
	return d.typed(opEq, v, d.pos)
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return -1
}

func (d *decoder) array(c *clause) error {
	d.pos++
	err := d.sequence(']', func() error {
		if err := d.expect('{', "an object"); err != nil {
			return err
		}
		alt, err := d.object()
		c.alts = append(c.alts, alt)
		return err
	})
	if err == nil && c.alts == nil {
		return d.fail(d.pos-1, "an empty array says nothing")
	}
	return err
}

// object reads what follows an opening brace.
func (d *decoder) object() (object, error) {
	open := d.pos - 1
	var alt object
	given := make(map[string]bool)
	err := d.sequence('}', func() error {
		name, at, err := d.reader.key()
		if err != nil {
			return err
		}
		if given[name] {
			return d.fail(at, "operator %s is given twice in one object", brief(name))
		}
		given[name] = true
		t, err := d.term(name, at)
		alt = append(alt, t)
		return err
	})
	if err == nil && alt == nil {
		return nil, d.fail(open, "an empty object says nothing")
	}
	return alt, err
}

// count takes one from the items that may still be read.
func (d *decoder) count() error {
	if d.items--; d.items < 0 {
		return d.fail(d.pos, "too many operators and list items")
	}
	return nil
}

// term reads the operand of the operator called name.
func (d *decoder) term(name string, at int) (term, error) {
	if err := d.count(); err != nil {
		return term{}, err
	}
	op := operator(name)
	switch name {
	case "from":
		op = opGteq
	case "to":
		op = opLteq
	case "null", "notnull":
		return d.nullness(op)
	}
	if err := d.takes(op, at, name); err != nil {
		return term{}, err
	}
	if op == opIn || op == opNin {
		return d.list(op)
	}
	v, at, err := d.scalar()
	if err != nil {
		return term{}, err
	}
	if name == "to" && d.field.Type == model.TypeDateTime && v.Type() == model.TypeString && isDate(v.Str()) {
		v = model.String(v.Str() + "T23:59:59Z") // the whole last day
	}
	v, err = d.typed(op, v, at)
	if err == nil && op == opRegex {
		err = d.expression(v.Str(), at)
	}
	return term{op: op, value: v}, err
}

// maxExpression bounds a regular expression: a few characters of one can stand
// for thousands of ranges, which parsing writes out.
const maxExpression = 4 << 10

// expression sees that the language's regular expressions have text too, in the
// form in which they are evaluated: the server's are of another dialect.
func (d *decoder) expression(text string, at int) error {
	if len(text) > maxExpression {
		return d.fail(at, "the regular expression has %d bytes, more than %d", len(text), maxExpression)
	}
	if d.field.Collation == model.CI {
		text = "(?i)" + text
	}
	if _, err := syntax.Parse(text, syntax.Perl); err != nil {
		if bad, ok := errors.AsType[*syntax.Error](err); ok {
			return d.fail(at, "the regular expression is not RE2: %s %s", bad.Code, brief(strings.TrimPrefix(bad.Expr, "(?i)")))
		}
		return d.fail(at, "the regular expression is not RE2")
	}
	return nil
}

// takes reports, as an error, that there is no such operator or not for the
// field's type.
func (d *decoder) takes(op operator, at int, name string) error {
	orders, texts := false, false
	switch op {
	case opEq, opNeq, opIn, opNin:
	case opGt, opGteq, opLt, opLteq:
		orders = true
	case opStart, opEnd, opContains, opLike, opNlike, opRegex:
		texts = true
	case opNull, opNotNull:
	default:
		return d.fail(at, "unknown operator %s; there are eq, neq, gt, lt, gteq, lteq, from, to, start, end, null, "+
			"and on some servers in, nin, notnull, contains, like, nlike, regex", brief(name))
	}
	if texts && d.field.Type != model.TypeString || orders && d.field.Type == model.TypeBool {
		return d.fail(at, "operator %s does not apply to %s, which holds %s", name, d.field.Name, kind(d.field.Type))
	}
	return nil
}

func (d *decoder) nullness(op operator) (term, error) {
	v, at, err := d.scalar()
	if err != nil {
		return term{}, err
	}
	if v.Type() != model.TypeBool {
		return term{}, d.fail(at, "expected true or false")
	}
	if (op == opNull) == v.Bool() {
		return term{op: opNull}, nil
	}
	return term{op: opNotNull}, nil
}

func (d *decoder) list(op operator) (term, error) {
	err := d.expect('[', "a list in square brackets")
	if err != nil {
		return term{}, err
	}
	t := term{op: op}
	err = d.sequence(']', func() error {
		if err := d.count(); err != nil {
			return err
		}
		v, at, err := d.scalar()
		if err != nil {
			return err
		}
		v, err = d.typed(op, v, at)
		t.list = append(t.list, v)
		return err
	})
	if err == nil && t.list == nil {
		err = d.fail(d.pos-1, "an empty list says nothing")
	}
	return t, err
}

// typed sees that v, read at a byte of the parameter, is of the field's type;
// a date-time comes as a string.
func (d *decoder) typed(op operator, v model.Value, at int) (model.Value, error) {
	if d.field.Type == model.TypeDateTime && v.Type() == model.TypeString {
		t, ok := readTime(v.Str())
		if !ok {
			return v, d.fail(at, "expected a date-time such as 2017-07-21T17:32:28Z, not %s", brief(v.Str()))
		}
		return model.DateTime(t), nil
	}
	switch {
	case v.Type() == d.field.Type:
		return v, nil
	case v.IsNull():
		return v, d.fail(at, "%s takes no null; write {null:true}", op)
	}
	return v, d.fail(at, "expected %s for %s, not %s", kind(d.field.Type), d.field.Name, brief(v.String()))
}

// kind names the values of type t as an error message does.
func kind(t model.Type) string {
	switch t {
	case model.TypeInt:
		return "a whole number"
	case model.TypeString:
		return "a text"
	case model.TypeBool:
		return "true or false"
	case model.TypeDateTime:
		return "a date-time"
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal:
	}
	return t.String()
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// readTime reads what the API documents, a date or a date-time to the second in
// UTC. A bare date is its first second.
func readTime(s string) (time.Time, bool) {
	for _, layout := range []string{timeLayout, time.DateOnly} {
		if len(s) != len(layout) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
