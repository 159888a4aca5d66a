package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// treeBuilder makes the tree from the rules of the reference grammar.
type treeBuilder struct {
	limits    limits
	operators int // operators and calls in the condition
	err       *Error
}

func tokenSpan(t lexer.Token) ast.Span {
	return ast.Span{Start: t.Pos.Offset, End: t.Pos.Offset + len(t.Value)}
}

func tokensSpan(tokens []lexer.Token) ast.Span {
	return ast.Span{Start: tokens[0].Pos.Offset, End: tokenSpan(tokens[len(tokens)-1]).End}
}

func (b *treeBuilder) or(r *ruleOr) ast.Node {
	if len(r.Terms) == 1 {
		return b.and(r.Terms[0])
	}
	var terms []ast.Node
	for _, t := range r.Terms {
		terms = appendOr(terms, b.condition(b.and(t)))
	}
	return newOr(terms, tokensSpan(r.Tokens))
}

func (b *treeBuilder) and(r *ruleAnd) ast.Node {
	if len(r.Terms) == 1 {
		return b.not(r.Terms[0])
	}
	var terms []ast.Node
	for _, t := range r.Terms {
		terms = appendAnd(terms, b.condition(b.not(t)))
	}
	return newAnd(terms, tokensSpan(r.Tokens))
}

func (b *treeBuilder) not(r *ruleNot) ast.Node {
	if r.Not != nil {
		return &ast.Not{X: b.condition(b.not(r.Not)), Range: tokensSpan(r.Tokens)}
	}
	if r.Quantifier != nil {
		return b.quantifier(r.Quantifier)
	}
	return b.predicate(r.Predicate)
}

func (b *treeBuilder) quantifier(r *ruleQuantifier) ast.Node {
	kind, negated, _ := quantifierKind(r.Kind)
	block := b.condition(b.or(r.Block))
	return negatedIf(negated, &ast.Quantifier{Kind: kind, Path: b.path(r.Path), Block: block, Range: tokensSpan(r.Tokens)})
}

func (b *treeBuilder) cardinality(r *ruleCount, at ast.Span) ast.Operand {
	n, operators := &ast.Cardinality{Path: b.path(r.Path), Range: at}, b.operators
	if r.Where != nil {
		n.Block = b.condition(b.or(r.Where))
	}
	b.operators = operators
	b.countOperator(at)
	return n
}

// condition returns n, which must be a condition, not an operand by itself.
func (b *treeBuilder) condition(n ast.Node) ast.Node {
	if x, ok := n.(*bare); ok {
		b.fail(x.Range, "an operand is no condition")
	}
	return n
}

func (b *treeBuilder) fail(at ast.Span, msg string) {
	if b.err == nil {
		b.err = &Error{Msg: msg, Range: at}
	}
}

func (b *treeBuilder) predicate(r *rulePredicate) ast.Node {
	b.operators = 0
	at := tokensSpan(r.Tokens)
	var x ast.Operand
	if r.Group != nil {
		inner := b.or(r.Group)
		if len(r.Factors)+len(r.Terms) == 0 && r.Test == nil {
			return inner
		}
		if x = operandOf(inner); x == nil {
			b.fail(at, "a condition is no operand")
			return inner
		}
	} else {
		x = b.atom(r.Atom)
	}
	x = b.arithmetic(x, r.Factors, r.Terms)
	t := r.Test
	if t == nil {
		if n, ok := conditionOf(x); ok {
			return n
		}
		return &bare{Truth: ast.Truth{Range: x.Span()}, x: x}
	}
	if t.Compare != nil {
		return related(x, compareKind(t.Compare.Op), b.operand(t.Compare.Right), at)
	}
	return b.test(x, t, at)
}

func compareKind(op string) token.Kind {
	switch op {
	case "!=", "<>":
		return token.Ne
	case "<":
		return token.Lt
	case "<=":
		return token.Le
	case ">":
		return token.Gt
	case ">=":
		return token.Ge
	}
	return token.Eq
}

// test makes any test but a comparison.
func (b *treeBuilder) test(x ast.Operand, t *ruleTest, at ast.Span) ast.Node {
	negated := t.Negated
	n := tested(x, func(path *ast.Path) ast.Node {
		switch {
		case t.Regexp != nil:
			negated = t.Regexp.Op == "!~"
			return &ast.Match{Path: path, Op: ast.Matches, Pattern: b.value(t.Regexp.Pattern), Range: at}
		case t.Is != nil:
			negated = t.Is.Negated
			what := map[token.Kind]ast.IsWhat{
				token.Null: ast.IsNull, token.True: ast.IsTrue, token.False: ast.IsFalse, token.Ident: ast.IsEmpty,
			}[token.Keyword(t.Is.What)]
			return &ast.Is{Path: path, What: what, Range: at}
		case t.In != nil:
			in := &ast.In{Path: path, Range: at}
			for _, v := range t.In.Values {
				in.Values = append(in.Values, b.value(v))
			}
			return in
		case t.Between != nil:
			return &ast.Between{Path: path, Lo: b.value(t.Between.Lo), Hi: b.value(t.Between.Hi), Range: at}
		case t.Match != nil:
			op := map[token.Kind]ast.MatchOp{
				token.Like: ast.Like, token.Starts: ast.StartsWith, token.Ends: ast.EndsWith, token.Contains: ast.Contains, token.Matches: ast.Matches,
			}[token.Keyword(t.Match.Op)]
			return &ast.Match{Path: path, Op: op, Pattern: b.value(t.Match.Pattern), Range: at}
		}
		date := &ast.Literal{Kind: ast.LitDate, Text: t.On.Date, Range: tokenSpan(t.On.Tokens[1])}
		return &ast.On{Path: path, Date: date, Range: at}
	})
	return negatedIf(negated, n)
}

func (b *treeBuilder) operand(r *ruleOperand) ast.Operand {
	return b.arithmetic(b.primary(r.First), r.Factors, r.Terms)
}

func (b *treeBuilder) primary(r *rulePrimary) ast.Operand {
	if r.Group != nil {
		return b.operand(r.Group)
	}
	return b.atom(r.Atom)
}

func (b *treeBuilder) arithmetic(x ast.Operand, factors []*ruleFactor, terms []*ruleTerm) ast.Operand {
	x = b.product(x, factors)
	for i := 0; i < len(terms); i++ {
		if shifted, n := b.relative(x, terms[i:]); n > 0 {
			x, i = shifted, i+n-1
			continue
		}
		t := terms[i]
		x = b.combine(t.Op, x, b.product(b.primary(t.X), t.Factors))
	}
	return x
}

// relative returns the relative time x with the offsets that follow it, and their number: a
// text may have thousands.
func (b *treeBuilder) relative(x ast.Operand, terms []*ruleTerm) (shifted ast.Operand, n int) {
	l, ok := x.(*ast.Literal)
	if !ok || l.Kind != ast.LitRelative {
		return x, 0
	}
	text, at := []byte(l.Text), l.Range
	for _, t := range terms {
		if t.X.Atom == nil || len(t.Factors) > 0 {
			break
		}
		atom := t.X.Atom.Tokens[0]
		if atom.Type != token.Duration {
			break
		}
		text = appendOffset(text, t.Op, atom.Value)
		at.End = tokenSpan(atom).End
		n++
	}
	return &ast.Literal{Kind: ast.LitRelative, Text: string(text), Range: at}, n
}

func (b *treeBuilder) product(x ast.Operand, factors []*ruleFactor) ast.Operand {
	for _, f := range factors {
		x = b.combine(f.Op, x, b.primary(f.X))
	}
	return x
}

func (b *treeBuilder) combine(op string, left, right ast.Operand) ast.Operand {
	kinds := map[string]token.Kind{"+": token.Plus, "-": token.Minus, "*": token.Star, "/": token.Slash}
	x := combine(kinds[op], left, right)
	if x == nil {
		b.fail(left.Span(), misplacedDuration)
		return left
	}
	if _, constant := x.(*ast.Literal); !constant {
		b.countOperator(x.Span())
	}
	return x
}

func (b *treeBuilder) countOperator(at ast.Span) {
	if b.operators++; b.operators > b.limits.depth && b.err == nil {
		b.err = operatorsError(at, b.limits.depth)
	}
}

func (b *treeBuilder) atom(r *ruleAtom) ast.Operand {
	if r.Count != nil {
		return b.cardinality(r.Count, tokensSpan(r.Tokens))
	}
	if r.Name == nil {
		t := r.Tokens[len(r.Tokens)-1]
		if t.Type == token.Now || t.Type == token.Today {
			return &ast.Literal{Kind: ast.LitRelative, Text: relativeBase(t.Type), Range: tokenSpan(t)}
		}
		return b.literal(r.Tokens, r.Minus)
	}
	path := b.path(r.Name.Path)
	if r.Name.Args == nil {
		return path
	}
	if names := r.Name.Path.Tokens; len(names) > 1 || names[0].Type != token.Ident {
		b.fail(path.Range, "a path is no function")
	}
	c := &ast.Call{Name: strings.ToLower(path.Name), Range: tokensSpan(r.Tokens)}
	for _, a := range r.Name.Args.Args {
		c.Args = append(c.Args, b.operand(a))
	}
	b.countOperator(c.Range)
	return c
}

func (b *treeBuilder) path(r *rulePath) *ast.Path {
	names := make([]string, len(r.Segments))
	for i, s := range r.Segments {
		names[i] = strings.Trim(s, "`")
	}
	return &ast.Path{Name: strings.Join(names, "."), Range: tokensSpan(r.Tokens)}
}

func (b *treeBuilder) value(r *ruleValue) *ast.Literal {
	if r.Relative != nil {
		text := []byte(relativeBase(token.Keyword(r.Relative.Base)))
		for _, o := range r.Relative.Offsets {
			text = appendOffset(text, o.Sign, o.Duration)
		}
		return &ast.Literal{Kind: ast.LitRelative, Text: string(text), Range: tokensSpan(r.Tokens)}
	}
	return TestedAgainst(b.literal(r.Tokens, r.Minus))
}

func (b *treeBuilder) literal(tokens []lexer.Token, negative bool) *ast.Literal {
	l := &ast.Literal{}
	if t := tokens[len(tokens)-1]; !literalOf(l, t.Type, t.Value, negative) {
		b.fail(tokensSpan(tokens), "the number cannot be stored")
	}
	l.Range = tokensSpan(tokens)
	return l
}
