package syntax

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// Parse reads a filter. Its only error is an [*Error], the first one of the text. An empty
// text, or one of comments only, is the filter that selects all.
//
// It takes time linear in the length of the text, whatever the text holds. The tree shares
// memory with the text.
func Parse(text string, opts ...ParseOption) (*Filter, error) {
	l := limitsOf(opts)
	if err := l.checkBytes(text); err != nil {
		return nil, err
	}
	// The scratch space of a common filter, in one piece of memory.
	scratch := &struct {
		opened [16]int
		nodes  [16]ast.Node
		values [8]ast.Literal
	}{}
	p := parser{
		scanner: scanner{src: text, limits: l, opened: scratch.opened[:0]},
		nodes:   scratch.nodes[:0], values: scratch.values[:0],
	}
	p.tok = p.scan()
	f := &Filter{Source: text}
	if p.tok.Kind == token.EOF {
		return f, nil
	}
	kind, at := p.or()
	if !p.failed && p.tok.Kind != token.EOF {
		p.afterCondition()
	}
	if p.failed {
		return nil, located(text, p.err)
	}
	p.reduce(0, kind, single, at)
	f.Root = p.nodes[0]
	return f, nil
}

// parser is the product's parser: recursive descent over the scanner, with a method for
// each rule of the reference grammar that needs one.
//
// It shares the lexer with that grammar, but not participle's driver. The driver's buffer
// of tokens alone takes two fifths of the time and ten allocations; this whole parser makes
// ten. FuzzParity compares the two.
//
// After a failure every method returns at once; the first error counts.
type parser struct {
	scanner
	tok    token.Token // the next token
	prev   token.Token // the previous token; of kind 0 at the start
	failed bool
	open   ast.Span // the innermost open parenthesis; zero if none is open

	sign      token.Kind // a sign behind a relative time that was read and is not yet used; 0 if there is none
	compared  ast.Span   // the last field that stands on the right of a comparison
	operators int        // operators and calls in the condition that is being read

	// Scratch for lists of unknown length: a rule that appends to them truncates them to
	// the length that it found.
	nodes  []ast.Node
	values []ast.Literal
}

// next advances by one token.
func (p *parser) next() {
	p.prev = p.tok
	p.tok = p.scan()
}

// text returns the spelling of the next token.
func (p *parser) text() string { return p.tok.At.Of(p.src) }

// since returns the range from start to the end of the previous token.
func (p *parser) since(start int) ast.Span { return ast.Span{Start: start, End: p.prev.At.End} }

// isWord reports whether the next token is spelt as a word: some rules take `not` but not
// `!`.
func (p *parser) isWord() bool { return token.IsLetter(p.src[p.tok.At.Start]) }

// shape says what a rule has left on the stack of nodes.
type shape uint8

const (
	single   shape = iota // one node
	conjunct              // the terms of an And
	disjunct              // the terms of an Or
)

// reduce makes one node of the nodes from base on, unless the rule can use their shape as it
// is. The terms of an inner chain stay on the stack until their outer chain is known. That
// keeps the flattening of nested chains linear.
func (p *parser) reduce(base int, have, keep shape, at ast.Span) {
	if p.failed || have == single || have == keep {
		return
	}
	var n ast.Node
	if have == conjunct {
		n = newAnd(p.nodes[base:], at)
	} else {
		n = newOr(p.nodes[base:], at)
	}
	p.nodes = append(p.nodes[:base], n)
}

// or = and { ( "or" | "||" ) and } .
func (p *parser) or() (shape, ast.Span) {
	start, base := p.tok.At.Start, len(p.nodes)
	kind, at := p.and()
	if p.tok.Kind != token.Or || p.failed {
		return kind, at
	}
	p.reduce(base, kind, disjunct, at)
	for p.tok.Kind == token.Or && !p.failed {
		p.next()
		base = len(p.nodes)
		kind, at = p.and()
		p.reduce(base, kind, disjunct, at)
	}
	return disjunct, p.since(start)
}

// and = not { ( "and" | "&&" ) not } .
func (p *parser) and() (shape, ast.Span) {
	start, base := p.tok.At.Start, len(p.nodes)
	kind, at := p.not()
	if p.tok.Kind != token.And || p.failed {
		return kind, at
	}
	p.reduce(base, kind, conjunct, at)
	for p.tok.Kind == token.And && !p.failed {
		p.next()
		base = len(p.nodes)
		kind, at = p.not()
		p.reduce(base, kind, conjunct, at)
	}
	return conjunct, p.since(start)
}

// not = ( "not" | "!" ) not | "(" or ")" | predicate .
//
// It recurses for every `not`; the scanner bounds their number.
func (p *parser) not() (shape, ast.Span) {
	switch p.tok.Kind {
	case token.Not:
	case token.LParen:
		return p.group()
	default:
		if n := p.leaf(); n != nil {
			p.nodes = append(p.nodes, n)
		}
		return single, ast.Span{}
	}
	start, base := p.tok.At.Start, len(p.nodes)
	p.next()
	kind, at := p.not()
	p.reduce(base, kind, single, at)
	if !p.failed {
		p.nodes[base] = &ast.Not{X: p.nodes[base], Range: p.since(start)}
	}
	return single, ast.Span{}
}

// group reads a condition in parentheses, or one that starts with an operand in parentheses.
func (p *parser) group() (shape, ast.Span) {
	outer, start, nested := p.open, p.tok.At.Start, p.prev.Kind == token.LParen
	p.open = p.tok.At
	p.next()
	kind, at := p.or()
	if !p.failed && p.tok.Kind != token.RParen {
		p.afterCondition()
	}
	if p.failed {
		return single, ast.Span{}
	}
	p.next()
	p.open = outer
	if kind == single {
		p.afterGroup(start, nested)
	}
	return kind, at
}

// leaf reads a predicate or a constant; nil after a failure.
func (p *parser) leaf() ast.Node {
	switch p.tok.Kind {
	case token.Ident:
		if n, ok := p.elements(); ok {
			return n
		}
		return p.predicate()
	case token.Quoted:
		return p.predicate()
	case token.Int, token.Decimal, token.String, token.True, token.False, token.Null, token.Date, token.DateTime,
		token.Duration, token.Param, token.Minus, token.Now, token.Today:
		p.operators = 0
		return p.computed()
	}
	p.missingCondition()
	return nil
}
