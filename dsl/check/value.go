package check

import (
	"errors"
	"fmt"
	resyntax "regexp/syntax"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// constant is a literal resolved to a value of a field's type.
type constant struct {
	value model.Value
	date  bool  // it was written as a bare date, or as today
	day   civil // which day
}

func (d civil) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// next returns the day after d.
func (d civil) next() civil {
	y, m, day := time.Date(d.year, time.Month(d.month), d.day+1, 0, 0, 0, 0, time.UTC).Date()
	return civil{y, int(m), day}
}

// constant resolves a literal to a value of the field's type, or fails.
func (c *checker) constant(p *ast.Path, l *ast.Literal) (constant, bool) {
	f := p.Field
	switch l.Kind {
	case ast.LitInt, ast.LitDecimal, ast.LitBool, ast.LitString:
		return c.plainConstant(f, l.Value, l)
	case ast.LitValue:
		arg := ast.ArgumentOf(l.Value)
		if l.Value.IsNull() && l.Text != "" {
			arg.Fault = l.Text // the builder's fault
		}
		return c.goConstant(p, l, arg)
	case ast.LitNull:
		return c.nullConstant(p, l)
	case ast.LitParam:
		arg, ok := c.bound(l)
		if !ok {
			return constant{}, false
		}
		return c.goConstant(p, l, arg)
	case ast.LitDate, ast.LitDateTime:
		if f.Element() == model.TypeDateTime && l.Value.Type() == model.TypeDateTime {
			return constant{value: l.Value}, true // already checked
		}
		if f.Element() == model.TypeDateTime {
			m, err := parseMoment(l.Text, c.zone)
			return c.moment(l, l.Text, 0, m, err)
		}
	case ast.LitRelative:
		if f.Element() == model.TypeDateTime {
			m, err := parseRelative(l.Text, c.now, c.zone)
			return c.moment(l, l.Text, 0, m, err)
		}
	case ast.LitDuration:
		c.misplacedDuration(f, l)
		return constant{}, false
	}
	c.mismatch(f, l)
	return constant{}, false
}

// plainConstant accepts a value of the field's type. It reads a string as a datetime for a
// datetime field.
func (c *checker) plainConstant(f *model.Field, v model.Value, l *ast.Literal) (constant, bool) {
	if v, ok := ofType(f.Element(), v); ok {
		return constant{value: v}, true
	}
	if f.Element() == model.TypeDateTime && v.Type() == model.TypeString {
		m, err := parseMoment(v.Str(), c.zone)
		return c.moment(l, v.Str(), 1, m, err)
	}
	c.mismatch(f, l)
	return constant{}, false
}

// ofType returns a value as one of a field's type. Only numbers change: a whole number becomes an
// integer or a decimal, and any number becomes a float. A decimal becomes the nearest float, as 0.1
// does everywhere. An integer that no float equals stays an integer, so that no row equals it.
func ofType(t model.Type, v model.Value) (of model.Value, ok bool) {
	digits, scale := v.Decimal()
	switch {
	case v.Type() == t:
		return v, true
	case t == model.TypeDecimal && v.Type() == model.TypeInt:
		return model.DecimalInt(v.Int()), true
	case t == model.TypeInt && v.Type() == model.TypeDecimal && scale == 0:
		return model.Int(digits), true
	case t == model.TypeFloat && v.Type() == model.TypeInt:
		if f := model.Float(float64(v.Int())); model.CompareNumbers(f, v) == 0 {
			return f, true
		}
		return v, true
	case t == model.TypeFloat && v.Type() == model.TypeDecimal && scale == 0:
		return ofType(t, model.Int(digits))
	case t == model.TypeFloat && v.Type() == model.TypeDecimal:
		f, err := model.ParseFloat(v.String())
		return f, err == nil
	}
	return v, false
}

// moment returns the constant for a datetime's text, or fails. The text starts quote bytes into
// the literal, if the source shows it unchanged.
func (c *checker) moment(l *ast.Literal, text string, quote int, m moment, err *timeError) (constant, bool) {
	if err == nil {
		return m.constant(), true
	}
	at := l.Range
	from := at.Start + quote
	if from+len(text)+quote == at.End && at.End <= len(c.source) && c.source[from:from+len(text)] == text {
		at = ast.Span{Start: from + err.at.Start, End: from + err.at.End}
	}
	hint := ""
	if quote > 0 && err.at == (ast.Span{Start: 0, End: len(text)}) {
		if _, bad := parseRelative(text, c.now, c.zone); bad == nil {
			hint = "write `" + text + "` without quotes"
		}
	}
	c.fail(at, err.msg, hint)
	return constant{}, false
}

// beyondYears is the error of a time that no text can express.
func beyondYears(text string) *timeError {
	return &timeError{ast.Span{Start: 0, End: len(text)}, fmt.Sprintf("%s is outside the years %d to %d in UTC", cut(text), minYear, maxYear)}
}

// nullConstant fails: null compares with nothing.
func (c *checker) nullConstant(p *ast.Path, l *ast.Literal) (constant, bool) {
	is := "is null"
	if op := strings.ToLower(c.sourceBetween(p.Range.End, l.Range.Start)); strings.Contains(op, "!") || strings.Contains(op, "<>") || strings.Contains(op, "not") {
		is = "is not null"
	}
	c.fail(l.Range, "a comparison with null is never true", fmt.Sprintf("write `%s %s`", c.spell(p.Name), is))
	return constant{}, false
}

// sourceBetween returns the source between two offsets; "" for a built filter.
func (c *checker) sourceBetween(from, to int) string {
	if from > to || to > len(c.source) {
		return ""
	}
	return c.source[from:to]
}

// bound returns the value of a parameter.
func (c *checker) bound(l *ast.Literal) (ast.Argument, bool) {
	v, ok := c.params.lookup(l.Text)
	if !ok {
		c.fail(l.Range, fmt.Sprintf("parameter %s has no value", l.Text), c.params.unboundHint(l.Text))
		return ast.Argument{}, false
	}
	return ast.ArgumentOf(v), true
}

// expand returns the literals of an in list. If the list is a single slice parameter, they are
// the slice's values.
func (c *checker) expand(p *ast.Path, ls []*ast.Literal) ([]*ast.Literal, bool) {
	if len(ls) != 1 || ls[0].Kind != ast.LitParam {
		return ls, true
	}
	arg, ok := c.bound(ls[0])
	if !ok {
		return nil, false
	}
	if !arg.IsList {
		return ls, true
	}
	out := make([]*ast.Literal, 0, len(arg.List))
	for i, v := range arg.List {
		element := *ls[0]
		element.Text = fmt.Sprintf("%s[%d]", ls[0].Text, i)
		k, good := c.goConstant(p, &element, ast.ArgumentOf(v))
		if !good {
			ok = false
			continue
		}
		out = append(out, ast.ValueLiteral(k.value, ls[0].Range))
	}
	return out, ok
}

// goConstant resolves a Go value against a field.
func (c *checker) goConstant(p *ast.Path, l *ast.Literal, arg ast.Argument) (constant, bool) {
	f, what := p.Field, "the value"
	if l.Kind == ast.LitParam {
		what = l.Text
	}
	switch {
	case arg.Fault == "nil":
		c.fail(l.Range, what+" is nil", fmt.Sprintf("a comparison with null is never true; write `%s is null`", c.spell(p.Name)))
		return constant{}, false
	case arg.Fault != "":
		c.fail(l.Range, fmt.Sprintf("%s is %s", what, arg.Fault), fmt.Sprintf("%s is %s", c.spell(f.Name), fieldType(f)))
		return constant{}, false
	case arg.IsList:
		c.fail(l.Range, what+" is a list", fmt.Sprintf("a list must be alone in parentheses, as in `%s in (%s)`", c.spell(p.Name), l.Text))
		return constant{}, false
	case arg.IsTime && f.Element() == model.TypeDateTime:
		m := moment{sec: arg.At.Unix(), nano: arg.At.Nanosecond()}
		if !m.writable() {
			c.fail(l.Range, beyondYears(what).msg, "")
			return constant{}, false
		}
		return m.constant(), true
	case arg.IsTime:
		c.fail(l.Range, fmt.Sprintf("%s is a time, %s is %s", what, c.spell(f.Name), fieldType(f)), "")
		return constant{}, false
	case arg.Untyped:
		return c.textConstant(f, l, what, arg.Value.Str())
	case arg.Value.Type() == model.TypeString && f.Element() == model.TypeDateTime:
		return c.textConstant(f, l, what, arg.Value.Str())
	}
	if v, ok := ofType(f.Element(), arg.Value); ok {
		return constant{value: v}, true
	}
	c.fail(l.Range, fmt.Sprintf("%s is %s, %s is %s", what, typeName(arg.Value.Type()), c.spell(f.Name), fieldType(f)), "")
	return constant{}, false
}

// textConstant reads a text as a literal of the field's type.
func (c *checker) textConstant(f *model.Field, l *ast.Literal, what, text string) (constant, bool) {
	switch f.Element() {
	case model.TypeString:
		return constant{value: model.String(text)}, true
	case model.TypeInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return constant{value: model.Int(n)}, true
		}
	case model.TypeDecimal:
		if v, err := model.ParseDecimal(text); err == nil {
			return constant{value: v}, true
		}
	case model.TypeFloat:
		if v, err := model.ParseFloat(text); err == nil {
			return constant{value: v}, true
		}
	case model.TypeBool:
		switch strings.ToLower(text) {
		case "true":
			return constant{value: model.Bool(true)}, true
		case "false":
			return constant{value: model.Bool(false)}, true
		}
	case model.TypeDateTime:
		m, err := parseMoment(text, c.zone)
		if err != nil {
			if r, bad := parseRelative(text, c.now, c.zone); bad == nil && l.Kind == ast.LitParam {
				m, err = r, nil
			}
		}
		if err == nil {
			return m.constant(), true
		}
		c.fail(l.Range, fmt.Sprintf("%s: %s", what, err.msg), "")
		return constant{}, false
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	c.fail(l.Range, fmt.Sprintf("%s is %q, %s is %s", what, cut(text), c.spell(f.Name), fieldType(f)), "")
	return constant{}, false
}

// mismatch fails for a literal of another type than the field's.
func (c *checker) mismatch(f *model.Field, l *ast.Literal) {
	want, got := typeName(f.Element()), literalName(l)
	c.errs = append(c.errs, &Error{
		Source: c.source, Range: l.Range, Want: []string{want}, Got: got,
		Hint: fmt.Sprintf("%s is %s%s", c.spell(f.Name), fieldType(f), mismatchHint(f.Element(), l)),
	})
}

// mismatchHint says how to write what was probably meant. It follows "x is an int".
func mismatchHint(t model.Type, l *ast.Literal) string {
	switch t {
	case model.TypeInt:
		if l.Kind == ast.LitString {
			if n, err := strconv.ParseInt(l.Value.Str(), 10, 64); err == nil {
				return fmt.Sprintf(": write %d without quotes", n)
			}
		}
	case model.TypeDecimal, model.TypeFloat:
		if v, err := model.ParseDecimal(l.Value.Str()); err == nil {
			return fmt.Sprintf(": write %v without quotes", v)
		}
	case model.TypeBool:
		switch text := strings.ToLower(l.Value.Str()); {
		case l.Kind == ast.LitInt && l.Value.Int() == 1, l.Kind == ast.LitString && text == "true":
			return ": write true"
		case l.Kind == ast.LitInt && l.Value.Int() == 0, l.Kind == ast.LitString && text == "false":
			return ": write false"
		}
		return ": write true or false"
	case model.TypeString:
		if l.Kind == ast.LitRelative {
			return ""
		}
		text := l.Text
		if l.Kind == ast.LitInt || l.Kind == ast.LitDecimal || l.Kind == ast.LitBool {
			text = l.Value.String()
		}
		return fmt.Sprintf(": quote it, '%s'", text)
	case model.TypeDateTime:
		return ": write a date such as 2024-01-31"
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return ""
}

// day resolves the date of an `on` to a calendar day.
func (c *checker) day(p *ast.Path, l *ast.Literal) (civil, bool) {
	before := len(c.errs)
	k, ok := c.constant(p, l)
	if !ok {
		return civil{}, false
	}
	if k.date {
		return k.day, true
	}
	if l.Kind == ast.LitRelative || l.Kind == ast.LitParam || l.Kind == ast.LitValue {
		y, m, d := time.Unix(k.value.Int(), 0).In(c.zone).Date()
		return civil{y, int(m), d}, true
	}
	if before == len(c.errs) {
		y, m, d := time.Unix(k.value.Int(), 0).In(c.zone).Date()
		c.fail(l.Range, "`on` takes a date without a time of day", "write "+civil{y, int(m), d}.String())
	}
	return civil{}, false
}

// regexp reports whether a pattern compiles. If not, it fails at the faulty part.
func (c *checker) regexp(f *model.Field, l *ast.Literal, text string) bool {
	err := c.chargeRegexp(text)
	if err == nil {
		if _, err = CompileRegexp(f.Collation, text); err == nil {
			return true
		}
	}
	if errors.Is(err, syntax.ErrLimit) {
		c.errs = append(c.errs, &Error{
			Source: c.source, Range: l.Range, Msg: "the filter's regular expressions are too large",
			Hint: "shorten them, or repeat a part fewer times", limit: true,
		})
		return false
	}
	at, msg := l.Range, "the regular expression does not compile"
	if bad, ok := errors.AsType[*resyntax.Error](err); ok {
		msg = "the regular expression has " + regexpFault(bad)
		i := strings.LastIndex(text, bad.Expr)
		from := at.Start + 1
		if i >= 0 && bad.Expr != "" && l.Kind == ast.LitString && c.sourceBetween(from, at.End-1) == text {
			at = ast.Span{Start: from + i, End: from + i + len(bad.Expr)}
		}
	}
	c.fail(at, msg, "the syntax is RE2's")
	return false
}

// chargeRegexp charges a pattern to the filter's budget for regular expressions, before the
// expensive part of compiling it.
func (c *checker) chargeRegexp(text string) error {
	if textCost(text) > c.regexps {
		return syntax.ErrLimit
	}
	parsed, err := resyntax.Parse(text, resyntax.Perl)
	if err != nil {
		return err
	}
	if c.regexps -= max(textCost(text), programCost(parsed, c.regexps)); c.regexps < 0 {
		return syntax.ErrLimit
	}
	return nil
}

// regexpFault describes a fault of a regular expression, as a noun.
func regexpFault(e *resyntax.Error) string {
	fault := e.Code.String()
	switch {
	case e.Code == resyntax.ErrNestingDepth:
		return "too deep a nesting"
	case e.Code == resyntax.ErrLarge:
		return "too large a program"
	case e.Expr == "":
		return "a fault: " + fault
	}
	article := "an "
	if strings.IndexByte("aeiou", fault[0]) < 0 {
		article = "a "
	}
	return fmt.Sprintf("%s%s: %s", article, fault, cut(e.Expr))
}

// warnEquals warns of an equality that cannot mean what it says: with a date, which is one
// instant of that day, and with a fraction of a second that the field does not hold.
func (c *checker) warnEquals(p *ast.Path, at ast.Span, k constant) {
	switch name := c.spell(p.Name); {
	case k.date && c.wholeDays:
	case k.date:
		c.warn(at, fmt.Sprintf("this compares with only the first second of %s", k.day), fmt.Sprintf("write `%s on %s` for the whole day", name, k.day))
	case k.value.Nanosecond() != 0 && p.Field.HoldsWholeSeconds():
		c.warn(at, name+" holds whole seconds and never equals an instant between two of them", "leave out the fraction, or compare with < or >")
	}
}
