package expressiontest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// form is how a value is written.
type form string

const (
	quoted form = "quoted text"
	bare   form = "a bare number"
	word   form = "a bare word"
	moment form = "a bare instant"
)

// literal is a value as it stands in a filter.
type literal struct {
	form form
	text string // without quotes and escapes
}

// value reads a literal as the field's type has it.
func (e *Evaluator) value(field string, l literal) (model.Value, error) {
	typ, err := e.typeOf(field)
	if err != nil {
		return model.Value{}, err
	}
	if !slices.Contains(e.lang.literals[typ], l.form) {
		return model.Value{}, fmt.Errorf("%s %q for %s, a field of type %s", l.form, l.text, field, typ)
	}
	switch typ { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeString:
		return model.String(l.text), nil
	case model.TypeInt, model.TypeDecimal:
		return model.ParseDecimal(l.text)
	case model.TypeBool:
		if l.text != "true" && l.text != "false" {
			return model.Value{}, fmt.Errorf("the boolean %q", l.text)
		}
		return model.Bool(l.text == "true"), nil
	case model.TypeDateTime:
		t, err := e.lang.instants(e, l.text)
		return model.DateTime(t), err
	}
	return model.Value{}, fmt.Errorf("a condition on %s, a field of type %s", field, typ)
}

func (e *Evaluator) typeOf(field string) (model.Type, error) {
	typ, ok := e.Fields[field]
	if !ok {
		return typ, fmt.Errorf("there is no field %q", field)
	}
	return typ, nil
}

// newTest returns a test with values.
func (e *Evaluator) newTest(field string, op Op, literals ...literal) (*Node, error) {
	typ, err := e.typeOf(field)
	if err != nil {
		return nil, err
	}
	n := &Node{Op: op, Field: field, typ: typ}
	switch op { //nolint:exhaustive // the others are handled elsewhere
	case StartsWith, EndsWith, Contains, Like, ILike:
		if typ != model.TypeString {
			return nil, fmt.Errorf("%s of %s, a field of type %s", op, field, typ)
		}
	case Less, LessEqual, Greater, GreaterEqual:
		if typ == model.TypeBool {
			return nil, fmt.Errorf("an order of %s, a boolean", field)
		}
	}
	for _, l := range literals {
		v, err := e.value(field, l)
		if err != nil {
			return nil, err
		}
		n.Values = append(n.Values, v)
	}
	return n, nil
}

// rfc3339 reads an instant with its zone and any fraction.
func rfc3339(_ *Evaluator, text string) (time.Time, error) {
	return time.Parse(time.RFC3339Nano, text)
}

// rfc3339OrDate reads an instant as [rfc3339] does, or a date, which is its first second in UTC.
func rfc3339OrDate(e *Evaluator, text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	return rfc3339(e, text)
}

// layouts reads instants without a zone, in the server's.
func layouts(all ...string) func(*Evaluator, string) (time.Time, error) {
	return func(e *Evaluator, text string) (t time.Time, err error) {
		for _, layout := range all {
			if t, err = time.ParseInLocation(layout, text, e.Zone); err == nil {
				return t, nil
			}
		}
		return t, err
	}
}

// scanner reads a text from left to right.
type scanner struct {
	text string
	at   int
	deep int
}

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) done() bool { return s.at == len(s.text) }

// peek returns the next byte; 0 at the end.
func (s *scanner) peek() byte {
	if s.done() {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) failf(format string, args ...any) error {
	return fmt.Errorf("at byte %d: "+format, append([]any{s.at}, args...)...)
}

// take reads a text if it stands next.
func (s *scanner) take(text string) bool {
	if !strings.HasPrefix(s.rest(), text) {
		return false
	}
	s.at += len(text)
	return true
}

func (s *scanner) want(text string) error {
	if !s.take(text) {
		return s.failf("want %q, got %.20q", text, s.rest())
	}
	return nil
}

// blanks reads spaces, and reports whether there were any.
func (s *scanner) blanks() bool {
	from := s.at
	for s.peek() == ' ' || s.peek() == '\t' {
		s.at++
	}
	return s.at > from
}

// match reads what a pattern anchored at the start matches.
func (s *scanner) match(re *regexp.Regexp) string {
	m := re.FindString(s.rest())
	s.at += len(m)
	return m
}

// keyword reads one of a language's words if it stands next, alone. fold ignores its case.
func (s *scanner) keyword(text string, fold bool) bool {
	rest := s.rest()
	if len(rest) < len(text) || rest[:len(text)] != text && !(fold && strings.EqualFold(rest[:len(text)], text)) {
		return false
	}
	if next := rest[len(text):]; next != "" && isWord(next[0]) {
		return false
	}
	s.at += len(text)
	return true
}

func isWord(b byte) bool {
	return b == '_' || b == '.' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= utf8.RuneSelf
}

// mostDeep bounds parentheses inside parentheses.
const mostDeep = 1000

// nested reads what stands inside parentheses with blanks around.
func (s *scanner) nested(read func() (*Node, error)) (*Node, error) {
	if s.deep++; s.deep > mostDeep {
		return nil, s.failf("parentheses are nested too deep")
	}
	defer func() { s.deep-- }()
	if err := s.want("("); err != nil {
		return nil, err
	}
	s.blanks()
	n, err := read()
	if err != nil {
		return nil, err
	}
	s.blanks()
	return n, s.want(")")
}

// doubled reads a text in quotes, in which a quote is written twice.
func (s *scanner) doubled(quote byte) (string, error) {
	var b strings.Builder
	s.at++
	for !s.done() {
		c := s.text[s.at]
		s.at++
		if c == quote {
			if s.peek() != quote {
				return b.String(), nil
			}
			s.at++
		}
		b.WriteByte(c)
	}
	return "", s.failf("a quote is not closed")
}

// escaped reads a text in quotes with backslashes. unescape returns what stands for a
// backslash and the text behind it, and how long that is; false for an escape that the
// language has not.
func (s *scanner) escaped(quote byte, unescape func(rest string) (string, int, bool)) (string, error) {
	var b strings.Builder
	s.at++
	for !s.done() {
		switch c := s.text[s.at]; c {
		case quote:
			s.at++
			return b.String(), nil
		case '\\':
			text, n, ok := unescape(s.text[s.at+1:])
			if !ok {
				return "", s.failf("no such escape: %.6q", s.rest())
			}
			b.WriteString(text)
			s.at += 1 + n
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return "", s.failf("a quote is not closed")
}

// itself reads any escaped character as itself.
func itself(rest string) (string, int, bool) {
	_, n := utf8.DecodeRuneInString(rest)
	return rest[:n], n, n > 0
}

// oneOf reads the escapes of a table, and \uXXXX if it has u.
func oneOf(table map[byte]string) func(string) (string, int, bool) {
	return func(rest string) (string, int, bool) {
		if rest == "" {
			return "", 0, false
		}
		if _, unicode := table['u']; unicode && rest[0] == 'u' {
			return unicodeEscape(rest)
		}
		text, ok := table[rest[0]]
		return text, 1, ok
	}
}

// unicodeEscape reads uXXXX, and both halves of a surrogate pair.
func unicodeEscape(rest string) (string, int, bool) {
	unit := func(s string) (rune, bool) {
		if len(s) < 5 || s[0] != 'u' {
			return 0, false
		}
		code, err := strconv.ParseUint(s[1:5], 16, 16)
		return rune(code), err == nil
	}
	c, ok := unit(rest)
	if !ok || !utf16.IsSurrogate(c) {
		return string(c), 5, ok
	}
	if len(rest) < 6 || rest[5] != '\\' {
		return "", 0, false
	}
	low, ok := unit(rest[6:])
	c = utf16.DecodeRune(c, low)
	return string(c), 11, ok && c != utf8.RuneError
}

// infix reads operands with a word between them.
func (s *scanner) infix(op Op, between func() bool, operand func() (*Node, error)) (*Node, error) {
	var terms []*Node
	for {
		n, err := operand()
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
		at := s.at
		if !between() {
			s.at = at
			return joined(op, terms), nil
		}
	}
}

// spaced reports whether a word stands next with blanks, or a parenthesis, around it.
func (s *scanner) spaced(text string, fold bool) bool {
	before := s.blanks() || s.at > 0 && s.text[s.at-1] == ')'
	return before && s.keyword(text, fold) && (s.blanks() || s.peek() == '(')
}

// whole reads a filter to the end of the text.
func (s *scanner) whole(read func() (*Node, error)) (*Node, error) {
	s.blanks()
	n, err := read()
	if err != nil {
		return nil, err
	}
	if s.blanks(); !s.done() {
		return nil, s.failf("what is %.20q", s.rest())
	}
	return n, nil
}
