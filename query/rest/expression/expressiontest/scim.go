package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var scimName = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9:._-]*:)?[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?`)

// scim is RFC 7644, section 3.4.2.2: values are JSON; operators and names of attributes
// ignore case; not > and > or. `pr` is false for an empty text. What `ne` gives for an
// absent attribute is not settled: it is true here unless Options say otherwise. Text is
// compared without case, as the attributes of RFC 7643 are by default (caseExact false).
func scim() language {
	text := []form{quoted}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &scimParser{scanner{text: text}, e}
			return p.whole(p.or)
		},
		fold: SimpleFold, nulls: twoValued(), instants: rfc3339, blank: []model.Type{model.TypeString},
		literals: map[model.Type][]form{
			model.TypeString: text, model.TypeInt: {bare}, model.TypeDecimal: {bare}, model.TypeBool: {word}, model.TypeDateTime: text,
		},
	}
}

type scimParser struct {
	scanner

	e *Evaluator
}

func (p *scimParser) or() (*Node, error) {
	return p.infix(Or, func() bool { return p.spaced("or", true) }, p.and)
}

func (p *scimParser) and() (*Node, error) {
	return p.infix(And, func() bool { return p.spaced("and", true) }, p.factor)
}

func (p *scimParser) factor() (*Node, error) {
	if p.peek() == '(' {
		return p.nested(p.or)
	}
	at := p.at
	if p.keyword("not", true) {
		if p.blanks(); p.peek() == '(' {
			n, err := p.nested(p.or)
			if err != nil {
				return nil, err
			}
			return negated(n), nil
		}
		p.at = at // an attribute of that name
	}
	name := p.attribute(p.match(scimName))
	if p.peek() == '[' {
		return p.oneValue(name)
	}
	if name == "" || !p.blanks() {
		return nil, p.failf("want an attribute, a blank and an operator, got %.20q", p.rest())
	}
	if p.keyword("pr", true) {
		return p.e.newTest(name, Present)
	}
	for word, op := range map[string]Op{
		"eq": Equal, "ne": NotEqual, "co": Contains, "sw": StartsWith, "ew": EndsWith, "gt": Greater, "ge": GreaterEqual, "lt": Less, "le": LessEqual,
	} {
		if !p.keyword(word, true) {
			continue
		}
		if !p.blanks() {
			return nil, p.failf("want a blank and a value")
		}
		l, err := p.json()
		if err != nil {
			return nil, err
		}
		return p.e.newTest(name, op, l)
	}
	return nil, p.failf("there is no operator %.5q", p.rest())
}

// oneValue reads the condition on one value of an attribute, whose names are those of the value.
func (p *scimParser) oneValue(list string) (*Node, error) {
	c, ok := p.e.Lists[list]
	if !ok {
		return nil, p.failf("there are no values of %q", list)
	}
	p.at++
	p.blanks()
	outer := p.e
	p.e = outer.within("", Collection{Fields: c.Fields}, nil, nil)
	n, err := p.or()
	p.e = outer
	if err != nil {
		return nil, err
	}
	p.blanks()
	return &Node{Op: Any, Field: list, Terms: []*Node{n}}, p.want("]")
}

// attribute is the field of a name in any letter case.
func (p *scimParser) attribute(name string) string {
	for field := range p.e.Fields {
		if strings.EqualFold(field, name) {
			return field
		}
	}
	for list := range p.e.Lists {
		if strings.EqualFold(list, name) {
			return list
		}
	}
	return name
}

// json reads a text, number or boolean of RFC 8259.
func (p *scimParser) json() (literal, error) {
	if p.peek() != '"' {
		return p.unquoted(nil)
	}
	text, err := p.escaped('"', oneOf(map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'u': ""}))
	if err == nil && strings.ContainsFunc(p.text, func(r rune) bool { return r < ' ' && r != '\t' }) {
		err = p.failf("a control character is not escaped")
	}
	return literal{quoted, text}, err
}
