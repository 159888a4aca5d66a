package expressiontest

import (
	"errors"
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var (
	postgrestName = regexp.MustCompile(`^[A-Za-z0-9_$ ]+`)
	postgrestOp   = regexp.MustCompile(`^[a-z]+`)
)

// postgrest is the value of the parameter `and` of PostgREST: conditions in parentheses
// with commas between them, each a `field.op.value` or an and(…) or or(…), negated by
// `not`. A value may stand in double quotes, in which a backslash takes the character
// behind it; otherwise it ends at a comma or parenthesis. Nulls are SQL's, and * is % in
// like and ilike.
func postgrest() language {
	all := []form{quoted, word}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &postgrestParser{scanner{text: text}, e}
			return p.whole(func() (*Node, error) { return p.list(And) })
		},
		nulls: unknowns(), instants: rfc3339OrDate,
		literals: map[model.Type][]form{
			model.TypeString: all, model.TypeInt: all, model.TypeDecimal: all, model.TypeBool: all, model.TypeDateTime: all,
		},
	}
}

type postgrestParser struct {
	scanner

	e *Evaluator
}

// skip passes blanks, if there are any.
func (p *postgrestParser) skip() bool {
	p.blanks()
	return true
}

// list reads conditions in parentheses.
func (p *postgrestParser) list(op Op) (*Node, error) {
	return p.nested(func() (*Node, error) {
		return p.infix(op, func() bool { return p.take(",") && p.skip() }, p.condition)
	})
}

func (p *postgrestParser) condition() (*Node, error) {
	at := p.at
	not := p.take("not.")
	for word, op := range map[string]Op{"and": And, "or": Or} {
		if strings.HasPrefix(p.rest(), word+"(") {
			p.at += len(word)
			n, err := p.list(op)
			if err == nil && not {
				n = negated(n)
			}
			return n, err
		}
	}
	p.at = at
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.want("."); err != nil {
		return nil, err
	}
	not = p.take("not.")
	n, err := p.operation(name)
	if err == nil && not {
		n = negated(n)
	}
	return n, err
}

func (p *postgrestParser) name() (string, error) {
	if p.peek() == '"' {
		return p.escaped('"', itself)
	}
	name := strings.TrimSpace(p.match(postgrestName))
	if name == "" {
		return "", p.failf("want a field, got %.20q", p.rest())
	}
	return name, nil
}

func (p *postgrestParser) operation(name string) (*Node, error) {
	word := p.match(postgrestOp)
	op, ok := map[string]Op{
		"eq": Equal, "neq": NotEqual, "gt": Greater, "gte": GreaterEqual, "lt": Less, "lte": LessEqual, "like": Like, "ilike": ILike, "in": In, "is": Missing,
	}[word]
	if !ok {
		return nil, p.failf("there is no operator %q", word)
	}
	if err := p.want("."); err != nil {
		return nil, err
	}
	switch op { //nolint:exhaustive // the others are handled elsewhere
	case Missing:
		switch {
		case p.take("null"):
			return p.e.newTest(name, Missing)
		case p.take("true"):
			return p.is(name, "true")
		case p.take("false"):
			return p.is(name, "false")
		}
		return nil, p.failf("want null, true or false, got %.20q", p.rest())
	case In:
		return p.in(name)
	}
	l, err := p.value()
	if err != nil {
		return nil, err
	}
	if op == Like || op == ILike {
		l.text = strings.ReplaceAll(l.text, "*", "%")
		if trailing := len(l.text) - len(strings.TrimRight(l.text, `\`)); trailing%2 == 1 {
			return nil, errors.New("a pattern must not end with an escape")
		}
	}
	return p.e.newTest(name, op, l)
}

// is reads IS TRUE or IS FALSE, which is false for null.
func (p *postgrestParser) is(name, value string) (*Node, error) {
	present, err := p.e.newTest(name, Present)
	if err != nil {
		return nil, err
	}
	n, err := p.e.newTest(name, Equal, literal{word, value})
	return joined(And, []*Node{present, n}), err
}

func (p *postgrestParser) in(name string) (*Node, error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	var all []literal
	for {
		l, err := p.value()
		if err != nil {
			return nil, err
		}
		all = append(all, l)
		if p.take(")") {
			return p.e.newTest(name, In, all...)
		}
		if err := p.want(","); err != nil {
			return nil, err
		}
	}
}

// value reads a quoted value, or one up to a comma or parenthesis.
func (p *postgrestParser) value() (literal, error) {
	if p.peek() == '"' {
		at := p.at
		text, err := p.escaped('"', itself)
		if next := p.peek(); err == nil && (next == ',' || next == ')') {
			return literal{quoted, text}, nil
		}
		p.at = at // it is no quote
	}
	if p.peek() == '{' {
		return literal{}, p.failf("arrays are not read")
	}
	end := strings.IndexAny(p.rest(), ",)")
	if end < 0 {
		return literal{}, p.failf("the parenthesis is not closed")
	}
	l := literal{word, p.rest()[:end]}
	p.at += end
	return l, nil
}
