package wire

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// reader reads one parameter. It knows as much of JSON5 as a filter can hold:
// objects, arrays and scalars to a depth that the caller's calls fix, so that
// no input can nest it.
type reader struct {
	text string
	pos  int
}

// fault is an error at a byte of the parameter.
type fault struct {
	offset int
	msg    string
}

func (f *fault) Error() string { return f.msg }

func (r *reader) fail(offset int, format string, args ...any) error {
	return &fault{offset: offset, msg: fmt.Sprintf(format, args...)}
}

// unexpected is the error for something other than want at the position.
func (r *reader) unexpected(want string) error {
	if r.pos >= len(r.text) {
		return r.fail(len(r.text), "expected %s, the parameter ends here", want)
	}
	c, size := utf8.DecodeRuneInString(r.text[r.pos:])
	if c == utf8.RuneError && size == 1 {
		return r.fail(r.pos, "the text is not valid UTF-8")
	}
	return r.fail(r.pos, "expected %s, not %q", want, c)
}

// space skips white space and comments.
func (r *reader) space() error {
	for r.pos < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[r.pos:])
		switch {
		case c == '/':
			if err := r.comment(); err != nil {
				return err
			}
		case c == ' ' || c >= '\t' && c <= '\r' || c == '\ufeff' || c == '\u2028' || c == '\u2029' || unicode.Is(unicode.Zs, c):
			r.pos += size
		default:
			return nil
		}
	}
	return nil
}

func (r *reader) comment() error {
	rest := r.text[r.pos:]
	switch {
	case strings.HasPrefix(rest, "//"):
		end := strings.IndexAny(rest, "\n\r\u2028\u2029")
		if end < 0 {
			end = len(rest)
		}
		r.pos += end
		return nil
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			return r.fail(r.pos, "the comment does not end")
		}
		r.pos += end + 4
		return nil
	}
	return r.unexpected("a value")
}

// peek skips white space and returns the next byte, 0 at the end.
func (r *reader) peek() (byte, error) {
	if err := r.space(); err != nil {
		return 0, err
	}
	if r.pos == len(r.text) {
		return 0, nil
	}
	return r.text[r.pos], nil
}

// accept skips white space and reads c if it comes next.
func (r *reader) accept(c byte) (bool, error) {
	next, err := r.peek()
	if err != nil || next != c || r.pos == len(r.text) {
		return false, err
	}
	r.pos++
	return true, nil
}

// sequence reads what follows an opening bracket: items separated by commas, a
// comma allowed after the last, up to end.
func (r *reader) sequence(end byte, item func() error) error {
	for {
		if done, err := r.accept(end); done || err != nil {
			return err
		}
		if err := item(); err != nil {
			return err
		}
		comma, err := r.accept(',')
		if err != nil {
			return err
		}
		if comma {
			continue
		}
		return r.expect(end, "a comma or "+strconv.QuoteRune(rune(end)))
	}
}

// key reads an object's key and the colon after it.
func (r *reader) key() (key string, at int, err error) {
	c, err := r.peek()
	at = r.pos
	switch {
	case err != nil:
		return "", at, err
	case c == '"' || c == '\'':
		key, err = r.quoted()
	default:
		key = r.word()
		if key == "" {
			return "", at, r.unexpected("an operator")
		}
	}
	if err != nil {
		return "", at, err
	}
	return key, at, r.expect(':', "a colon")
}

// expect skips white space and reads c, which the error calls want.
func (r *reader) expect(c byte, want string) error {
	ok, err := r.accept(c)
	if err == nil && !ok {
		err = r.unexpected(want)
	}
	return err
}

// word reads a run of the characters that operators and numbers are made of.
func (r *reader) word() string {
	start := r.pos
	for r.pos < len(r.text) && isWord(r.text[r.pos]) {
		r.pos++
	}
	return r.text[start:r.pos]
}

func isWord(c byte) bool {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("_$+-.", c) >= 0
}

// scalar reads a string, a boolean, null or a whole number. Fractions, NaN and
// infinities are JSON5 but no value of any field.
func (r *reader) scalar() (v model.Value, at int, err error) {
	c, err := r.peek()
	at = r.pos
	if err != nil {
		return v, at, err
	}
	if c == '"' || c == '\'' {
		s, err := r.quoted()
		return model.String(s), at, err
	}
	if c == '{' || c == '[' {
		return v, at, r.fail(at, "expected one value, not %q", c)
	}
	word := r.word()
	switch word {
	case "":
		return v, at, r.unexpected("a value")
	case "true", "false":
		return model.Bool(word == "true"), at, nil
	case "null":
		return v, at, nil
	}
	n, ok := wholeNumber(word)
	if !ok {
		return v, at, r.fail(at, "expected a whole number of 64 bits, true, false or a quoted text, not %s", brief(word))
	}
	return model.Int(n), at, nil
}

// wholeNumber reads JSON5's decimal and hexadecimal integers.
func wholeNumber(word string) (int64, bool) {
	digits := strings.TrimLeft(word, "+-")
	if len(word)-len(digits) > 1 || digits == "" {
		return 0, false
	}
	base := 10
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		base, digits = 16, digits[2:]
	} else if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	sign := ""
	if word[0] == '-' {
		sign = "-"
	}
	if digits[0] == '+' || digits[0] == '-' || digits[0] == '_' {
		return 0, false
	}
	n, err := strconv.ParseInt(sign+digits, base, 64)
	return n, err == nil
}

// quoted reads a string in single or double quotes.
func (r *reader) quoted() (string, error) {
	open, quote := r.pos, r.text[r.pos]
	r.pos++
	start := r.pos
	var unescaped []byte // nil until the first escape
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case quote:
			s := r.text[start:r.pos]
			r.pos++
			if unescaped != nil {
				s = string(append(unescaped, s...))
			}
			return s, nil
		case '\\':
			unescaped = append(unescaped, r.text[start:r.pos]...)
			if unescaped == nil {
				unescaped = []byte{}
			}
			var err error
			if unescaped, err = r.escape(unescaped); err != nil {
				return "", err
			}
			start = r.pos
		case '\n', '\r':
			return "", r.fail(r.pos, "a line ends inside the quotes")
		default:
			_, size := utf8.DecodeRuneInString(r.text[r.pos:])
			if c >= utf8.RuneSelf && size == 1 {
				return "", r.fail(r.pos, "the text is not valid UTF-8")
			}
			r.pos += size
		}
	}
	return "", r.fail(open, "the quote is not closed")
}

// escape reads a backslash and what it escapes, and appends its meaning.
func (r *reader) escape(dst []byte) ([]byte, error) {
	at := r.pos
	r.pos++
	if r.pos == len(r.text) {
		return nil, r.fail(at, "the quote is not closed")
	}
	c, size := utf8.DecodeRuneInString(r.text[r.pos:])
	if c == utf8.RuneError && size == 1 {
		return nil, r.fail(r.pos, "the text is not valid UTF-8")
	}
	r.pos += size
	if i := strings.IndexRune("bfnrtv", c); i >= 0 {
		return append(dst, "\b\f\n\r\t\v"[i]), nil
	}
	switch {
	case c == 'x':
		n, err := r.hex(at, 2)
		return utf8.AppendRune(dst, n), err
	case c == 'u':
		return r.unicodeEscape(dst, at)
	case c == '\r' && strings.HasPrefix(r.text[r.pos:], "\n"):
		r.pos++
		return dst, nil
	case c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029':
		return dst, nil
	case c == '0' && (r.pos == len(r.text) || r.text[r.pos] < '0' || r.text[r.pos] > '9'):
		return append(dst, 0), nil
	case c >= '0' && c <= '9':
		return nil, r.fail(at, "a backslash before a digit means nothing in JSON5")
	}
	return utf8.AppendRune(dst, c), nil
}

// unicodeEscape reads what follows `\u`: four digits, or a surrogate pair.
func (r *reader) unicodeEscape(dst []byte, at int) ([]byte, error) {
	c, err := r.hex(at, 4)
	if err != nil {
		return nil, err
	}
	if utf16.IsSurrogate(c) {
		var low rune
		if strings.HasPrefix(r.text[r.pos:], `\u`) {
			r.pos += 2
			if low, err = r.hex(at, 4); err != nil {
				return nil, err
			}
		}
		if c = utf16.DecodeRune(c, low); c == utf8.RuneError {
			return nil, r.fail(at, "half of a surrogate pair is no character")
		}
	}
	return utf8.AppendRune(dst, c), nil
}

func (r *reader) hex(at, digits int) (rune, error) {
	if len(r.text)-r.pos < digits {
		return 0, r.fail(at, "expected %d hexadecimal digits", digits)
	}
	word := r.text[r.pos : r.pos+digits]
	n, err := strconv.ParseInt(word, 16, 32)
	if err != nil || strings.ContainsAny(word, "_+-") {
		return 0, r.fail(at, "expected %d hexadecimal digits", digits)
	}
	r.pos += digits
	return rune(n), nil
}

// brief quotes s, cut to a length that an error message can hold.
func brief(s string) string {
	const most = 32
	if len(s) <= most {
		return strconv.Quote(s)
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
