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
		Tokens     []lexer.Token
		Not        *ruleNot        `parser:"  ( 'not' | '!' ) @@"`
		Quantifier *ruleQuantifier `parser:"| @@"`
		Predicate  *rulePredicate  `parser:"| @@"`
	}
	ruleQuantifier struct {
		Tokens []lexer.Token
		Kind   string    `parser:"@( 'any' | 'all' | 'no' )"`
		Path   *rulePath `parser:"@@"`
		Block  *ruleOr   `parser:"'(' @@ ')'"`
	}
	ruleCount struct {
		Path  *rulePath `parser:"'count' '(' @@"`
		Where *ruleOr   `parser:"( 'where' @@ )? ')'"`
	}
	// A parenthesis may begin a condition or an operand. So the grammar reads a condition, and
	// the builder takes only an operand where more of a predicate follows.
	rulePredicate struct {
		Tokens  []lexer.Token
		Group   *ruleOr       `parser:"( '(' @@ ')'"`
		Atom    *ruleAtom     `parser:"| @@ )"`
		Factors []*ruleFactor `parser:"@@*"`
		Terms   []*ruleTerm   `parser:"@@*"`
		Test    *ruleTest     `parser:"@@?"`
	}
	ruleOperand struct {
		First   *rulePrimary  `parser:"@@"`
		Factors []*ruleFactor `parser:"@@*"`
		Terms   []*ruleTerm   `parser:"@@*"`
	}
	ruleTerm struct {
		Op      string        `parser:"@( '+' | '-' )"`
		X       *rulePrimary  `parser:"@@"`
		Factors []*ruleFactor `parser:"@@*"`
	}
	ruleFactor struct {
		Op string       `parser:"@( '*' | '/' )"`
		X  *rulePrimary `parser:"@@"`
	}
	rulePrimary struct {
		Group *ruleOperand `parser:"  '(' @@ ')'"`
		Atom  *ruleAtom    `parser:"| @@"`
	}
	ruleAtom struct {
		Tokens []lexer.Token
		Minus  bool       `parser:"( @'-'?"`
		Number string     `parser:"  @( Int | Decimal ) )"`
		Other  string     `parser:"| @( String | 'true' | 'false' | 'null' | Date | DateTime | Duration | Param | 'now' | 'today' )"`
		Count  *ruleCount `parser:"| @@"`
		Name   *ruleName  `parser:"| @@"`
	}
	ruleName struct {
		Path *rulePath `parser:"@@"`
		Args *ruleArgs `parser:"@@?"`
	}
	ruleArgs struct {
		Args []*ruleOperand `parser:"'(' ( @@ ( ',' @@ )* )? ')'"`
	}
	rulePath struct {
		Tokens   []lexer.Token
		Segments []string `parser:"@( Ident | Quoted ) ( '.' @( Ident | Quoted ) )*"`
	}
	ruleTest struct {
		Compare *ruleCompare `parser:"  @@"`
		Regexp  *ruleRegexp  `parser:"| @@"`
		Is      *ruleIs      `parser:"| @@"`
		Negated bool         `parser:"| @'not'?"`
		In      *ruleIn      `parser:"  ( @@"`
		Between *ruleBetween `parser:"  | @@"`
		Match   *ruleMatch   `parser:"  | @@"`
		On      *ruleOn      `parser:"  | @@ )"`
	}
	ruleCompare struct {
		Op    string       `parser:"@( '=' | '==' | '!=' | '<>' | '<' | '<=' | '>' | '>=' )"`
		Right *ruleOperand `parser:"@@"`
	}
	ruleRegexp struct {
		Op      string     `parser:"@( '~' | '!~' )"`
		Pattern *ruleValue `parser:"@@"`
	}
	ruleIs struct {
		Negated bool   `parser:"'is' @'not'?"`
		What    string `parser:"@( 'null' | 'true' | 'false' | 'empty' )"`
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
		participle.CaseInsensitive(append(token.KeywordSymbols(), "Ident")...), // Ident for the words that are not reserved, such as 'empty'
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
	b := treeBuilder{limits: l}
	f := &Filter{Source: text}
	if g.Or != nil {
		f.Root = b.condition(b.or(g.Or))
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
decimal  = digit { digit } [ "." digit { digit } ] [ ( "e" | "E" ) [ "+" | "-" ] digit { digit } ] .  not an int; the digits fit 64 bits, 38 of them after the point, or with an exponent it is the nearest float
string   = "'" { char | "''" } "'" | '"' { char | '""' } '"' .  escapes: \\ \' \" \n \t \r \uXXXX
date     = YYYY "-" MM "-" DD .
datetime = date ( "T" | " " ) HH ":" MM [ ":" SS [ "." digits ] ] [ "Z" | ( "+" | "-" ) HH ":" MM ] .
duration = digits ( "s" | "min" | "h" | "d" | "w" | "mo" | "y" ) .
param    = "$" digits | ":" ident .
comment  = "--" to the end of the line .`
