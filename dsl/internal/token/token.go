package token

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model/display"
)

// Kind is the kind of a token, in the type of participle's lexer interface.
type Kind = lexer.TokenType

// The kinds of token. Every keyword and operator has its own kind, so the parser
// switches over integers. Spellings of the same thing share a kind.
const (
	EOF      = lexer.EOF
	Invalid  = Kind(iota) // text that the lexer could not read; only EOF follows
	Ident                 // name
	Quoted                // `name`
	Int                   // 15
	Decimal               // 12.50
	String                // 'text' "text"
	Date                  // 2024-01-01
	DateTime              // 2024-01-01T10:00:00Z
	Duration              // 90d
	Param                 // $1 :name

	LParen
	RParen
	Comma
	Dot
	Plus
	Minus
	Star
	Slash
	Eq       // = ==
	Ne       // != <>
	Lt       // <
	Le       // <=
	Gt       // >
	Ge       // >=
	Tilde    // ~
	NotTilde // !~

	And // and &&
	Or  // or ||
	Not // not !
	In
	Between
	Like
	Starts
	Ends
	With
	Contains
	Matches
	Is
	On
	Null
	True
	False
	Now
	Today
)

// longestKeyword is the length of the longest keyword.
const longestKeyword = len("contains")

// Keyword returns the kind of a reserved word in any letter case, or Ident.
func Keyword(word string) Kind {
	if len(word) > longestKeyword {
		return Ident
	}
	var lower [longestKeyword]byte
	for i := range len(word) {
		lower[i] = word[i] | 0x20 // the lower case of a letter; keywords have only letters
	}
	switch string(lower[:len(word)]) {
	case "and":
		return And
	case "or":
		return Or
	case "not":
		return Not
	case "in":
		return In
	case "between":
		return Between
	case "like":
		return Like
	case "starts":
		return Starts
	case "ends":
		return Ends
	case "with":
		return With
	case "contains":
		return Contains
	case "matches":
		return Matches
	case "is":
		return Is
	case "on":
		return On
	case "null":
		return Null
	case "true":
		return True
	case "false":
		return False
	case "now":
		return Now
	case "today":
		return Today
	}
	return Ident
}

// IsEmpty reports whether a name is the word of `is empty`. It is not a keyword, so that
// fields may be called so.
func IsEmpty(name string) bool { return strings.EqualFold(name, "empty") }

// Token is a token of a text as the product parser reads it.
type Token struct {
	Kind Kind
	At   ast.Span
}

// IsValue reports whether the token is a constant other than a keyword.
func (t Token) IsValue() bool { return t.Kind >= Int && t.Kind <= Param }

// IsOperator reports whether the token is a comparison such as <=, not a word.
func (t Token) IsOperator() bool { return t.Kind >= Eq && t.Kind <= NotTilde }

// Describe returns a token in the user's words.
func Describe(kind Kind, text string) string {
	const longest = 40
	text = display.CutBytes(text, longest)
	switch kind {
	case EOF:
		return "end of filter"
	case Int, Decimal:
		return "number " + text
	case String:
		return "string " + text
	case Date:
		return "date " + text
	case DateTime:
		return "datetime " + text
	case Duration:
		return "duration " + text
	case Param:
		return "parameter " + text
	case Quoted:
		return text
	}
	return "'" + text + "'"
}

// Symbols returns the kinds by their names in the reference grammar.
func Symbols() map[string]Kind {
	return map[string]Kind{
		"EOF": EOF, "Invalid": Invalid,
		"Ident": Ident, "Quoted": Quoted, "Int": Int, "Decimal": Decimal, "String": String,
		"Date": Date, "DateTime": DateTime, "Duration": Duration, "Param": Param,
		"LParen": LParen, "RParen": RParen, "Comma": Comma, "Dot": Dot, "Plus": Plus, "Minus": Minus,
		"Star": Star, "Slash": Slash,
		"Eq": Eq, "Ne": Ne, "Lt": Lt, "Le": Le, "Gt": Gt, "Ge": Ge, "Match": Tilde, "NoMatch": NotTilde,
		"And": And, "Or": Or, "Not": Not, "In": In, "Between": Between, "Like": Like,
		"Starts": Starts, "Ends": Ends, "With": With, "Contains": Contains, "Matches": Matches,
		"Is": Is, "On": On, "Null": Null, "True": True, "False": False, "Now": Now, "Today": Today,
	}
}

// KeywordSymbols returns the names of the keywords' kinds in [Symbols].
func KeywordSymbols() []string {
	return []string{
		"And", "Or", "Not", "In", "Between", "Like", "Starts", "Ends", "With", "Contains",
		"Matches", "Is", "On", "Null", "True", "False", "Now", "Today",
	}
}

// IsLetter reports whether c may start a name.
func IsLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// IsDigit reports whether c is a decimal digit.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// IsWordByte reports whether c may continue a name.
func IsWordByte(c byte) bool { return IsLetter(c) || IsDigit(c) }
