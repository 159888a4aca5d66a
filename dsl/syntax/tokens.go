package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// manyFaults is after how many bytes that are no token completion gives up: the
// text is no filter then, and to go on could take quadratic time.
const manyFaults = 64

// Tokens reads the tokens of a text, stepping over what is none. It
// reports whether the text ends inside a string or a comment.
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
			kind, s.pos = token.Invalid, len(text) // the year of a date that is still to come
		}
		tokens = append(tokens, token.Token{Kind: kind, At: ast.Span{Start: start, End: s.pos}})
	}
}

// skipFault returns where what cannot be read from start on ends, at read or
// later, and its kind: token.String for a string that is still open, token.Quoted for
// a name whose back quote is still to come, else token.Invalid.
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
	more := "" // what half a date goes on with
	if token.IsDigit(text[start]) {
		more = "-:.+"
	}
	end = max(read, start+1)
	for end < len(text) && !strings.HasPrefix(text[end:], "--") && (token.IsWordByte(text[end]) || strings.IndexByte(more, text[end]) >= 0) {
		end++
	}
	return token.Invalid, end
}

// stringLength returns the length of the string that text starts with, whatever
// its escapes are; 0 when it is not closed.
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
