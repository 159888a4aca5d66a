package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// quoted reads a string. stringValue decodes it later and relies on these checks.
func (s *scanner) quoted(quote byte) token.Kind {
	start := s.pos
	for i := start + 1; i < len(s.src); {
		switch c := s.src[i]; {
		case c == quote:
			if i+1 == len(s.src) || s.src[i+1] != quote {
				s.pos = i + 1
				return token.String
			}
			i += 2
		case c == '\\':
			n, bad := escapeLength(s.src[i:])
			if bad != "" {
				return s.fail(ast.Span{Start: i, End: min(i+n, len(s.src))}, bad, `write a backslash as \\`)
			}
			i += n
		case c < utf8.RuneSelf:
			if isControl(c) {
				return s.fail(ast.Span{Start: i, End: i + 1}, fmt.Sprintf("control character U+%04X in a string", c), fmt.Sprintf(`write it as \u%04x`, c))
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(s.src[i:])
			if r == utf8.RuneError && size == 1 {
				return s.invalidUTF8(i)
			}
			i += size
		}
	}
	hint := fmt.Sprintf("it starts with %c and needs another %c at its end", quote, quote)
	if strings.HasSuffix(s.src, `\`+string(quote)) {
		hint = `a backslash keeps the quote after it inside the text: write \\ for a backslash`
	}
	return s.fail(ast.Span{Start: start, End: len(s.src)}, "the string is not closed", hint)
}

// backQuoted reads a quoted part of a path.
func (s *scanner) backQuoted() token.Kind {
	start := s.pos
	for i := start + 1; i < len(s.src); {
		switch c := s.src[i]; {
		case c == '`':
			if i == start+1 {
				return s.fail(ast.Span{Start: start, End: i + 1}, "the back quotes are empty", "")
			}
			s.pos = i + 1
			return token.Quoted
		case c == '.':
			return s.fail(ast.Span{Start: i, End: i + 1}, "a dot inside back quotes", "quote each part of a path by itself: `roles`.`name`")
		case c < ' ' || c == 0x7f:
			if c == '\n' || c == '\r' {
				return s.fail(ast.Span{Start: start, End: i}, "the back quote is not closed", "put a field name between two back quotes: `name`")
			}
			return s.fail(ast.Span{Start: i, End: i + 1}, fmt.Sprintf("control character U+%04X in a name", c), "")
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s.src[i:])
			if r == utf8.RuneError && size == 1 {
				return s.invalidUTF8(i)
			}
			i += size
		}
	}
	return s.fail(ast.Span{Start: start, End: len(s.src)}, "the back quote is not closed", "put a field name between two back quotes: `name`")
}

// maxParam is the highest number of a parameter: databases take as many.
const maxParam = 65_535

func (s *scanner) numberedParam() token.Kind {
	start := s.pos
	n := 0
	for s.pos++; s.pos < len(s.src) && token.IsDigit(s.src[s.pos]); s.pos++ {
		n = min(n*10+int(s.src[s.pos]-'0'), maxParam+1)
	}
	at := ast.Span{Start: start, End: s.pos}
	switch {
	case s.pos == start+1:
		return s.fail(at, "'$' without a number", "parameters are `$1`, `$2` … or `:name`")
	case n == 0:
		return s.fail(at, "parameters count from $1", "")
	case n > maxParam:
		return s.fail(at, fmt.Sprintf("parameters end at $%d", maxParam), "pass a list as one parameter: `in ($1)`")
	case s.src[start+1] == '0':
		return s.fail(at, "a parameter's number has no leading zero", fmt.Sprintf("did you mean `$%d`?", n))
	case s.pos < len(s.src) && token.IsWordByte(s.src[s.pos]):
		s.pos++
		return s.fail(ast.Span{Start: start, End: s.pos}, "a parameter that starts with '$' is a number", "start a name with a colon: `:name`")
	}
	return token.Param
}

func (s *scanner) namedParam() token.Kind {
	start := s.pos
	s.pos++
	if s.pos == len(s.src) || !token.IsLetter(s.src[s.pos]) {
		return s.fail(ast.Span{Start: start, End: s.pos}, "':' without a name", "parameters are `$1`, `$2` … or `:name`")
	}
	for s.pos < len(s.src) && token.IsWordByte(s.src[s.pos]) {
		s.pos++
	}
	return token.Param
}
