package expressiontest

import (
	"regexp"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

var (
	odataFunction = regexp.MustCompile(`^(tolower|toupper|length|substring|concat|year|month|day|hour|date|round|now)\(`)
	odataDuration = regexp.MustCompile(`^duration'(P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)'`)
)

// sum reads products with add and sub between them.
func (p *odataParser) sum() (*Operand, error) {
	return p.chain(p.product, "add", "sub")
}

// product reads factors with mul and div between them.
func (p *odataParser) product() (*Operand, error) {
	words := []string{"mul", "div"}
	if p.e.OData401 {
		words = append(words, "divby")
	}
	return p.chain(p.factor, words...)
}

// chain reads operands with one of some words between them, from the left.
func (p *odataParser) chain(read func() (*Operand, error), words ...string) (*Operand, error) {
	left, err := read()
	for err == nil {
		at, word := p.at, ""
		for _, w := range words {
			if p.at = at; p.spaced(w, false) {
				word = w
				break
			}
		}
		if word == "" {
			p.at = at
			return left, nil
		}
		var right *Operand
		if right, err = read(); err == nil {
			left, err = p.operation(word, left, right)
		}
	}
	return nil, err
}

// operation returns the arithmetic of two operands.
func (p *odataParser) operation(word string, left, right *Operand) (*Operand, error) {
	o := &Operand{Name: word, Args: []*Operand{left, right}, kind: fractionKind}
	numbers := left.isNumber() && right.isNumber()
	switch shift := word == "add" || word == "sub"; {
	case numbers && left.kind == wholeKind && right.kind == wholeKind && word != "divby":
		o.kind = wholeKind
	case numbers:
	case shift && left.kind == instantKind && right.kind == spanKind && right.literal != nil:
		o.kind = instantKind
	case word == "sub" && left.kind == instantKind && right.kind == instantKind:
		o.kind = spanKind
	default:
		return nil, p.failf("%s of a %s and a %s", word, left.kind, right.kind)
	}
	return o, nil
}

func (o *Operand) isNumber() bool { return o.kind == wholeKind || o.kind == fractionKind }

// factor reads an operand without arithmetic around it.
func (p *odataParser) factor() (*Operand, error) {
	if p.deep++; p.deep > mostDeep {
		return nil, p.failf("the filter is nested too deep")
	}
	defer func() { p.deep-- }()
	switch c := p.peek(); {
	case c == '(':
		p.at++
		p.blanks()
		o, err := p.sum()
		if err != nil {
			return nil, err
		}
		p.blanks()
		return o, p.want(")")
	case c == '-' && plainNumber.FindString(p.rest()) == "":
		p.at++
		p.blanks()
		x, err := p.factor()
		if err != nil || !x.isNumber() {
			return nil, p.failf("- of what is not a number: %v", err)
		}
		return &Operand{Name: "-", Args: []*Operand{x}, kind: x.kind}, nil
	}
	if m := odataFunction.FindStringSubmatch(p.rest()); m != nil {
		p.at += len(m[0])
		return p.call(m[1])
	}
	if m := odataDuration.FindStringSubmatch(p.rest()); m != nil {
		return p.duration(m)
	}
	at := p.at
	if name := p.match(odataName); name != "" && name != "true" && name != "false" && name != "null" {
		return p.field(name)
	}
	p.at = at
	l, err := p.literal()
	if err != nil {
		return nil, err
	}
	return constant(l, p.e)
}

// field reads what follows the name of a field.
func (p *odataParser) field(name string) (*Operand, error) {
	if _, ok := p.e.Lists[name]; ok && p.take("/$count") {
		return &Operand{Name: "$count", Field: name, kind: wholeKind}, nil
	}
	t, err := p.e.typeOf(name)
	k, ok := map[model.Type]kind{
		model.TypeString: textKind, model.TypeInt: wholeKind, model.TypeDecimal: fractionKind, model.TypeBool: boolKind, model.TypeDateTime: instantKind,
	}[t]
	if err == nil && !ok {
		err = p.failf("%s is of type %s", name, t)
	}
	return &Operand{Field: name, kind: k}, err
}

// constant returns a literal with the type that it has by itself.
func constant(l literal, e *Evaluator) (*Operand, error) {
	o := &Operand{literal: &l}
	var err error
	switch l.form {
	case quoted:
		o.kind, o.Value = textKind, model.String(l.text)
	case word:
		o.kind, o.Value = boolKind, model.Bool(l.text == "true")
	case moment:
		if o.kind, o.Value = dayKind, model.String(l.text); strings.Contains(l.text, "T") {
			t, fault := rfc3339(e, l.text)
			o.kind, o.Value, err = instantKind, model.DateTime(t), fault
		}
	case bare:
		o.kind = fractionKind
		if o.Value, err = model.ParseDecimal(l.text); err == nil && !strings.ContainsAny(l.text, ".eE") {
			digits, _ := o.Value.Decimal()
			o.kind, o.Value = wholeKind, model.Int(digits)
		}
	}
	return o, err
}

// duration returns the duration whose parts were matched.
func (p *odataParser) duration(parts []string) (*Operand, error) {
	seconds := int64(0)
	for i, n := range []int64{86400, 3600, 60, 1} {
		if parts[i+2] == "" {
			continue
		}
		v, err := model.ParseDecimal(parts[i+2])
		if err != nil {
			return nil, err
		}
		digits, _ := v.Decimal()
		seconds += digits * n
	}
	if strings.HasSuffix(parts[1], "P") || strings.HasSuffix(parts[1], "T") || seconds > 1e12 {
		return nil, p.failf("not a duration here: %s", parts[1])
	}
	p.at += len(parts[0])
	return &Operand{Value: model.Int(seconds), kind: spanKind, literal: &literal{quoted, parts[1]}}, nil
}

// odataSignatures are the types that functions take, and the one that they give.
func odataSignatures() map[string][]kind {
	return map[string][]kind{
		"tolower": {textKind, textKind}, "toupper": {textKind, textKind}, "length": {wholeKind, textKind}, "concat": {textKind, textKind, textKind},
		"year": {wholeKind, instantKind}, "month": {wholeKind, instantKind}, "day": {wholeKind, instantKind}, "hour": {wholeKind, instantKind}, "date": {dayKind, instantKind},
		"round": {fractionKind, fractionKind}, "substring": {textKind, textKind, wholeKind, wholeKind}, "now": {instantKind},
	}
}

// call reads the arguments of a function.
func (p *odataParser) call(name string) (*Operand, error) {
	signature := odataSignatures()[name]
	o := &Operand{Name: name, kind: signature[0]}
	for p.blanks(); !p.take(")"); p.blanks() {
		if len(o.Args) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
			p.blanks()
		}
		a, err := p.sum()
		if err != nil {
			return nil, err
		}
		if n := len(o.Args) + 1; n >= len(signature) || a.kind != signature[n] && !(signature[n] == fractionKind && a.isNumber()) {
			return nil, p.failf("the argument %d of %s is a %s", n, name, a.kind)
		}
		if a.kind == wholeKind && name == "substring" && (a.literal == nil || a.Value.Int() < 0) {
			return nil, p.failf("a place in a text is not a constant of at least 0")
		}
		o.Args = append(o.Args, a)
	}
	if want := len(signature) - 1; len(o.Args) != want && (name != "substring" || len(o.Args) != want-1) {
		return nil, p.failf("%s has %d arguments", name, len(o.Args))
	}
	if name == "now" {
		if p.e.Now.IsZero() {
			return nil, p.failf("there is no now")
		}
		return &Operand{Value: model.DateTime(p.e.Now), kind: instantKind, literal: &literal{moment, p.e.Now.Format(time.RFC3339Nano)}}, nil
	}
	return o, nil
}
