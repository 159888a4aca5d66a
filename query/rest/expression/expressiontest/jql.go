package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var (
	jqlName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.-]*|cf\[[0-9]+\])`)
	jqlWord = regexp.MustCompile(`^[A-Za-z0-9_.-]+`)
)

// jql is Jira's query language: NOT binds tighter than AND, and that than OR; words ignore
// case. What is empty is selected by no test but `is EMPTY`, nor by its negation. An
// instant is a text to the minute in the zone of the user.
func jql() language {
	text := []form{quoted, word}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &jqlParser{scanner{text: text}, e}
			return p.whole(p.or)
		},
		nulls:    unknowns(),
		instants: layouts("2006-01-02 15:04", "2006/01/02 15:04", "2006-01-02", "2006/01/02"),
		literals: map[model.Type][]form{
			model.TypeString: text, model.TypeInt: {bare, quoted}, model.TypeDecimal: {bare, quoted}, model.TypeBool: text, model.TypeDateTime: {quoted},
		},
	}
}

type jqlParser struct {
	scanner

	e *Evaluator
}

func (p *jqlParser) or() (*Node, error) {
	return p.infix(Or, func() bool { return p.spaced("or", true) }, p.and)
}

func (p *jqlParser) and() (*Node, error) {
	return p.infix(And, func() bool { return p.spaced("and", true) }, p.not)
}

func (p *jqlParser) not() (*Node, error) {
	if p.take("!") || p.keyword("not", true) {
		p.blanks()
		n, err := p.not()
		if err != nil {
			return nil, err
		}
		return negated(n), nil
	}
	if p.peek() == '(' {
		return p.nested(p.or)
	}
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	p.blanks()
	return p.clause(name)
}

func (p *jqlParser) name() (string, error) {
	if p.peek() == '"' || p.peek() == '\'' {
		return p.quoted()
	}
	name := p.match(jqlName)
	if name == "" || jqlReserved(name) {
		return "", p.failf("want a field, got %.20q", p.rest())
	}
	return name, nil
}

func jqlReserved(text string) bool {
	for _, w := range []string{"and", "or", "not", "empty", "null", "order", "by", "in", "is", "was", "changed", "true", "false"} {
		if strings.EqualFold(w, text) {
			return true
		}
	}
	return false
}

func (p *jqlParser) clause(name string) (*Node, error) {
	for _, c := range []struct {
		text string
		op   Op
	}{{"<=", LessEqual}, {">=", GreaterEqual}, {"!=", NotEqual}, {"<", Less}, {">", Greater}, {"=", Equal}} {
		if p.take(c.text) {
			p.blanks()
			l, err := p.operand()
			if err != nil {
				return nil, err
			}
			return p.e.newTest(name, c.op, l)
		}
	}
	not := false
	if p.keyword("is", true) {
		p.blanks()
		if p.keyword("not", true) {
			not = true
			p.blanks()
		}
		if !p.keyword("empty", true) && !p.keyword("null", true) {
			return nil, p.failf("want EMPTY, got %.20q", p.rest())
		}
		return p.e.newTest(name, map[bool]Op{false: Missing, true: Present}[not])
	}
	if p.keyword("not", true) {
		not = true
		p.blanks()
	}
	if !p.keyword("in", true) {
		return nil, p.failf("want an operator, got %.20q", p.rest())
	}
	p.blanks()
	return p.list(name, map[bool]Op{false: In, true: NotIn}[not])
}

func (p *jqlParser) list(name string, op Op) (*Node, error) {
	var all []literal
	if err := p.want("("); err != nil {
		return nil, err
	}
	for {
		p.blanks()
		l, err := p.operand()
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

func (p *jqlParser) operand() (literal, error) {
	if p.peek() == '"' || p.peek() == '\'' {
		text, err := p.quoted()
		return literal{quoted, text}, err
	}
	if text := p.match(plainNumber); text != "" && (p.done() || !isWord(p.peek())) {
		return literal{bare, text}, nil
	}
	text := p.match(jqlWord)
	if text == "" || jqlReserved(text) && text != "true" && text != "false" {
		return literal{}, p.failf("want a value, got %q%.20q", text, p.rest())
	}
	return literal{word, text}, nil
}

func (p *jqlParser) quoted() (string, error) {
	at := p.at
	text, err := p.escaped(p.peek(), oneOf(map[byte]string{'"': `"`, '\'': "'", '\\': `\`, ' ': " ", 'n': "\n", 'r': "\r", 't': "\t", 'u': ""}))
	if err == nil && strings.ContainsAny(p.text[at:p.at], "\n\r") {
		err = p.failf("a line does not end inside a text")
	}
	return text, err
}
