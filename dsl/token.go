package dsl

import (
	"strings"

	"github.com/muster-go/muster/model/display"

	"github.com/alecthomas/participle/v2/lexer"
)

// The kinds of token. Every keyword and operator has a kind of its own, so that
// the parser switches over integers; spellings of the same thing share one.
const (
	tokEOF      = lexer.EOF
	tokInvalid  = lexer.TokenType(iota) // what the lexer could not read; only EOF follows
	tokIdent                            // name
	tokQuoted                           // `name`
	tokInt                              // 15
	tokDecimal                          // 12.50
	tokString                           // 'text' "text"
	tokDate                             // 2024-01-01
	tokDateTime                         // 2024-01-01T10:00:00Z
	tokDuration                         // 90d
	tokParam                            // $1 :name

	tokLParen
	tokRParen
	tokComma
	tokDot
	tokPlus
	tokMinus
	tokEq      // = ==
	tokNe      // != <>
	tokLt      // <
	tokLe      // <=
	tokGt      // >
	tokGe      // >=
	tokMatch   // ~
	tokNoMatch // !~

	tokAnd // and &&
	tokOr  // or ||
	tokNot // not !
	tokIn
	tokBetween
	tokLike
	tokStarts
	tokEnds
	tokWith
	tokContains
	tokMatches
	tokIs
	tokOn
	tokNull
	tokTrue
	tokFalse
	tokNow
	tokToday
)

// keywords returns the reserved words.
func keywords() []string {
	return []string{
		"and", "or", "not", "in", "between", "like", "starts", "ends", "with", "contains",
		"matches", "is", "on", "null", "true", "false", "now", "today",
	}
}

// longestKeyword is the length of the longest keyword.
const longestKeyword = len("contains")

// keyword returns the kind of a reserved word in any letter case, else
// tokIdent.
func keyword(word string) lexer.TokenType {
	if len(word) > longestKeyword {
		return tokIdent
	}
	var lower [longestKeyword]byte
	for i := range len(word) {
		lower[i] = word[i] | 0x20 // a letter's lower case; no keyword has anything else
	}
	switch string(lower[:len(word)]) {
	case "and":
		return tokAnd
	case "or":
		return tokOr
	case "not":
		return tokNot
	case "in":
		return tokIn
	case "between":
		return tokBetween
	case "like":
		return tokLike
	case "starts":
		return tokStarts
	case "ends":
		return tokEnds
	case "with":
		return tokWith
	case "contains":
		return tokContains
	case "matches":
		return tokMatches
	case "is":
		return tokIs
	case "on":
		return tokOn
	case "null":
		return tokNull
	case "true":
		return tokTrue
	case "false":
		return tokFalse
	case "now":
		return tokNow
	case "today":
		return tokToday
	}
	return tokIdent
}

// token is a token of a text as the product parser reads it.
type token struct {
	kind lexer.TokenType
	at   Span
}

// isValue reports whether the token is a constant that is spelt without a
// keyword.
func (t token) isValue() bool { return t.kind >= tokInt && t.kind <= tokParam }

// isOperator reports whether the token is a comparison made of marks.
func (t token) isOperator() bool { return t.kind >= tokEq && t.kind <= tokNoMatch }

// describe returns a token in the user's words.
func describe(kind lexer.TokenType, text string) string {
	const longest = 40
	text = display.CutBytes(text, longest)
	switch kind {
	case tokEOF:
		return "end of filter"
	case tokInt, tokDecimal:
		return "number " + text
	case tokString:
		return "string " + text
	case tokDate:
		return "date " + text
	case tokDateTime:
		return "datetime " + text
	case tokDuration:
		return "duration " + text
	case tokParam:
		return "parameter " + text
	case tokQuoted:
		return text
	}
	return "'" + text + "'"
}

// symbols names the kinds for the reference grammar.
//
//nolint:gochecknoglobals // a table, never changed
var symbols = map[string]lexer.TokenType{
	"EOF": tokEOF, "Invalid": tokInvalid,
	"Ident": tokIdent, "Quoted": tokQuoted, "Int": tokInt, "Decimal": tokDecimal, "String": tokString,
	"Date": tokDate, "DateTime": tokDateTime, "Duration": tokDuration, "Param": tokParam,
	"LParen": tokLParen, "RParen": tokRParen, "Comma": tokComma, "Dot": tokDot, "Plus": tokPlus, "Minus": tokMinus,
	"Eq": tokEq, "Ne": tokNe, "Lt": tokLt, "Le": tokLe, "Gt": tokGt, "Ge": tokGe, "Match": tokMatch, "NoMatch": tokNoMatch,
	"And": tokAnd, "Or": tokOr, "Not": tokNot, "In": tokIn, "Between": tokBetween, "Like": tokLike,
	"Starts": tokStarts, "Ends": tokEnds, "With": tokWith, "Contains": tokContains, "Matches": tokMatches,
	"Is": tokIs, "On": tokOn, "Null": tokNull, "True": tokTrue, "False": tokFalse, "Now": tokNow, "Today": tokToday,
}

// keywordSymbols returns the names of the kinds whose spelling ignores letter
// case.
func keywordSymbols() []string {
	names := keywords()
	for i, k := range names {
		names[i] = strings.ToUpper(k[:1]) + k[1:]
	}
	return names
}
