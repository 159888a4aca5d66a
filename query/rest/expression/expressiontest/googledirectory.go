package expressiontest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var (
	directoryName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*`)
	directoryValue = regexp.MustCompile(`^[^\s'"*:=()]+`)
)

// googleDirectory is the query of the Directory API's users.list: conditions with blanks
// between them, which must all hold. `=` is equality, `:` contains, and `:x*` begins with. A
// value with blanks stands in single quotes, with \' for a quote.
func googleDirectory() language {
	all := []form{quoted, word}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &directoryParser{scanner{text: text}, e}
			return p.whole(func() (*Node, error) {
				return p.infix(And, func() bool { return p.blanks() && !p.done() }, p.condition)
			})
		},
		nulls: twoValued(), instants: rfc3339,
		literals: map[model.Type][]form{model.TypeString: all, model.TypeBool: {word}, model.TypeInt: {word}, model.TypeDecimal: {word}},
	}
}

type directoryParser struct {
	scanner

	e *Evaluator
}

func (p *directoryParser) condition() (*Node, error) {
	name := p.match(directoryName)
	op := Equal
	switch {
	case name == "":
		return nil, p.failf("want a field, got %.20q", p.rest())
	case p.take(":"):
		op = Contains
	case !p.take("="):
		return nil, p.failf("want = or :, got %.20q", p.rest())
	}
	if p.peek() == '\'' {
		text, err := p.escaped('\'', oneOf(map[byte]string{'\'': "'"}))
		if err != nil {
			return nil, err
		}
		return p.e.newTest(name, op, literal{quoted, text})
	}
	text := p.match(directoryValue)
	if text == "" || strings.Contains(text, `\`) {
		return nil, p.failf("want a value, got %.20q", p.rest())
	}
	if op == Contains && p.take("*") {
		op = StartsWith
	}
	return p.e.newTest(name, op, literal{word, text})
}
