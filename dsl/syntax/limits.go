package syntax

import (
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
)

// ParseOption changes a limit of [Parse]. A limit keeps a hostile text from costing more
// than it is worth. The defaults are far above what people and programs write.
//
// Every option takes 0 or less as its default, and lowers a number beyond its range to the
// end of the range.
type ParseOption interface{ applyTo(l *limits) }

type parseOption func(*limits)

func (o parseOption) applyTo(l *limits) { o(l) }

// The defaults and the ends of the ranges of the limits.
const (
	defaultBytes     = 256 << 10
	maxBytes         = 64 << 20
	defaultTokens    = 40_000
	maxTokens        = 16_000_000
	defaultDepth     = 200
	maxDepth         = 10_000
	defaultListItems = 10_000
	maxListItems     = 1_000_000
)

// MaxBytes bounds the length of the text, from 1 to 64 MiB; default 256 KiB, thirty times
// the longest request line that servers commonly take. A longer text is refused before any
// of it is read.
func MaxBytes(n int) ParseOption {
	return parseOption(func(l *limits) { l.bytes = bounded(n, defaultBytes, maxBytes) })
}

// MaxTokens bounds the number of names, values, operators and marks, from 1 to
// 16 000 000; default 40 000, which holds the tree to some two megabytes.
func MaxTokens(n int) ParseOption {
	return parseOption(func(l *limits) { l.tokens = bounded(n, defaultTokens, maxTokens) })
}

// MaxDepth bounds how deep parentheses and `not` nest, counted together, from 1 to 10 000;
// default 200. Parser, checker and evaluator recurse to this depth, and Go cannot recover
// from a stack overflow. 10 000 levels take a few megabytes of stack.
func MaxDepth(n int) ParseOption {
	return parseOption(func(l *limits) { l.depth = bounded(n, defaultDepth, maxDepth) })
}

// MaxListItems bounds the values of one `in` list, from 1 to 1 000 000; default 10 000. Pass
// a longer list as a parameter: `in ($1)`.
func MaxListItems(n int) ParseOption {
	return parseOption(func(l *limits) { l.items = bounded(n, defaultListItems, maxListItems) })
}

// limits are the limits of one parse.
type limits struct{ bytes, tokens, depth, items int }

func limitsOf(opts []ParseOption) limits {
	l := limits{bytes: defaultBytes, tokens: defaultTokens, depth: defaultDepth, items: defaultListItems}
	if len(opts) == 0 {
		return l
	}
	set := l // on the heap: an option has its address
	for _, o := range opts {
		if o != nil {
			o.applyTo(&set)
		}
	}
	return set
}

// checkBytes returns the error of a text that is too long.
func (l limits) checkBytes(text string) error {
	if len(text) <= l.bytes {
		return nil
	}
	return located(text, limitError(ast.Span{Start: l.bytes, End: len(text)}, "the filter is too long", l.bytes, "bytes", "shorten it, or ask several times"))
}

func bounded(n, byDefault, most int) int {
	if n <= 0 {
		return byDefault
	}
	return min(n, most)
}

// limitError returns the error of a limit that is exceeded at a range. Its texts are for
// the author of the filter: the limit may be out of their reach.
func limitError(at ast.Span, what string, limit int, unit, hint string) *Error {
	return &Error{Range: at, Msg: fmt.Sprintf("%s: the limit is %d %s", what, limit, unit), Hint: hint, limit: true}
}
