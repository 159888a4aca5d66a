package syntax

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// FormatPath returns a path with back quotes around the parts that need them.
func FormatPath(name string) string {
	if plainPath(name) {
		return name
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if !plainPath(part) {
			parts[i] = "`" + part + "`"
		}
	}
	return strings.Join(parts, ".")
}

// plainPath reports whether every part of a path is an identifier and not a keyword.
func plainPath(name string) bool {
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '.' {
			if !token.IsWordByte(name[i]) {
				return false
			}
			continue
		}
		if i == start || token.IsDigit(name[start]) || token.Keyword(name[start:i]) != token.Ident {
			return false
		}
		start = i + 1
	}
	return true
}

// literalText returns a constant in the spelling of the language.
func literalText(l *ast.Literal) string {
	switch l.Kind {
	case ast.LitDate, ast.LitDateTime, ast.LitRelative, ast.LitParam, ast.LitDuration:
		return l.Text
	case ast.LitDecimal:
		if _, scale := l.Value.Decimal(); scale == 0 && l.Value.Type() == model.TypeDecimal {
			return valueText(l.Value) + ".0"
		}
	case ast.LitInt, ast.LitString, ast.LitBool, ast.LitNull, ast.LitValue:
	}
	return valueText(l.Value)
}

// valueText returns a value in the spelling of the language.
func valueText(v model.Value) string {
	if v.Type() == model.TypeString {
		return Quote(v.Str())
	}
	if v.Type() == model.TypeDateTime {
		return v.Time().Format("2006-01-02T15:04:05Z")
	}
	if v.Type() == model.TypeFloat {
		return floatText(v.Float())
	}
	return v.String()
}

// floatText returns a float. From 2⁵³ on it has every digit, because a whole number in a filter
// is exact; below, the fewest that read as the same float. One that no decimal holds has an
// exponent.
func floatText(f float64) string {
	places := -1
	if math.Abs(f) >= 1<<53 {
		places = 0
	}
	text := strconv.FormatFloat(f, 'f', places, 64)
	if _, err := model.ParseDecimal(text); err != nil {
		return strings.Replace(strconv.FormatFloat(f, 'e', -1, 64), "e+", "e", 1)
	}
	return text
}

// Quote returns s in single quotes. It doubles a backslash only if that would start an
// escape, so patterns stay as people write them: '100\%'.
func Quote(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '\'')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = appendRune(b, r)
			i += size
			continue
		}
		i++
		switch c {
		case '\'':
			b = append(b, "''"...)
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		case '\\':
			b = append(b, c)
			if i == len(s) || beginsEscape(s[i]) {
				b = append(b, c)
			}
		default:
			b = appendRune(b, rune(c))
		}
	}
	return string(append(b, '\''))
}

// beginsEscape reports whether a backslash has to be doubled before the output of c.
func beginsEscape(c byte) bool {
	switch c {
	case '\\', '\'', '"', 'n', 't', 'r', 'u':
		return true
	}
	return c < ' ' || c >= 0x7f // these may print as an escape
}

// appendRune appends r or, if it is not visible, its escape.
func appendRune(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	if unicode.IsPrint(r) {
		return utf8.AppendRune(b, r)
	}
	for _, unit := range utf16Units(r) {
		b = append(b, '\\', 'u', hex[unit>>12&15], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
	}
	return b
}

// utf16Units returns the one or two UTF-16 units of r.
func utf16Units(r rune) []uint16 {
	if r < 0x10000 {
		return []uint16{uint16(r)} //nolint:gosec // in range by the test
	}
	r -= 0x10000
	return []uint16{uint16(0xd800 + r>>10), uint16(0xdc00 + r&0x3ff)} //nolint:gosec // 10 bits each
}
