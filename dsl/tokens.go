package dsl

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// manyFaults is after how many bytes that are no token completion gives up: the
// text is no filter then, and to go on could take quadratic time.
const manyFaults = 64

// completionTokens reads the tokens of a text, stepping over what is none. It
// reports whether the text ends inside a string or a comment.
func completionTokens(text string) (tokens []token, inside bool) {
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
		if kind == tokInvalid {
			s.err = nil
			if faults++; faults > manyFaults {
				return tokens, true
			}
			if kind, s.pos = skipFault(text, start, s.pos); kind == tokString {
				return tokens, true
			}
		}
		if kind == tokInt && text[s.pos:] == "-" {
			kind, s.pos = tokInvalid, len(text) // the year of a date that is still to come
		}
		tokens = append(tokens, token{kind, Span{start, s.pos}})
	}
}

// skipFault returns where what cannot be read from start on ends, at read or
// later, and its kind: tokString for a string that is still open, tokQuoted for
// a name whose back quote is still to come, else tokInvalid.
func skipFault(text string, start, read int) (kind lexer.TokenType, end int) {
	switch text[start] {
	case '\'', '"':
		// The lexer stops at the first escape that it cannot read.
		if n := stringLength(text[start:]); n > 0 {
			return tokInvalid, start + n
		}
		return tokString, len(text)
	case '`':
		if !strings.ContainsAny(text[start+1:], "` \t\n") {
			return tokQuoted, len(text)
		}
	}
	more := "" // what half a date goes on with
	if isDigit(text[start]) {
		more = "-:.+"
	}
	end = max(read, start+1)
	for end < len(text) && !strings.HasPrefix(text[end:], "--") && (isWordByte(text[end]) || strings.IndexByte(more, text[end]) >= 0) {
		end++
	}
	return tokInvalid, end
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
