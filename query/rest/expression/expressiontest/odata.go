package expressiontest

import (
	"regexp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

var (
	odataName     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*`)
	odataVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	odataLambda   = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*)/(any|all)\(`)
	odataBoolean  = regexp.MustCompile(`^[ \t]+(eq|ne)[ \t]+(true|false)\b`)
	odataNull     = regexp.MustCompile(`^null[ \t]+(eq|ne)[ \t]+`)
	odataText     = regexp.MustCompile(`^(startswith|endswith|contains)\(`)
	odataOperator = regexp.MustCompile(`^\s*(eq|ne|gt|ge|lt|le|in|add|sub|mul|div|divby)\s`)
	odataInstant  = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d))?`)
	plainNumber   = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`)
)

// odata is $filter of OData 4.0, Part 2: URL Conventions, section 5.1.1. Words are
// lower-case and `not` binds tighter than comparisons, `and` than `or` (5.1.1.9). A
// comparison is false for null, but `ne` is true and null equals null (5.1.1.1); what a function
// or arithmetic gives for null is null. any and all (5.1.1.5) are true or false.
//
// It knows the functions and operators that package foreign of dsl can read. A result that does
// not fit is null, which the specification leaves to the service.
func odata() language {
	nulls := twoValued()
	nulls[Text] = dsl.Unknown
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			p := &odataParser{scanner: scanner{text: text}, e: e}
			return p.whole(p.or)
		},
		nulls:    nulls,
		instants: rfc3339OrDate,
		literals: map[model.Type][]form{
			model.TypeString: {quoted}, model.TypeInt: {bare}, model.TypeDecimal: {bare}, model.TypeBool: {word}, model.TypeDateTime: {moment},
		},
	}
}

type odataParser struct {
	scanner

	e       *Evaluator
	lambdas int // around what is read
}

func (p *odataParser) or() (*Node, error) {
	return p.infix(Or, func() bool { return p.spaced("or", false) }, p.and)
}

func (p *odataParser) and() (*Node, error) {
	return p.infix(And, func() bool { return p.spaced("and", false) }, p.unary)
}

// unary reads a NOT of what is a boolean by itself, or a comparison.
func (p *odataParser) unary() (*Node, error) {
	if !p.keyword("not", false) {
		return p.comparison()
	}
	if !p.blanks() && p.peek() != '(' {
		return nil, p.failf("want a blank behind not")
	}
	at := p.at
	n, err := p.unary()
	if err == nil && p.text[at] != '(' && !slices.Contains([]Op{Not, StartsWith, EndsWith, Contains, Any, All}, n.Op) {
		return nil, p.failf("not binds tighter than a comparison: put it in parentheses")
	}
	if err != nil {
		return nil, err
	}
	return negated(n), nil
}

func (p *odataParser) comparison() (*Node, error) {
	if p.peek() == '(' {
		at := p.at
		if n, err := p.nested(p.or); err == nil && !p.operatorBehind() {
			return n, nil
		}
		p.at = at // an operand in parentheses
	}
	if m := odataText.FindStringSubmatch(p.rest()); m != nil {
		p.at += len(m[0])
		n, err := p.function(map[string]Op{"startswith": StartsWith, "endswith": EndsWith, "contains": Contains}[m[1]])
		if m := odataBoolean.FindStringSubmatch(p.rest()); err == nil && m != nil {
			p.at += len(m[0])
			return &Node{Op: map[string]Op{"eq": Equal, "ne": NotEqual}[m[1]], Terms: []*Node{n}, Values: []model.Value{model.Bool(m[2] == "true")}}, nil
		}
		return n, err
	}
	if m := odataNull.FindStringSubmatch(p.rest()); m != nil {
		p.at += len(m[0])
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.null(right, map[string]Op{"eq": Equal, "ne": NotEqual}[m[1]])
	}
	if m := odataLambda.FindStringSubmatch(p.rest()); m != nil {
		p.at += len(m[0])
		return p.lambda(m[1], map[string]Op{"any": Any, "all": All}[m[2]])
	}
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	if !p.blanks() && p.text[p.at-1] != ')' {
		return nil, p.failf("want a blank and an operator")
	}
	if p.e.OData401 && p.keyword("in", false) {
		return p.in(left)
	}
	for word, op := range map[string]Op{"eq": Equal, "ne": NotEqual, "gt": Greater, "ge": GreaterEqual, "lt": Less, "le": LessEqual} {
		if !p.keyword(word, false) {
			continue
		}
		if !p.blanks() {
			return nil, p.failf("want a blank and a value")
		}
		if p.keyword("null", false) {
			return p.null(left, op)
		}
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.compare(left, op, right)
	}
	return nil, p.failf("want eq, ne, gt, ge, lt or le, got %.20q", p.rest())
}

// operatorBehind reports whether what was read is an operand: an operator stands behind it.
func (p *odataParser) operatorBehind() bool {
	return odataOperator.MatchString(p.rest())
}

// compare returns the comparison of two operands.
func (p *odataParser) compare(left *Operand, op Op, right *Operand) (*Node, error) {
	if left.isField() && right.literal != nil && right.kind != spanKind {
		return p.e.newTest(left.Field, op, *right.literal)
	}
	if left.kind != right.kind && !(left.isNumber() && right.isNumber()) || left.literal != nil && right.literal != nil {
		return nil, p.failf("a comparison of a %s with a %s", left.kind, right.kind)
	}
	if left.kind == boolKind && op != Equal && op != NotEqual || left.kind == spanKind && right.literal == nil {
		return nil, p.failf("%s of a %s", op, left.kind)
	}
	return &Node{Op: op, Left: left, Right: right}, nil
}

// in reads a list of values, among which may be null.
func (p *odataParser) in(left *Operand) (*Node, error) {
	p.blanks()
	if err := p.want("("); err != nil {
		return nil, err
	}
	var terms []*Node
	for {
		p.blanks()
		var n *Node
		var err error
		if p.keyword("null", false) {
			n, err = p.null(left, Equal)
		} else if l, fault := p.literal(); fault != nil {
			err = fault
		} else if right, fault := constant(l, p.e); fault != nil {
			err = fault
		} else {
			n, err = p.compare(left, Equal, right)
		}
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
		if p.blanks(); p.take(")") {
			return joined(Or, terms), nil
		}
		if err := p.want(","); err != nil {
			return nil, err
		}
	}
}

// null reads a comparison with null: of order it is false.
func (p *odataParser) null(left *Operand, op Op) (*Node, error) {
	switch op { //nolint:exhaustive // the others are handled elsewhere
	case Equal:
		op = Missing
	case NotEqual:
		op = Present
	default:
		return &Node{Op: Nothing}, nil
	}
	if left.isField() {
		return p.e.newTest(left.Field, op)
	}
	if left.literal != nil || left.kind == spanKind {
		return nil, p.failf("null against a %s", left.kind)
	}
	return &Node{Op: op, Left: left}, nil
}

func (p *odataParser) function(op Op) (*Node, error) {
	p.blanks()
	x, err := p.sum()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if err := p.want(","); err != nil {
		return nil, err
	}
	p.blanks()
	l, err := p.literal()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if err := p.want(")"); err != nil {
		return nil, err
	}
	if x.isField() {
		return p.e.newTest(x.Field, op, l)
	}
	if x.kind != textKind || l.form != quoted {
		return nil, p.failf("%s of a %s and %s", op, x.kind, l.form)
	}
	return &Node{Op: op, Left: x, Values: []model.Value{model.String(l.text)}}, nil
}

// lambda reads the condition on the elements of a collection. Inside, only the elements' fields
// are known.
func (p *odataParser) lambda(list string, op Op) (*Node, error) {
	c, ok := p.e.Lists[list]
	if !ok {
		return nil, p.failf("there is no collection %q", list)
	}
	p.blanks()
	if op == Any && p.take(")") {
		return &Node{Op: op, Field: list, Terms: []*Node{{Op: Everything}}}, nil
	}
	variable := p.match(odataVariable)
	p.blanks()
	if variable == "" || !p.take(":") {
		return nil, p.failf("want a variable and a colon")
	}
	p.blanks()
	outer, deep := p.e, p.lambdas
	fields, lists := outer.Fields, outer.Lists
	if deep == 0 {
		fields, lists = nil, nil
	}
	p.e, p.lambdas = outer.within(variable, c, fields, lists), deep+1
	n, err := p.or()
	p.e, p.lambdas = outer, deep
	if err != nil {
		return nil, err
	}
	p.blanks()
	return &Node{Op: op, Field: list, Variable: variable, Terms: []*Node{n}}, p.want(")")
}

func (p *odataParser) literal() (literal, error) {
	if p.peek() == '\'' {
		text, err := p.doubled('\'')
		return literal{quoted, text}, err
	}
	return p.unquoted(odataInstant)
}

// unquoted reads a boolean, an instant of a form, or a number.
func (s *scanner) unquoted(instant *regexp.Regexp) (literal, error) {
	for _, w := range []string{"true", "false"} {
		if s.keyword(w, false) {
			return literal{word, w}, nil
		}
	}
	l := literal{moment, ""}
	if instant != nil {
		l.text = s.match(instant)
	}
	if l.text == "" {
		l = literal{bare, s.match(plainNumber)}
	}
	if l.text == "" || !s.done() && isWord(s.peek()) {
		return l, s.failf("want a value, got %.20q", s.rest())
	}
	return l, nil
}
