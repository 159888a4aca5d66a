package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var luceneTerm = regexp.MustCompile(`^(?:[^\s+\-!(){}\[\]^"~*?:\\/&|]|\\.)(?:[^\s!(){}\[\]^"~*?:\\/&|]|\\.)*`)

// lucene is the syntax of Lucene's classic query parser, with _exists_ as Elasticsearch and
// Auth0 have it. AND, OR and NOT mark clauses as required, optional or prohibited, and
// have no precedence; clauses that are all prohibited find nothing. What is missing is in
// no index. A value is the whole of a field: how texts are analysed is not specified.
func lucene() language {
	all := []form{quoted, word}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &luceneParser{scanner{text: text}, e}
			return p.whole(func() (*Node, error) { return p.query("") })
		},
		nulls: twoValued(), instants: rfc3339,
		literals: map[model.Type][]form{
			model.TypeString: all, model.TypeInt: all, model.TypeDecimal: all, model.TypeBool: all, model.TypeDateTime: all,
		},
	}
}

type luceneParser struct {
	scanner

	e *Evaluator
}

// clause is a part of a query and whether it must or must not match.
type clause struct {
	n                    *Node
	required, prohibited bool
}

// query reads clauses; field is theirs inside field:(…).
func (p *luceneParser) query(field string) (*Node, error) {
	var clauses []clause
	for {
		p.blanks()
		if p.done() || p.peek() == ')' {
			break
		}
		and, or := p.keyword("AND", false) || p.take("&&"), false
		if !and {
			or = p.keyword("OR", false) || p.take("||")
		}
		if (and || or) && len(clauses) == 0 {
			return nil, p.failf("want a clause before AND or OR")
		}
		p.blanks()
		c := clause{required: p.take("+")}
		c.prohibited = !c.required && (p.take("-") || p.take("!") || p.keyword("NOT", false))
		p.blanks()
		var err error
		if c.n, err = p.one(field); err != nil {
			return nil, err
		}
		if and {
			last := &clauses[len(clauses)-1]
			last.required = !last.prohibited
			c.required = !c.prohibited
		}
		clauses = append(clauses, c)
	}
	return boolean(clauses, p.failf("want a clause"))
}

// boolean is what clauses mean together.
func boolean(clauses []clause, none error) (*Node, error) {
	var must, should, mustNot []*Node
	for _, c := range clauses {
		switch {
		case c.prohibited:
			mustNot = append(mustNot, negated(c.n))
		case c.required:
			must = append(must, c.n)
		default:
			should = append(should, c.n)
		}
	}
	switch {
	case len(clauses) == 0:
		return nil, none
	case len(must) == 0 && len(should) == 0:
		return &Node{Op: Nothing}, nil
	case len(must) == 0:
		must = []*Node{joined(Or, should)}
	}
	return joined(And, append(must, mustNot...)), nil
}

// one reads one clause.
func (p *luceneParser) one(field string) (*Node, error) {
	if p.peek() == '(' {
		return p.nested(func() (*Node, error) { return p.query(field) })
	}
	if p.take("*:*") {
		return &Node{Op: Everything}, nil
	}
	if field == "" {
		field = unescaped(p.match(luceneTerm))
		if field == "" || !p.take(":") {
			return nil, p.failf("want a field and a colon, got %.20q", p.rest())
		}
		if field == "_exists_" {
			return p.e.newTest(unescaped(p.match(luceneTerm)), Present)
		}
		if p.peek() == '(' {
			return p.nested(func() (*Node, error) { return p.query(field) })
		}
	}
	if p.peek() == '[' || p.peek() == '{' {
		return p.between(field)
	}
	l, err := p.value()
	if err != nil {
		return nil, err
	}
	return p.e.newTest(field, Equal, l)
}

// value reads a phrase or a term.
func (p *luceneParser) value() (literal, error) {
	l := literal{form: quoted}
	var err error
	if p.peek() == '"' {
		l.text, err = p.escaped('"', itself)
	} else {
		l = literal{word, unescaped(p.match(luceneTerm))}
		switch l.text {
		case "", "AND", "OR", "NOT":
			err = p.failf("want a value, got %.20q", p.rest())
		}
	}
	if err == nil && strings.ContainsRune(`^~*?"[{`, rune(p.peek())) && !p.done() {
		err = p.failf("%.1q is not read", p.rest())
	}
	return l, err
}

func unescaped(term string) string {
	var b strings.Builder
	for i := 0; i < len(term); i++ {
		if term[i] == '\\' && i+1 < len(term) {
			i++
		}
		b.WriteByte(term[i])
	}
	return b.String()
}

// between reads a range: brackets include its ends, braces do not.
func (p *luceneParser) between(field string) (*Node, error) {
	low, high := GreaterEqual, LessEqual
	if p.peek() == '{' {
		low = Greater
	}
	p.at++
	var terms []*Node
	bound := func(op Op) error {
		p.blanks()
		if p.take("*") {
			return nil
		}
		l, err := p.value()
		if err != nil {
			return err
		}
		n, err := p.e.newTest(field, op, l)
		terms = append(terms, n)
		return err
	}
	at := p.at
	for range 2 { // the closing bracket says what the upper end is
		p.at, terms = at, nil
		if err := bound(low); err != nil {
			return nil, err
		}
		if p.blanks(); !p.keyword("TO", false) {
			return nil, p.failf("want TO, got %.20q", p.rest())
		}
		if err := bound(high); err != nil {
			return nil, err
		}
		if p.blanks(); p.peek() == '}' {
			high = Less
		}
	}
	if !p.take("]") && !p.take("}") {
		return nil, p.failf("the range is not closed")
	}
	if len(terms) == 0 {
		return p.e.newTest(field, Present)
	}
	return joined(And, terms), nil
}
