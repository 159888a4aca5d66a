package dsl

import (
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
)

// Filter is a filter as written: the result of [Parse], of [Where] or of
// unmarshalling. The zero Filter is the empty filter, which selects all rows. A
// *Filter is a [flag.Value] and a text in JSON and YAML.
//
// A Filter is safe for concurrent reading; UnmarshalText and Set change it.
type Filter = syntax.Filter

// SyntaxError reports where and why a text is not a filter. It is immutable;
// errors.Is(err, [ErrSyntax]) holds.
type SyntaxError = syntax.Error

// The errors of a text, for [errors.Is].
var (
	// ErrSyntax reports a text that is not a filter: every [SyntaxError].
	ErrSyntax = syntax.ErrSyntax
	// ErrLimit reports a text beyond one of the limits that a [ParseOption] sets.
	// It is an [ErrSyntax] too.
	ErrLimit = syntax.ErrLimit
	// ErrUnwritable reports a built filter that no text can express.
	ErrUnwritable = syntax.ErrUnwritable
)

// ParseOption changes a limit of [Parse]. A limit keeps a hostile text from
// costing more than it is worth. Every option takes 0 or less as its default, and
// lowers a number beyond its range to the end of the range.
type ParseOption = syntax.ParseOption

// Parse reads a filter. Its only error is a [*SyntaxError], the first one of the
// text. An empty text, or one of comments only, is the filter that selects all.
//
// It takes time linear in the length of the text, whatever the text holds. The
// tree shares memory with the text.
func Parse(text string, opts ...ParseOption) (*Filter, error) { return syntax.Parse(text, opts...) }

// MaxBytes bounds the length of the text, from 1 to 64 MiB; default 256 KiB. A
// longer text is refused before any of it is read.
func MaxBytes(n int) ParseOption { return syntax.MaxBytes(n) }

// MaxTokens bounds the number of names, values, operators and marks, from 1 to
// 16 000 000; default 40 000, which holds the tree to some two megabytes.
func MaxTokens(n int) ParseOption { return syntax.MaxTokens(n) }

// MaxDepth bounds how deep parentheses and `not` nest, counted together, from 1 to
// 10 000; default 200.
func MaxDepth(n int) ParseOption { return syntax.MaxDepth(n) }

// MaxListItems bounds the values of one `in` list, from 1 to 1 000 000; default
// 10 000. Pass a longer list as a parameter: `in ($1)`.
func MaxListItems(n int) ParseOption { return syntax.MaxListItems(n) }

// ParseReference reads a filter by the reference grammar, the executable
// specification of the language. It accepts the same texts as [Parse] and makes
// the same tree, at many times the cost, with errors for the grammar's author. It
// is for tests and tools. The limits of Parse apply; do not raise [MaxDepth] above
// a few hundred for it.
func ParseReference(text string, opts ...ParseOption) (*Filter, error) {
	return syntax.ParseReference(text, opts...)
}

// EBNF returns the grammar of the language, one rule a line: the rules of the
// reference grammar start with a capital, those of the lexer do not.
func EBNF() string { return syntax.EBNF() }

// Format returns a tree in its canonical spelling, on one line: one spelling for
// each operator, only the parentheses that are needed, keywords in lower case. A
// nil Node, the empty filter, is "".
//
// Parsing the result gives a tree that is [Equal] to n, for every tree that [Parse]
// made. A checked tree prints with every constant as [Check] resolved it.
func Format(n Node) string { return syntax.Format(n) }

// FormatIndent is [Format] over several lines. It breaks what is wider than width
// terminal cells before `and` and `or`, and lists between their values; it never
// breaks a single condition. Width below 1 means 80.
func FormatIndent(n Node, width int) string { return syntax.FormatIndent(n, width) }

// Suggest returns the candidate that word was probably meant to be, or "" if none
// is close. The hints of this package's errors use it too.
func Suggest(word string, candidates []string) string { return suggest.Nearest(word, candidates) }
