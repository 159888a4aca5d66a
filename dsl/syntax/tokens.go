package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// manyFaults is the number of unreadable places at which Tokens gives up: the text is not a
// filter, and going on could take quadratic time.
const manyFaults = 64

// Tokens reads the tokens of an unfinished text and skips what it cannot read. inside
// reports that the text ends inside a string or a comment, or is not a filter at all.
func Tokens(text string) (tokens []token.Token, inside bool) {
	s := scanner{src: text, limits: limitsOf(nil)}
	if s.limits.checkBytes(text) != nil {
		return nil, true
	}
	for faults := 0; ; {
		before := s.pos
		s.skipSpace()
		start := s.pos
		if start >= len(text) {
			line := text[before:][strings.LastIndexByte(text[before:], '\n')+1:]
			return tokens, strings.Contains(line, "--")
		}
		kind := s.read(text[start])
		if kind == token.Invalid {
			s.err = nil
			if faults++; faults > manyFaults {
				return tokens, true
			}
			if kind, s.pos = skipFault(text, start, s.pos); kind == token.String {
				return tokens, true
			}
		}
		if kind == token.Int && text[s.pos:] == "-" {
			kind, s.pos = token.Invalid, len(text) // the year of an unfinished date
		}
		tokens = append(tokens, token.Token{Kind: kind, At: ast.Span{Start: start, End: s.pos}})
	}
}

// skipFault returns the end of the unreadable text at start, which is at read or later, and
// its kind: token.String for an open string, token.Quoted for a name with an open back
// quote, else token.Invalid.
func skipFault(text string, start, read int) (kind token.Kind, end int) {
	switch text[start] {
	case '\'', '"':
		// The lexer stops at the first escape that it cannot read.
		if n := stringLength(text[start:]); n > 0 {
			return token.Invalid, start + n
		}
		return token.String, len(text)
	case '`':
		if !strings.ContainsAny(text[start+1:], "` \t\n") {
			return token.Quoted, len(text)
		}
	}
	more := "" // how an unfinished date continues
	if token.IsDigit(text[start]) {
		more = "-:.+"
	}
	end = max(read, start+1)
	for end < len(text) && !strings.HasPrefix(text[end:], "--") && (token.IsWordByte(text[end]) || strings.IndexByte(more, text[end]) >= 0) {
		end++
	}
	return token.Invalid, end
}

// stringLength returns the length of the string at the start of text, whatever its escapes
// are; 0 if it is not closed.
func stringLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] != text[0]:
		case i+1 < len(text) && text[i+1] == text[0]:
			i++
		default:
			return i + 1
		}
	}
	return 0
}
