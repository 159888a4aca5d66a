package syntax

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// predicate = path ( compare value | … ) ; package dsl documents the grammar.
func (p *parser) predicate() ast.Node {
	first, nested := p.tok, p.prev.Kind == token.LParen
	start := first.At.Start
	p.operators = 0
	path := p.path()
	if p.failed {
		return nil
	}
	switch p.tok.Kind {
	case token.Eq, token.Ne, token.Lt, token.Le, token.Gt, token.Ge:
		return p.compare(start, path)
	case token.LParen:
		if p.atCall(first) {
			return p.computedFrom(start, p.call(path), nested)
		}
	case token.Plus, token.Minus, token.Star, token.Slash:
		return p.computedFrom(start, new(path), nested)
	}
	return p.pathTest(start, path)
}

// computedFrom reads the rest of a condition whose first primary is x.
func (p *parser) computedFrom(start int, x ast.Operand, nested bool) ast.Node {
	if p.failed {
		return nil
	}
	if x = p.arithmetic(x); p.failed {
		return nil
	}
	return p.condition(start, x, nested)
}

// pathTest reads what follows a path, other than a comparison.
func (p *parser) pathTest(start int, path ast.Path) ast.Node {
	switch p.tok.Kind {
	case token.Tilde, token.NotTilde:
		return p.match(start, path, ast.Matches, p.tok.Kind == token.NotTilde)
	case token.Is:
		return p.is(start, path)
	case token.Not:
		if !p.isWord() {
			p.afterPath(path)
			return nil
		}
		p.next()
		return p.test(start, path, true)
	case token.In, token.Between, token.Like, token.Starts, token.Ends, token.Contains, token.Matches, token.On:
		return p.test(start, path, false)
	case token.And, token.Or, token.RParen, token.EOF:
		n := &struct {
			ast.Truth
			path ast.Path
		}{path: path}
		n.Truth = ast.Truth{Path: &n.path, Range: path.Range}
		return &n.Truth
	}
	p.afterPath(path)
	return nil
}

// path = ident { "." ident } .
func (p *parser) path() ast.Path {
	start := p.tok.At.Start
	name := p.segment()
	if p.tok.Kind != token.Dot {
		return ast.Path{Name: name, Range: p.since(start)}
	}
	joined := make([]byte, 0, 2*len(name)+16)
	joined = append(joined, name...)
	for p.tok.Kind == token.Dot {
		p.next()
		if p.tok.Kind != token.Ident && p.tok.Kind != token.Quoted {
			p.missingSegment()
			return ast.Path{}
		}
		joined = append(joined, '.')
		joined = append(joined, p.segment()...)
	}
	return ast.Path{Name: string(joined), Range: p.since(start)}
}

func (p *parser) segment() string {
	text := p.segmentText()
	p.next()
	return text
}

// segmentText returns the name in the next token, a token.Ident or token.Quoted.
func (p *parser) segmentText() string {
	at := p.tok.At
	if p.tok.Kind == token.Quoted {
		at.Start, at.End = at.Start+1, at.End-1
	}
	return at.Of(p.src)
}

// compare = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" .
//
// Most compare with a constant, which is allocated together with the comparison.
func (p *parser) compare(start int, path ast.Path) ast.Node {
	op := p.tok.Kind
	p.next()
	switch p.tok.Kind {
	case token.Ident, token.Quoted, token.LParen, token.Duration:
		right := p.operand()
		if p.failed {
			return nil
		}
		if _, isPath := right.(*ast.Path); isPath {
			p.compared = right.Span()
		}
		return related(new(path), op, right, p.since(start))
	}
	n := &struct {
		ast.Compare
		path  ast.Path
		value ast.Literal
	}{path: path}
	if !p.operandValue(&n.value) {
		return nil
	}
	if p.sign != 0 || p.tok.Kind >= token.Plus && p.tok.Kind <= token.Slash {
		value := n.value
		right := p.arithmetic(&value)
		if p.failed {
			return nil
		}
		return related(new(path), op, right, p.since(start))
	}
	n.Compare = ast.Compare{Path: &n.path, Op: compareOp(op), Value: TestedAgainst(&n.value), Range: p.since(start)}
	return negatedIf(op == token.Ne, &n.Compare)
}

func compareOp(kind token.Kind) ast.CompareOp {
	switch kind {
	case token.Lt:
		return ast.Lt
	case token.Le:
		return ast.Le
	case token.Gt:
		return ast.Gt
	case token.Ge:
		return ast.Ge
	}
	return ast.Eq
}

// test reads a predicate that is also allowed after `path not`.
func (p *parser) test(start int, path ast.Path, negated bool) ast.Node {
	switch p.tok.Kind {
	case token.In:
		return p.in(start, path, negated)
	case token.Between:
		return p.between(start, path, negated)
	case token.On:
		return p.on(start, path, negated)
	case token.Like:
		return p.match(start, path, ast.Like, negated)
	case token.Contains:
		return p.match(start, path, ast.Contains, negated)
	case token.Matches:
		return p.match(start, path, ast.Matches, negated)
	case token.Starts, token.Ends:
		op := ast.StartsWith
		if p.tok.Kind == token.Ends {
			op = ast.EndsWith
		}
		if p.next(); p.tok.Kind != token.With {
			p.missingWith()
			return nil
		}
		return p.match(start, path, op, negated)
	}
	p.afterNot(path)
	return nil
}

// in = "in" "(" value { "," value } [ "," ] ")" .
func (p *parser) in(start int, path ast.Path, negated bool) ast.Node {
	p.next()
	if p.tok.Kind != token.LParen {
		p.missingList(path, negated)
		return nil
	}
	p.next()
	base := len(p.values)
	for {
		p.values = append(p.values, ast.Literal{})
		if !p.value(&p.values[len(p.values)-1]) {
			p.afterMember(path, negated)
			return nil
		}
		if p.tok.Kind == token.Comma {
			p.next()
		} else if p.tok.Kind != token.RParen {
			p.afterItem()
			return nil
		}
		if p.tok.Kind == token.RParen {
			break
		}
	}
	p.next()
	n := newIn(path, p.values[base:], p.since(start))
	p.values = p.values[:base]
	return negatedIf(negated, n)
}

// between = "between" value "and" value .
func (p *parser) between(start int, path ast.Path, negated bool) ast.Node {
	n := &struct {
		ast.Between
		path   ast.Path
		lo, hi ast.Literal
	}{path: path}
	p.next()
	if !p.value(&n.lo) {
		return nil
	}
	if p.tok.Kind != token.And || !p.isWord() {
		p.missingUpperBound()
		return nil
	}
	p.next()
	if !p.value(&n.hi) {
		return nil
	}
	n.Between = ast.Between{Path: &n.path, Lo: &n.lo, Hi: &n.hi, Range: p.since(start)}
	return negatedIf(negated, &n.Between)
}

// match reads the operator of a string test and its pattern.
func (p *parser) match(start int, path ast.Path, op ast.MatchOp, negated bool) ast.Node {
	n := &struct {
		ast.Match
		path  ast.Path
		value ast.Literal
	}{path: path}
	p.next()
	if !p.value(&n.value) {
		return nil
	}
	n.Match = ast.Match{Path: &n.path, Op: op, Pattern: &n.value, Range: p.since(start)}
	return negatedIf(negated, &n.Match)
}

// is = "is" [ "not" ] ( "null" | "true" | "false" | "empty" ) .
//
// The word empty is not a keyword: it means something only here.
func (p *parser) is(start int, path ast.Path) ast.Node {
	p.next()
	negated := p.tok.Kind == token.Not && p.isWord()
	if negated {
		p.next()
	}
	what := ast.IsNull
	switch p.tok.Kind {
	case token.Null:
	case token.True:
		what = ast.IsTrue
	case token.False:
		what = ast.IsFalse
	case token.Ident:
		if !token.IsEmpty(p.text()) {
			p.missingIsTest(negated)
			return nil
		}
		what = ast.IsEmpty
	default:
		p.missingIsTest(negated)
		return nil
	}
	p.next()
	n := &struct {
		ast.Is
		path ast.Path
	}{path: path}
	n.Is = ast.Is{Path: &n.path, What: what, Range: p.since(start)}
	return negatedIf(negated, &n.Is)
}

// on = "on" date .
func (p *parser) on(start int, path ast.Path, negated bool) ast.Node {
	p.next()
	if p.tok.Kind != token.Date {
		p.missingDate()
		return nil
	}
	n := &struct {
		ast.On
		path ast.Path
		date ast.Literal
	}{path: path}
	if !p.value(&n.date) {
		return nil
	}
	n.On = ast.On{Path: &n.path, Date: &n.date, Range: p.since(start)}
	return negatedIf(negated, &n.On)
}

// value reads what is tested against into dst and reports whether there was a literal.
func (p *parser) value(dst *ast.Literal) bool {
	if !p.literal(dst) {
		return false
	}
	TestedAgainst(dst)
	return true
}

// literal is value for the literal of an operand.
func (p *parser) literal(dst *ast.Literal) bool {
	t := p.tok
	switch t.Kind {
	case token.Now, token.Today:
		return p.relative(dst, false)
	case token.Duration:
		p.missingValue()
		return false
	case token.Minus:
		before := p.prev.Kind
		if p.next(); p.tok.Kind != token.Int && p.tok.Kind != token.Decimal {
			p.missingNumber(before)
			return false
		}
	}
	if !literalOf(dst, p.tok.Kind, p.text(), t.Kind == token.Minus) {
		p.missingValue()
		return false
	}
	p.next()
	dst.Range = p.since(t.At.Start)
	return true
}

// operandValue is literal for the first one of an operand.
func (p *parser) operandValue(dst *ast.Literal) bool {
	if p.tok.Kind == token.Now || p.tok.Kind == token.Today {
		return p.relative(dst, true)
	}
	return p.literal(dst)
}

// relative = ( "now" | "today" ) { ( "+" | "-" ) duration } .
//
// In an operand, a sign without a duration is left in p.sign: it is that of arithmetic.
func (p *parser) relative(dst *ast.Literal, inOperand bool) bool {
	at := p.tok.At
	text := relativeBase(p.tok.Kind)
	p.next()
	if p.tok.Kind == token.Plus || p.tok.Kind == token.Minus {
		joined := append(make([]byte, 0, len("today - 99min")), text...)
		for ; p.tok.Kind == token.Plus || p.tok.Kind == token.Minus; p.next() {
			sign, kind := p.text(), p.tok.Kind
			if p.next(); p.tok.Kind != token.Duration && !inOperand {
				p.missingDuration()
				return false
			} else if p.tok.Kind != token.Duration {
				p.sign = kind
				break
			}
			at.End = p.tok.At.End
			joined = appendOffset(joined, sign, p.text())
		}
		text = string(joined)
	}
	if at.End == p.prev.At.End && p.prev.Kind == token.Duration && (p.tok.Kind == token.Star || p.tok.Kind == token.Slash) {
		p.stop(&Error{Range: p.prev.At, Msg: misplacedDuration})
		return false
	}
	*dst = ast.Literal{Kind: ast.LitRelative, Text: text, Range: at}
	return true
}
