package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var (
	soqlName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`)
	soqlInstant = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?`)
)

// soql is the condition of a WHERE of Salesforce's SOQL and SOSL Reference. AND and OR of
// one level do not mix without parentheses, and NOT begins a level. `=` and LIKE ignore
// case. A datetime has whole seconds, and is kept as such. A boolean that is null is false.
func soql() language {
	text := []form{quoted}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &soqlParser{scanner{text: text}, e}
			return p.whole(p.level)
		},
		fold: SimpleFold, nulls: twoValued(), instants: rfc3339OrDate,
		literals: map[model.Type][]form{
			model.TypeString: text, model.TypeInt: {bare}, model.TypeDecimal: {bare}, model.TypeBool: {word}, model.TypeDateTime: {moment},
		},
	}
}

type soqlParser struct {
	scanner

	e *Evaluator
}

// level reads a NOT, or conditions with one kind of join between them.
func (p *soqlParser) level() (*Node, error) {
	if p.keyword("NOT", true) {
		p.blanks()
		n, err := p.simple()
		if err != nil {
			return nil, err
		}
		return negated(n), nil
	}
	first, err := p.simple()
	if err != nil {
		return nil, err
	}
	for text, op := range map[string]Op{"AND": And, "OR": Or} {
		at := p.at
		if !p.spaced(text, true) {
			p.at = at
			continue
		}
		rest, err := p.infix(op, func() bool { return p.spaced(text, true) }, p.simple)
		if err != nil {
			return nil, err
		}
		terms := []*Node{rest}
		if rest.Op == op {
			terms = rest.Terms
		}
		return joined(op, append([]*Node{first}, terms...)), nil
	}
	return first, nil
}

func (p *soqlParser) simple() (*Node, error) {
	if p.peek() == '(' {
		return p.nested(p.level)
	}
	name := p.match(soqlName)
	if name == "" {
		return nil, p.failf("want a field, got %.20q", p.rest())
	}
	p.blanks()
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	p.blanks()
	switch {
	case op == In || op == NotIn:
		return p.list(name, op)
	case (op == Equal || op == NotEqual) && p.keyword("null", true):
		return p.e.newTest(name, map[Op]Op{Equal: Missing, NotEqual: Present}[op])
	}
	l, err := p.literal(op == Like)
	if err != nil {
		return nil, err
	}
	return p.e.newTest(name, op, l)
}

func (p *soqlParser) operator() (Op, error) {
	for _, c := range []struct {
		text string
		op   Op
	}{{"<=", LessEqual}, {">=", GreaterEqual}, {"!=", NotEqual}, {"<>", NotEqual}, {"<", Less}, {">", Greater}, {"=", Equal}} {
		if p.take(c.text) {
			return c.op, nil
		}
	}
	switch {
	case p.keyword("LIKE", true):
		return Like, nil
	case p.keyword("IN", true):
		return In, nil
	case p.keyword("NOT", true):
		if p.blanks(); p.keyword("IN", true) {
			return NotIn, nil
		}
	}
	return "", p.failf("want an operator, got %.20q", p.rest())
}

func (p *soqlParser) list(name string, op Op) (*Node, error) {
	var all []literal
	if err := p.want("("); err != nil {
		return nil, err
	}
	for {
		p.blanks()
		l, err := p.literal(false)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
		if p.blanks(); p.take(")") {
			return p.e.newTest(name, op, all...)
		}
		if err := p.want(","); err != nil {
			return nil, err
		}
	}
}

// literal reads a value. In a pattern the escapes \% and \_ stay, and so does that of a
// backslash.
func (p *soqlParser) literal(pattern bool) (literal, error) {
	if p.peek() != '\'' {
		return p.unquoted(soqlInstant)
	}
	escapes := map[byte]string{
		'n': "\n", 'N': "\n", 'r': "\r", 'R': "\r", 't': "\t", 'T': "\t", 'b': "\b", 'B': "\b", 'f': "\f", 'F': "\f", '"': `"`, '\'': "'", '\\': `\`,
	}
	if pattern {
		escapes['%'], escapes['_'], escapes['\\'] = `\%`, `\_`, `\\`
	}
	at := p.at
	text, err := p.escaped('\'', oneOf(escapes))
	if err == nil && strings.ContainsAny(p.text[at:p.at], "\n\r") {
		err = p.failf("a line does not end inside a text")
	}
	return literal{quoted, text}, err
}
