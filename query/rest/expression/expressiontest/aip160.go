package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var aipName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`)

// aip160 is the grammar of https://google.aip.dev/160: OR binds tighter than a sequence,
// and that tighter than AND. Words are upper-case. A text with * is a pattern. `:*` is
// true for a value that is not the default. `!=` and NOT take an unset field along.
func aip160() language {
	text := []form{quoted}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &aipParser{scanner{text: text}, e}
			return p.whole(p.expression)
		},
		nulls: twoValued(), instants: rfc3339,
		blank: []model.Type{model.TypeString, model.TypeInt, model.TypeDecimal, model.TypeBool},
		literals: map[model.Type][]form{
			model.TypeString: text, model.TypeInt: {bare}, model.TypeDecimal: {bare}, model.TypeBool: {word}, model.TypeDateTime: text,
		},
	}
}

type aipParser struct {
	scanner

	e *Evaluator
}

func (p *aipParser) expression() (*Node, error) {
	return p.infix(And, func() bool { return p.spaced("AND", false) }, p.sequence)
}

// sequence reads factors with blanks between them.
func (p *aipParser) sequence() (*Node, error) {
	return p.infix(And, func() bool {
		if !p.blanks() || p.done() || p.peek() == ')' {
			return false
		}
		at := p.at
		word := p.keyword("AND", false) || p.keyword("OR", false)
		p.at = at
		return !word
	}, p.factor)
}

func (p *aipParser) factor() (*Node, error) {
	return p.infix(Or, func() bool { return p.spaced("OR", false) }, p.term)
}

func (p *aipParser) term() (*Node, error) {
	not := p.take("-")
	if !not && p.keyword("NOT", false) {
		if not = p.blanks(); !not {
			return nil, p.failf("want a blank behind NOT")
		}
	}
	n, err := p.simple()
	if err == nil && not {
		n = negated(n)
	}
	return n, err
}

func (p *aipParser) simple() (*Node, error) {
	if p.peek() == '(' {
		return p.nested(p.expression)
	}
	name := p.match(aipName)
	if name == "" {
		return nil, p.failf("want a field, got %.20q", p.rest())
	}
	p.blanks()
	op, err := p.comparator()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if op == Contains {
		if err := p.want("*"); err != nil {
			return nil, err
		}
		return p.e.newTest(name, Present)
	}
	var l literal
	if p.peek() == '"' || p.peek() == '\'' {
		l.form = quoted
		l.text, err = p.escaped(p.peek(), itself)
	} else {
		l, err = p.unquoted(nil)
	}
	if err != nil {
		return nil, err
	}
	if strings.Contains(l.text, "*") {
		return p.wildcard(name, op, l)
	}
	return p.e.newTest(name, op, l)
}

func (p *aipParser) comparator() (Op, error) {
	for _, c := range []struct {
		text string
		op   Op
	}{{"<=", LessEqual}, {">=", GreaterEqual}, {"!=", NotEqual}, {"<", Less}, {">", Greater}, {"=", Equal}, {":", Contains}} {
		if p.take(c.text) {
			return c.op, nil
		}
	}
	return "", p.failf("want an operator, got %.20q", p.rest())
}

// wildcard reads an equality with a text that has *.
func (p *aipParser) wildcard(name string, op Op, l literal) (*Node, error) {
	if op != Equal && op != NotEqual {
		return nil, p.failf("wildcards are for = and !=")
	}
	l.text = strings.ReplaceAll(sqlEscaped(l.text), "*", "%")
	n, err := p.e.newTest(name, Like, l)
	if err == nil && op == NotEqual {
		n = negated(n)
	}
	return n, err
}

// sqlEscaped escapes what is a wildcard in SQL.
func sqlEscaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}
