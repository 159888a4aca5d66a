package syntax

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// escapeLength returns the length of the escape at the start of text. A backslash before
// any other character is one byte by itself and stays. bad reports a faulty \u.
func escapeLength(text string) (n int, bad string) {
	if len(text) < 2 {
		return 1, ""
	}
	switch text[1] {
	case '\\', '\'', '"', 'n', 't', 'r':
		return 2, ""
	case 'u':
	default:
		return 1, ""
	}
	r, ok := hex4(text[2:])
	switch {
	case !ok:
		return 2, `\u needs four hexadecimal digits`
	case !utf16.IsSurrogate(r):
		return 6, ""
	}
	if strings.HasPrefix(text[6:], `\u`) {
		if low, ok := hex4(text[8:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			return 12, ""
		}
	}
	return 6, "half of a surrogate pair"
}

func hex4(text string) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := text[i]
		switch {
		case token.IsDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// stringValue decodes a token.String with its quotes. Most strings need no decoding and
// share the memory of the source.
func stringValue(spelt string) string {
	quote, inner := spelt[0], spelt[1:len(spelt)-1]
	if strings.IndexByte(inner, '\\') < 0 && strings.IndexByte(inner, quote) < 0 {
		return inner
	}
	var b strings.Builder
	b.Grow(len(inner))
	for i := 0; i < len(inner); {
		switch c := inner[i]; c {
		case quote: // doubled
			b.WriteByte(quote)
			i += 2
		case '\\':
			n, _ := escapeLength(inner[i:])
			b.WriteString(unescape(inner[i : i+n]))
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// unescape decodes one escape of the length that escapeLength returned.
func unescape(escape string) string {
	switch len(escape) {
	case 1:
		return escape
	case 2:
		switch escape[1] {
		case 'n':
			return "\n"
		case 't':
			return "\t"
		case 'r':
			return "\r"
		}
		return escape[1:]
	}
	r, _ := hex4(escape[2:])
	if len(escape) == 12 {
		low, _ := hex4(escape[8:])
		r = utf16.DecodeRune(r, low)
	}
	return string(r)
}

// intValue reads a token.Int; ok is false outside 64 bits.
func intValue(digits string, negative bool) (n int64, ok bool) {
	u, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case negative && u == 1<<63:
		return math.MinInt64, true
	case u > math.MaxInt64:
		return 0, false
	case negative:
		return -int64(u), true
	}
	return int64(u), true
}

// decimalLiteral fills dst from a token.Decimal. It returns false if the number cannot be
// stored.
func decimalLiteral(dst *ast.Literal, text string, negative bool) bool {
	text = strings.TrimLeft(text, "0")
	if !token.IsDigit(text[0]) {
		text = "0" + text
	}
	if negative {
		text = "-" + text
	}
	var err error
	dst.Kind, dst.Value, err = number(text)
	return err == nil
}

// number reads a number with a point or an exponent. It is a decimal if that holds it exactly.
// One that has an exponent and is too large or too small for that is the nearest float: the
// exponent shows that its digits are not all meant.
func number(text string) (ast.LiteralKind, model.Value, error) {
	v, err := model.ParseDecimal(text)
	if err != nil && strings.ContainsAny(text, "eE") {
		v, err = model.ParseFloat(text)
		return ast.LitValue, v, err
	}
	return ast.LitDecimal, v, err
}

// TestedAgainst makes l the constant of a test and returns it. There the type of what is tested
// counts, so that 2.0 is the whole number. In an operand its own type does: `n + 2.0` is a decimal.
func TestedAgainst(l *ast.Literal) *ast.Literal {
	if digits, scale := l.Value.Decimal(); l.Value.Type() == model.TypeDecimal && scale == 0 {
		l.Kind, l.Value = ast.LitInt, model.Int(digits)
	}
	return l
}

// durationText returns a token.Duration without leading zeros and with a lower-case unit.
func durationText(spelt string) string {
	for len(spelt) > 1 && spelt[0] == '0' && token.IsDigit(spelt[1]) {
		spelt = spelt[1:]
	}
	return strings.ToLower(spelt)
}
