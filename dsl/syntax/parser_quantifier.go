package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model/display"
)

// The words of conditions on elements. They are not reserved: `any`, `all` and `no` need a
// name after them, `count` an open parenthesis, and `where` stands inside that.
const (
	wordAny   = "any"
	wordAll   = "all"
	wordNo    = "no"
	wordCount = "count"
	wordWhere = "where"
)

// quantifierKind returns what a word before a path means; false if it is another word.
func quantifierKind(word string) (kind ast.QuantifierKind, negated, ok bool) {
	switch {
	case len(word) > len(wordAny):
		return ast.Some, false, false
	case strings.EqualFold(word, wordAny):
		return ast.Some, false, true
	case strings.EqualFold(word, wordAll):
		return ast.Every, false, true
	case strings.EqualFold(word, wordNo):
		return ast.Some, true, true
	}
	return ast.Some, false, false
}

// peek returns the token after the next one.
func (p *parser) peek() token.Token {
	ahead := p.scanner
	return ahead.scan()
}

// elements reads a quantifier, if the next token starts one. It returns nil after a failure.
func (p *parser) elements() (n ast.Node, is bool) {
	kind, negated, ok := quantifierKind(p.text())
	if !ok {
		return nil, false
	}
	if t := p.peek(); t.Kind != token.Quoted && (t.Kind != token.Ident || operatorHint(t.At.Of(p.src)) != "" && !p.opensBlock()) {
		return nil, false
	}
	return p.quantifier(kind, negated), true
}

// opensBlock reports whether a parenthesis follows the path after the next token: a name that
// looks like an operator may be a path.
func (p *parser) opensBlock() bool {
	ahead := p.scanner
	t := ahead.scan()
	for t.Kind == token.Ident || t.Kind == token.Quoted || t.Kind == token.Dot {
		t = ahead.scan()
	}
	return t.Kind == token.LParen
}

// quantifier = ( "any" | "all" | "no" ) path "(" or ")" .
func (p *parser) quantifier(kind ast.QuantifierKind, negated bool) ast.Node {
	start := p.tok.At.Start
	n := &struct {
		ast.Quantifier
		path ast.Path
	}{}
	word := p.text()
	p.next()
	if n.path = p.path(); p.failed {
		return nil
	}
	if p.tok.Kind != token.LParen {
		p.missingBlock(word, n.path)
		return nil
	}
	outer := p.open
	p.open = p.tok.At
	p.next()
	block := p.closed()
	p.open = outer
	if p.failed {
		return nil
	}
	n.Quantifier = ast.Quantifier{Kind: kind, Path: &n.path, Block: block, Range: p.since(start)}
	return negatedIf(negated, &n.Quantifier)
}

// closed reads a condition and the parenthesis that ends it; nil after a failure.
func (p *parser) closed() ast.Node {
	base := len(p.nodes)
	kind, at := p.or()
	if !p.failed && p.tok.Kind != token.RParen {
		p.afterCondition()
	}
	if !p.failed && kind == single {
		if _, isBare := p.nodes[base].(*bare); isBare {
			p.open = ast.Span{} // a parenthesis ends the block, and no condition
			p.afterOperand()
		}
	}
	if p.failed {
		return nil
	}
	p.next()
	p.reduce(base, kind, single, at)
	n := p.nodes[base]
	p.nodes = p.nodes[:base]
	return n
}

// cardinality = "count" "(" path [ "where" or ] ")" .
func (p *parser) cardinality(start int) ast.Operand {
	n, outer, operators := &ast.Cardinality{}, p.open, p.operators
	p.open = p.tok.At
	if p.next(); p.tok.Kind != token.Ident && p.tok.Kind != token.Quoted {
		p.missingCounted()
		return nil
	}
	n.Path = new(p.path())
	switch {
	case p.failed:
	case p.tok.Kind == token.RParen:
		p.next()
	case p.tok.Kind == token.Ident && strings.EqualFold(p.text(), wordWhere):
		p.next()
		n.Block = p.closed()
	default:
		p.afterCounted(*n.Path)
	}
	if p.failed {
		return nil
	}
	p.open, p.operators = outer, operators
	n.Range = p.since(start)
	p.countOperator(n.Range)
	return n
}

// missingBlock stops after a quantifier's path.
func (p *parser) missingBlock(word string, path ast.Path) {
	text := strings.ToLower(word) + " " + display.CutBytes(path.Name, 40)
	e := p.expected("'"+text+"'", "'('")
	e.Hint = "the condition on each of them stands in parentheses: `" + text + " (…)`"
}

// missingCounted stops at the place of the list in `count(…)`.
func (p *parser) missingCounted() {
	e := p.expected("'count('", "the name of a list")
	if p.isKeyword() {
		e.Hint = "`" + p.text() + "` is a keyword: a field of that name needs back quotes"
	}
}

// afterCounted stops after the list in `count(…)`.
func (p *parser) afterCounted(path ast.Path) {
	name := display.CutBytes(path.Name, 40)
	e := p.expected("'"+name+"'", "'where'", "')'")
	if p.tok.Kind == token.EOF {
		e.opened = p.open
		return
	}
	e.Hint = "a condition on what is counted follows `where`: `count(" + name + " where …)`"
}

// quantifierHint guesses the quantifier that a word before a name may have been meant as.
func quantifierHint(word, name string) string {
	if strings.EqualFold(quantifierMeant(word), word) {
		return ""
	}
	return QuantifierHint(word, name)
}

// listFirstHint is quantifierHint for a word that stands between a name and a parenthesis.
func (p *parser) listFirstHint(name string) string {
	if _, behind := p.pathAhead(); behind.Kind != token.LParen {
		return ""
	}
	return ElementsHint(p.text(), name)
}

// methodHint is quantifierHint for a word behind a name and a dot.
func methodHint(path string) string {
	dot := strings.LastIndexByte(path, '.')
	return ElementsHint(path[dot+1:], path[:max(dot, 0)])
}

// ElementsHint says how a filter has what other languages call word of a list: a quantifier or
// a count. It returns "" for another word, and without a list.
func ElementsHint(word, list string) string {
	switch strings.ToLower(word) {
	case wordCount, "length", "len", "size", "cardinality":
		if list != "" {
			return didYouMean(wordCount + "(" + display.CutBytes(list, 40) + ")")
		}
	}
	return QuantifierHint(word, list)
}

// QuantifierHint is ElementsHint for quantifiers alone.
func QuantifierHint(word, list string) string {
	meant := quantifierMeant(word)
	if meant == "" || list == "" {
		return ""
	}
	return didYouMean(meant + " " + display.CutBytes(list, 40) + " (…)")
}

// quantifierMeant returns the quantifier that a word may have been meant as; "" for none.
func quantifierMeant(word string) string {
	switch strings.ToLower(word) {
	case wordAny, "some", "exists", "exist":
		return wordAny
	case wordAll, "every", "each", "forall":
		return wordAll
	case wordNo, "none":
		return wordNo
	}
	return ""
}
