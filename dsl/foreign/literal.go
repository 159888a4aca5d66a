package foreign

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// text returns the literal of a text.
func text(s string, at ast.Span) *ast.Literal {
	return &ast.Literal{Kind: ast.LitString, Value: model.String(s), Range: at}
}

func boolean(v bool, at ast.Span) *ast.Literal {
	return &ast.Literal{Kind: ast.LitBool, Value: model.Bool(v), Range: at}
}

// run reads the bytes up to the next one that stops it.
func (r *reader) run(stops func(c byte) bool) (string, ast.Span) {
	r.skip()
	start := r.pos
	for r.pos < len(r.src) && !stops(r.src[r.pos]) {
		r.pos++
	}
	return r.src[start:r.pos], r.took(start)
}

// doubled reads a text in quotes in which a quote is written twice.
func (r *reader) doubled(quote byte) *ast.Literal {
	start := r.pos
	var b strings.Builder
	for r.pos++; r.pos < len(r.src); r.pos++ {
		c := r.src[r.pos]
		if c == quote {
			if r.pos+1 == len(r.src) || r.src[r.pos+1] != quote {
				r.pos++
				return text(b.String(), r.took(start))
			}
			r.pos++
		}
		b.WriteByte(c)
	}
	r.unclosed(start, quote)
	return nil
}

// escaped reads a text in quotes with backslashes. unescape returns the text that an escape stands
// for, and how many bytes it takes behind the backslash; 0 for an unknown escape.
func (r *reader) escaped(quote byte, unescape func(rest string) (string, int), hint string) *ast.Literal {
	start := r.pos
	var b strings.Builder
	r.pos++
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; c {
		case quote:
			r.pos++
			return text(b.String(), r.took(start))
		case '\\':
			if r.pos+1 == len(r.src) {
				r.unclosed(start, quote)
				return nil
			}
			s, n := unescape(r.src[r.pos+1:])
			if n == 0 {
				_, size := utf8.DecodeRuneInString(r.src[r.pos+1:])
				r.fail(ast.Span{Start: r.pos, End: r.pos + 1 + size}, "there is no such escape", hint)
				return nil
			}
			b.WriteString(s)
			r.pos += 1 + n
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	r.unclosed(start, quote)
	return nil
}

func (r *reader) unclosed(start int, quote byte) {
	q := string(quote)
	r.fail(ast.Span{Start: start, End: len(r.src)}, "the string is not closed", "it starts with "+q+" and needs another "+q+" at its end")
}

// number returns the literal of a number as JSON writes it, or fails.
func (r *reader) number(s string, at ast.Span) *ast.Literal {
	l, err := syntax.NumberLiteral(s, at)
	if err != nil {
		r.fail(at, "not a number that can be stored exactly: "+display.CutBytes(s, 60), "write it with at most 18 digits, such as 12.50")
		return nil
	}
	return l
}

// moment returns the literal of a date or datetime, or fails. The language wants a zone behind
// a time.
func (r *reader) moment(s string, at ast.Span) *ast.Literal {
	l, d, fault := syntax.DateTimeLiteral(s, at)
	switch {
	case fault != nil && fault.Msg != "":
		r.fail(ast.Span{Start: at.Start + fault.Range.Start, End: at.Start + fault.Range.End}, fault.Msg, "")
		return nil
	case fault != nil:
		r.fail(at, "not a date or a time: "+display.CutBytes(s, 60), "write 2024-01-31 or 2024-01-31T10:00:00Z")
		return nil
	case d.HasTime && !d.HasZone:
		r.fail(at, "the time has no zone", "add Z or an offset: "+display.CutBytes(s, 40)+"Z")
		return nil
	}
	return l
}

// startsDate reports whether a text begins with a date.
func startsDate(s string) bool {
	const form = "dddd-dd-dd"
	if len(s) < len(form) {
		return false
	}
	for i := range len(form) {
		if digit := '0' <= s[i] && s[i] <= '9'; digit != (form[i] == 'd') || !digit && s[i] != '-' {
			return false
		}
	}
	return true
}

// jsonEscape returns what an escape of JSON stands for.
func jsonEscape(rest string) (string, int) {
	switch rest[0] {
	case '"', '\\', '/':
		return rest[:1], 1
	case 'b':
		return "\b", 1
	case 'f':
		return "\f", 1
	case 'n':
		return "\n", 1
	case 'r':
		return "\r", 1
	case 't':
		return "\t", 1
	case 'u':
		return jsonUnicode(rest)
	}
	return "", 0
}

// jsonUnicode reads uXXXX, and the other half if it is one of a surrogate pair.
func jsonUnicode(rest string) (string, int) {
	const half = len("uXXXX")
	c, ok := hex(rest)
	if !ok {
		return "", 0
	}
	if !utf16.IsSurrogate(c) {
		return string(c), half
	}
	if len(rest) < 2*half+1 || rest[half] != '\\' || rest[half+1] != 'u' {
		return "", 0
	}
	low, ok := hex(rest[half+1:])
	if c = utf16.DecodeRune(c, low); !ok || c == utf8.RuneError {
		return "", 0
	}
	return string(c), 2*half + 1
}

// hex reads the four hexadecimal digits behind a letter.
func hex(s string) (c rune, ok bool) {
	if len(s) < 5 {
		return 0, false
	}
	for i := 1; i < 5; i++ {
		switch d := s[i]; {
		case '0' <= d && d <= '9':
			c = c<<4 | rune(d-'0')
		case 'a' <= d|0x20 && d|0x20 <= 'f':
			c = c<<4 | rune(d|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return c, true
}
