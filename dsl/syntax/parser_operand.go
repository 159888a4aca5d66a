package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// operand = primary { ( "*" | "/" ) primary } { ( "+" | "-" ) primary { ( "*" | "/" ) primary } } .
//
// It returns nil after a failure, as all methods of this file do.
func (p *parser) operand() ast.Operand {
	x := p.primary(true)
	if p.failed {
		return nil
	}
	return p.arithmetic(x)
}

// arithmetic reads what follows the first primary of an operand.
func (p *parser) arithmetic(x ast.Operand) ast.Operand {
	x = p.product(x)
	for !p.failed {
		op := p.sign
		if op == 0 {
			if op = p.tok.Kind; op != token.Plus && op != token.Minus {
				return x
			}
			p.next()
		}
		p.sign = 0
		right := p.product(p.primary(false))
		x = p.combine(op, x, right)
	}
	return nil
}

// product reads the factors that follow x.
func (p *parser) product(x ast.Operand) ast.Operand {
	for !p.failed && (p.tok.Kind == token.Star || p.tok.Kind == token.Slash) {
		op := p.tok.Kind
		p.next()
		x = p.combine(op, x, p.primary(false))
	}
	return x
}

func (p *parser) combine(op token.Kind, left, right ast.Operand) ast.Operand {
	if p.failed {
		return nil
	}
	x := combine(op, left, right)
	if x == nil {
		at := right
		if isDuration(left) {
			at = left
		}
		p.stop(&Error{Range: at.Span(), Msg: misplacedDuration, Hint: "add it to an instant, or compare a difference of instants with it: now - created_at > 90d"})
		return nil
	}
	if _, constant := x.(*ast.Literal); !constant {
		p.countOperator(x.Span())
	}
	return x
}

const misplacedDuration = "a duration stands behind + or -, or alone on one side of a comparison"

// countOperator holds the operators and calls of one condition to the limit of the depth: the
// tree of `a + b + …` nests as deep as it is long.
func (p *parser) countOperator(at ast.Span) {
	if p.operators++; p.operators > p.limits.depth {
		p.stop(operatorsError(at, p.limits.depth))
	}
}

func operatorsError(at ast.Span, limit int) *Error {
	return limitError(at, "the condition computes too much", limit, "operators and functions", "shorten it")
}

// primary = "(" operand ")" | path | call | cardinality | value | duration .
//
// The first primary of an operand takes the offsets behind `now`, as a value does.
func (p *parser) primary(first bool) ast.Operand {
	if p.failed {
		return nil
	}
	switch t := p.tok; t.Kind {
	case token.LParen:
		return p.parenthesised()
	case token.Ident, token.Quoted:
		path := p.path()
		switch {
		case p.failed:
			return nil
		case p.atCall(t):
			return p.call(path)
		}
		return &path
	case token.Now, token.Today:
		l := &ast.Literal{}
		if first {
			p.relative(l, true)
			return l
		}
		*l = ast.Literal{Kind: ast.LitRelative, Text: relativeBase(t.Kind), Range: t.At}
		p.next()
		return l
	case token.Duration:
		l := &ast.Literal{}
		literalOf(l, t.Kind, p.text(), false)
		l.Range = t.At
		p.next()
		return l
	}
	l := &ast.Literal{}
	if !p.literal(l) {
		return nil
	}
	return l
}

// atCall reports whether the name that was read from t on is that of a function: a
// parenthesis follows. No function is a reserved word.
func (p *parser) atCall(t token.Token) bool {
	return p.tok.Kind == token.LParen && t.Kind == token.Ident && p.prev.At == t.At
}

// call = ident "(" [ operand { "," operand } ] ")" .
//
// A count looks like one.
func (p *parser) call(name ast.Path) ast.Operand {
	if strings.EqualFold(name.Name, wordCount) {
		return p.cardinality(name.Range.Start)
	}
	c := &ast.Call{Name: strings.ToLower(name.Name)}
	outer := p.open
	p.open = p.tok.At
	p.next()
	for p.tok.Kind != token.RParen || len(c.Args) > 0 {
		x := p.operand()
		if p.failed {
			return nil
		}
		c.Args = append(c.Args, x)
		if p.tok.Kind == token.RParen {
			break
		}
		if p.tok.Kind != token.Comma {
			p.afterArgument(c)
			return nil
		}
		p.next()
	}
	p.next()
	p.open = outer
	c.Range = p.since(name.Range.Start)
	p.countOperator(c.Range)
	return c
}

// parenthesised reads an operand in parentheses.
func (p *parser) parenthesised() ast.Operand {
	outer := p.open
	p.open = p.tok.At
	p.next()
	x := p.operand()
	if !p.failed && p.tok.Kind != token.RParen {
		p.afterOperand()
	}
	if p.failed {
		return nil
	}
	p.next()
	p.open = outer
	return x
}

// computed reads a condition from its first token on, which starts an operand other than a path.
func (p *parser) computed() ast.Node {
	start, nested := p.tok.At.Start, p.prev.Kind == token.LParen
	x := p.operand()
	if p.failed {
		return nil
	}
	return p.condition(start, x, nested)
}

// condition reads the test of an operand. nested reports that the operand is the first thing in
// parentheses: if they end behind it, it may be an operand of what follows them.
func (p *parser) condition(start int, x ast.Operand, nested bool) ast.Node {
	switch p.tok.Kind {
	case token.Eq, token.Ne, token.Lt, token.Le, token.Gt, token.Ge:
		op := p.tok.Kind
		p.next()
		first := p.tok.At
		right := p.operand()
		if p.failed && p.prev.At == first { // at a sign
			p.differenceHint(x, op)
		}
		if p.failed {
			return nil
		}
		return related(x, op, right, p.since(start))
	case token.And, token.Or, token.RParen, token.EOF:
		if n, ok := conditionOf(x); ok {
			return n
		}
		if nested && p.tok.Kind == token.RParen {
			return &bare{Truth: ast.Truth{Range: x.Span()}, x: x}
		}
		p.afterOperand()
		p.countHint(x)
		return nil
	}
	path, isPath := x.(*ast.Path)
	if !isPath {
		path = standIn(x)
	}
	n := p.pathTest(start, *path)
	if n == nil {
		p.differenceHint(x, 0)
	}
	if isPath || n == nil {
		return n
	}
	if not, ok := n.(*ast.Not); ok {
		return &ast.Not{X: &ast.Computed{X: x, Test: not.X, Range: not.Range}, Range: not.Range}
	}
	return &ast.Computed{X: x, Test: n, Range: n.Span()}
}

// continues reports whether the next token makes an operand of a condition in parentheses.
func (p *parser) continues() bool {
	switch p.tok.Kind {
	case token.Plus, token.Minus, token.Star, token.Slash,
		token.Eq, token.Ne, token.Lt, token.Le, token.Gt, token.Ge, token.Tilde, token.NotTilde,
		token.In, token.Between, token.Like, token.Starts, token.Ends, token.Contains, token.Matches, token.Is, token.On:
		return true
	case token.Not:
		return p.isWord()
	}
	return false
}

// afterGroup reads what follows a condition in parentheses that starts at start and is on top
// of the stack of nodes.
func (p *parser) afterGroup(start int, nested bool) {
	top := len(p.nodes) - 1
	x := operandOf(p.nodes[top])
	_, isBare := p.nodes[top].(*bare)
	switch {
	case x == nil:
	case p.continues():
		p.nodes = p.nodes[:top]
		if x = p.arithmetic(x); p.failed {
			return
		}
		if n := p.condition(start, x, nested); n != nil {
			p.nodes = append(p.nodes, n)
		}
	case isBare && !(nested && p.tok.Kind == token.RParen):
		p.afterOperand()
	}
}
