package syntax

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// This file is the grammar as an executable specification: participle reads the tags below
// as rules, EBNF prints them, and a fuzz target compares [Parse] with them: the same texts
// are accepted, with the same trees. The grammar is LL(1) except for "not" after a path,
// which decides nothing by itself.

type (
	ruleFilter struct {
		Or *ruleOr `parser:"@@?"`
	}
	ruleOr struct {
		Tokens []lexer.Token
		Terms  []*ruleAnd `parser:"@@ ( ( 'or' | '||' ) @@ )*"`
	}
	ruleAnd struct {
		Tokens []lexer.Token
		Terms  []*ruleNot `parser:"@@ ( ( 'and' | '&&' ) @@ )*"`
	}
	ruleNot struct {
		Tokens    []lexer.Token
		Not       *ruleNot       `parser:"  ( 'not' | '!' ) @@"`
		Group     *ruleOr        `parser:"| '(' @@ ')'"`
		Const     string         `parser:"| @( 'true' | 'false' )"`
		Predicate *rulePredicate `parser:"| @@"`
	}
	rulePredicate struct {
		Tokens []lexer.Token
		Path   *rulePath `parser:"@@"`
		Test   *ruleTest `parser:"@@?"`
	}
	rulePath struct {
		Tokens   []lexer.Token
		Segments []string `parser:"@( Ident | Quoted ) ( '.' @( Ident | Quoted ) )*"`
	}
	ruleTest struct {
		Compare *ruleCompare `parser:"  @@"`
		Is      *ruleIs      `parser:"| @@"`
		Negated bool         `parser:"| @'not'?"`
		In      *ruleIn      `parser:"  ( @@"`
		Between *ruleBetween `parser:"  | @@"`
		Match   *ruleMatch   `parser:"  | @@"`
		On      *ruleOn      `parser:"  | @@ )"`
	}
	ruleCompare struct {
		Op    string     `parser:"@( '=' | '==' | '!=' | '<>' | '<' | '<=' | '>' | '>=' | '~' | '!~' )"`
		Value *ruleValue `parser:"@@"`
	}
	ruleIs struct {
		Negated bool   `parser:"'is' @'not'?"`
		What    string `parser:"@( 'null' | 'true' | 'false' )"`
	}
	ruleIn struct {
		Values []*ruleValue `parser:"'in' '(' @@ ( ',' @@ )* ','? ')'"`
	}
	ruleBetween struct {
		Lo *ruleValue `parser:"'between' @@"`
		Hi *ruleValue `parser:"'and' @@"`
	}
	ruleMatch struct {
		Op      string     `parser:"( @'like' | @'starts' 'with' | @'ends' 'with' | @'contains' | @'matches' )"`
		Pattern *ruleValue `parser:"@@"`
	}
	ruleOn struct {
		Tokens []lexer.Token
		Date   string `parser:"'on' @Date"`
	}
	ruleValue struct {
		Tokens   []lexer.Token
		Minus    bool          `parser:"( @'-'?"`
		Number   string        `parser:"  @( Int | Decimal ) )"`
		Other    string        `parser:"| @( String | 'true' | 'false' | 'null' | Date | DateTime | Param )"`
		Relative *ruleRelative `parser:"| @@"`
	}
	ruleRelative struct {
		Base    string        `parser:"@( 'now' | 'today' )"`
		Offsets []*ruleOffset `parser:"@@*"`
	}
	ruleOffset struct {
		Sign     string `parser:"@( '+' | '-' )"`
		Duration string `parser:"@Duration"`
	}
)

//nolint:gochecknoglobals // made once, on first use, and immutable
var referenceParser = sync.OnceValue(func() *participle.Parser[ruleFilter] {
	return participle.MustBuild[ruleFilter](
		participle.Lexer(definition{}),
		participle.CaseInsensitive(token.KeywordSymbols()...),
	)
})

// ParseReference reads a filter by the reference grammar, the specification of the
// language. It accepts the same texts as [Parse] and makes the same tree, at many times the
// cost, with errors for the grammar's author. It is for tests and tools. The limits of
// Parse apply; do not raise [MaxDepth] above a few hundred for it.
func ParseReference(text string, opts ...ParseOption) (*Filter, error) {
	l := limitsOf(opts)
	if err := l.checkBytes(text); err != nil {
		return nil, err
	}
	scan := &scanner{src: text, limits: l}
	tokens, lexErr := lexer.Upgrade(scan)
	if lexErr != nil {
		return nil, located(text, &Error{Msg: lexErr.Error()})
	}
	g, parseErr := referenceParser().ParseFromLexer(tokens)
	if scan.err != nil {
		return nil, located(text, scan.err)
	}
	if parseErr != nil {
		e := &Error{Msg: parseErr.Error(), Range: ast.Span{Start: len(text), End: len(text)}}
		if at, ok := errors.AsType[participle.Error](parseErr); ok {
			e.Range = ast.Span{Start: at.Position().Offset, End: at.Position().Offset}
		}
		return nil, located(text, e)
	}
	var b treeBuilder
	f := &Filter{Source: text}
	if g.Or != nil {
		f.Root = b.or(g.Or)
	}
	if b.err != nil {
		return nil, located(text, b.err)
	}
	return f, nil
}

// EBNF returns the grammar of the language, one rule a line: the rules of the reference
// grammar start with a capital, those of the lexer do not.
func EBNF() string {
	rules := strings.ReplaceAll(referenceParser().String(), "Rule", "")
	rules = regexp.MustCompile(`<([a-z]+)>`).ReplaceAllString(rules, "$1") // how participle prints a token
	return rules + "\n\n" + lexicalRules
}

// lexicalRules describe the hand-written lexer.
const lexicalRules = `ident    = ( letter | "_" ) { letter | digit | "_" } .          a keyword needs back quotes
quoted   = "` + "`" + `" any but a dot, a back quote or a line feed "` + "`" + `" .
int      = digit { digit } .                                  64 bits with its sign
decimal  = digit { digit } "." digit { digit } .              the digits fit 64 bits, 38 of them after the point
string   = "'" { char | "''" } "'" | '"' { char | '""' } '"' .  escapes: \\ \' \" \n \t \r \uXXXX
date     = YYYY "-" MM "-" DD .
datetime = date ( "T" | " " ) HH ":" MM [ ":" SS [ "." digits ] ] [ "Z" | ( "+" | "-" ) HH ":" MM ] .
duration = digits ( "s" | "min" | "h" | "d" | "w" | "mo" | "y" ) .
param    = "$" digits | ":" ident .
comment  = "--" to the end of the line .`

// treeBuilder makes the tree from the rules of the reference grammar.
type treeBuilder struct{ err *Error }

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
		terms = appendOr(terms, b.and(t))
	}
	return newOr(terms, tokensSpan(r.Tokens))
}

func (b *treeBuilder) and(r *ruleAnd) ast.Node {
	if len(r.Terms) == 1 {
		return b.not(r.Terms[0])
	}
	var terms []ast.Node
	for _, t := range r.Terms {
		terms = appendAnd(terms, b.not(t))
	}
	return newAnd(terms, tokensSpan(r.Tokens))
}

func (b *treeBuilder) not(r *ruleNot) ast.Node {
	switch {
	case r.Not != nil:
		return &ast.Not{X: b.not(r.Not), Range: tokensSpan(r.Tokens)}
	case r.Group != nil:
		return b.or(r.Group)
	case r.Predicate != nil:
		return b.predicate(r.Predicate)
	}
	return &ast.Const{Value: token.Keyword(r.Const) == token.True, Range: tokensSpan(r.Tokens)}
}

func (b *treeBuilder) predicate(r *rulePredicate) ast.Node {
	path, at := b.path(r.Path), tokensSpan(r.Tokens)
	t := r.Test
	switch {
	case t == nil:
		return &ast.Truth{Path: path, Range: at}
	case t.Compare != nil:
		return b.compare(path, t.Compare, at)
	case t.Is != nil:
		what := map[token.Kind]ast.IsWhat{token.Null: ast.IsNull, token.True: ast.IsTrue, token.False: ast.IsFalse}[token.Keyword(t.Is.What)]
		return negatedIf(t.Is.Negated, &ast.Is{Path: path, What: what, Range: at})
	case t.In != nil:
		in := &ast.In{Path: path, Range: at}
		for _, v := range t.In.Values {
			in.Values = append(in.Values, b.value(v))
		}
		return negatedIf(t.Negated, in)
	case t.Between != nil:
		return negatedIf(t.Negated, &ast.Between{Path: path, Lo: b.value(t.Between.Lo), Hi: b.value(t.Between.Hi), Range: at})
	case t.Match != nil:
		op := map[token.Kind]ast.MatchOp{
			token.Like: ast.Like, token.Starts: ast.StartsWith, token.Ends: ast.EndsWith, token.Contains: ast.Contains, token.Matches: ast.Matches,
		}[token.Keyword(t.Match.Op)]
		return negatedIf(t.Negated, &ast.Match{Path: path, Op: op, Pattern: b.value(t.Match.Pattern), Range: at})
	}
	date := &ast.Literal{Kind: ast.LitDate, Text: t.On.Date, Range: tokenSpan(t.On.Tokens[1])}
	return negatedIf(t.Negated, &ast.On{Path: path, Date: date, Range: at})
}

func (b *treeBuilder) compare(path *ast.Path, r *ruleCompare, at ast.Span) ast.Node {
	value := b.value(r.Value)
	op := func(op ast.CompareOp) ast.Node { return &ast.Compare{Path: path, Op: op, Value: value, Range: at} }
	switch r.Op {
	case "!=", "<>":
		return &ast.Not{X: op(ast.Eq), Range: at}
	case "<":
		return op(ast.Lt)
	case "<=":
		return op(ast.Le)
	case ">":
		return op(ast.Gt)
	case ">=":
		return op(ast.Ge)
	case "~", "!~":
		return negatedIf(r.Op == "!~", &ast.Match{Path: path, Op: ast.Matches, Pattern: value, Range: at})
	}
	return op(ast.Eq)
}

func (b *treeBuilder) path(r *rulePath) *ast.Path {
	names := make([]string, len(r.Segments))
	for i, s := range r.Segments {
		names[i] = strings.Trim(s, "`")
	}
	return &ast.Path{Name: strings.Join(names, "."), Range: tokensSpan(r.Tokens)}
}

func (b *treeBuilder) value(r *ruleValue) *ast.Literal {
	l := &ast.Literal{}
	if r.Relative != nil {
		text := []byte(relativeBase(token.Keyword(r.Relative.Base)))
		for _, o := range r.Relative.Offsets {
			text = appendOffset(text, o.Sign, o.Duration)
		}
		l.Kind, l.Text = ast.LitRelative, string(text)
	} else if t := r.Tokens[len(r.Tokens)-1]; !literalOf(l, t.Type, t.Value, r.Minus) && b.err == nil {
		b.err = &Error{Msg: "the number cannot be stored", Range: tokensSpan(r.Tokens)}
	}
	l.Range = tokensSpan(r.Tokens)
	return l
}
