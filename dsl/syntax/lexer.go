package syntax

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model/display"
)

// definition is the lexer in participle's interface. The reference grammar and the
// product parser read the same tokens.
//
// It is written by hand because a lexer of regular expressions takes a quarter of the
// time of a parse. It also enforces the limits: no recursive parser behind it ever sees a
// text that nests too deep.
type definition struct{}

// Symbols implements [lexer.Definition].
func (definition) Symbols() map[string]token.Kind { return token.Symbols() }

// LexString implements [lexer.StringDefinition], with the default limits.
func (definition) LexString(_, input string) (lexer.Lexer, error) {
	return &scanner{src: input, limits: limitsOf(nil)}, nil
}

// Lex implements [lexer.Definition], with the default limits.
func (d definition) Lex(filename string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", filename, err)
	}
	return d.LexString(filename, string(text))
}

// scanner splits a text into tokens and enforces the limits.
//
// Text that it cannot read becomes one token.Invalid, the last token, with the reason in
// err. The parser decides whether that or an earlier token is the first error.
type scanner struct {
	src    string
	pos    int
	limits limits
	tokens int
	err    *Error

	// The rest tracks how deep the grammar nests the next token. opened holds, for each
	// open parenthesis, the depth before it and before the `not`s in front of it.
	last   token.Kind // of the previous token
	depth  int
	nots   int // the run of prefix `not`s just read
	held   int // the run of them before the name just read, which a parenthesis may follow
	opened []int
	items  int  // of the `in` list being read; 0 outside one
	where  bool // the previous token is `where`, after which a condition starts
}

// Next implements [lexer.Lexer] for the reference grammar. It never fails: see scanner.
// It sets only the offset of the position; an error computes line and column for the one
// place that it names.
func (s *scanner) Next() (lexer.Token, error) {
	t := s.scan()
	return lexer.Token{Type: t.Kind, Value: t.At.Of(s.src), Pos: lexer.Position{Offset: t.At.Start}}, nil
}

// scan reads the next token. At the end of the text it returns token.EOF, every time.
func (s *scanner) scan() token.Token {
	s.skipSpace()
	start := s.pos
	if s.err != nil || start >= len(s.src) {
		return token.Token{Kind: token.EOF, At: ast.Span{Start: len(s.src), End: len(s.src)}}
	}
	kind := s.read(s.src[start])
	if kind != token.Invalid {
		s.count(kind, start)
	}
	if s.err != nil {
		kind = token.Invalid
		s.pos = max(s.pos, start+1)
	}
	s.last = kind
	return token.Token{Kind: kind, At: ast.Span{Start: start, End: s.pos}}
}

// skipSpace skips white space, comments, and a byte order mark at the start.
func (s *scanner) skipSpace() {
	if s.pos == 0 && strings.HasPrefix(s.src, "\ufeff") {
		s.pos = len("\ufeff")
	}
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		case '-':
			if s.pos+1 >= len(s.src) || s.src[s.pos+1] != '-' {
				return
			}
			if n := strings.IndexByte(s.src[s.pos:], '\n'); n >= 0 {
				s.pos += n
			} else {
				s.pos = len(s.src)
			}
		default:
			return
		}
	}
}

// read moves pos past the token that starts with c and returns its kind.
func (s *scanner) read(c byte) token.Kind {
	switch {
	case token.IsLetter(c):
		return s.word()
	case token.IsDigit(c):
		return s.number()
	}
	switch c {
	case '\'', '"':
		return s.quoted(c)
	case '`':
		return s.backQuoted()
	case '$':
		return s.numberedParam()
	case ':':
		return s.namedParam()
	}
	if kind, n := operator(s.src[s.pos:]); n > 0 {
		s.pos += n
		return kind
	}
	return s.unexpected()
}

// operator returns the kind and the length of the operator or mark at the start of text;
// 0 if there is none.
func operator(text string) (kind token.Kind, length int) {
	var next byte
	if len(text) > 1 {
		next = text[1]
	}
	switch text[0] {
	case '(':
		return token.LParen, 1
	case ')':
		return token.RParen, 1
	case ',':
		return token.Comma, 1
	case '.':
		return token.Dot, 1
	case '+':
		return token.Plus, 1
	case '-':
		return token.Minus, 1
	case '*':
		return token.Star, 1
	case '/':
		return token.Slash, 1
	case '~':
		return token.Tilde, 1
	case '=':
		if next == '=' {
			return token.Eq, 2
		}
		return token.Eq, 1
	case '<':
		switch next {
		case '=':
			return token.Le, 2
		case '>':
			return token.Ne, 2
		}
		return token.Lt, 1
	case '>':
		if next == '=' {
			return token.Ge, 2
		}
		return token.Gt, 1
	case '!':
		switch next {
		case '=':
			return token.Ne, 2
		case '~':
			return token.NotTilde, 2
		}
		return token.Not, 1
	case '&':
		if next == '&' {
			return token.And, 2
		}
	case '|':
		if next == '|' {
			return token.Or, 2
		}
	}
	return token.Invalid, 0
}

func (s *scanner) word() token.Kind {
	start := s.pos
	for s.pos < len(s.src) && token.IsWordByte(s.src[s.pos]) {
		s.pos++
	}
	return token.Keyword(s.src[start:s.pos])
}

// number reads a token that starts with a digit: an integer, a decimal, a duration, a date
// or a datetime.
func (s *scanner) number() token.Kind {
	start := s.pos
	for s.pos < len(s.src) && token.IsDigit(s.src[s.pos]) {
		s.pos++
	}
	if s.pos == len(s.src) {
		return token.Int
	}
	switch c := s.src[s.pos]; {
	case c == '-' && s.pos-start == len("2006") && s.pos+1 < len(s.src) && token.IsDigit(s.src[s.pos+1]):
		return s.date(start)
	case c == '.' && s.pos+1 < len(s.src) && token.IsDigit(s.src[s.pos+1]):
		s.pos++
		for s.pos < len(s.src) && token.IsDigit(s.src[s.pos]) {
			s.pos++
		}
		s.exponent()
		if s.pos < len(s.src) && token.IsWordByte(s.src[s.pos]) {
			return s.duration(start)
		}
		return token.Decimal
	case token.IsWordByte(c):
		if s.exponent() && (s.pos == len(s.src) || !token.IsWordByte(s.src[s.pos])) {
			return token.Decimal
		}
		return s.duration(start)
	}
	return token.Int
}

// exponent reads the exponent of `1e300`, if there is one.
func (s *scanner) exponent() bool {
	rest := s.src[s.pos:]
	if rest == "" || rest[0]|0x20 != 'e' {
		return false
	}
	n := 1
	if n < len(rest) && (rest[n] == '+' || rest[n] == '-') {
		n++
	}
	digits := n
	for n < len(rest) && token.IsDigit(rest[n]) {
		n++
	}
	if n == digits {
		return false
	}
	s.pos += n
	return true
}

// duration reads the unit after the digits of `90d`.
func (s *scanner) duration(start int) token.Kind {
	digits := s.pos
	for s.pos < len(s.src) && token.IsWordByte(s.src[s.pos]) {
		s.pos++
	}
	unit := strings.ToLower(s.src[digits:s.pos])
	whole := !strings.ContainsAny(s.src[start:digits], ".eE")
	if !whole || !isUnit(unit) {
		hint := "durations are whole, and the exponent of a number is as in 1.5e3"
		if whole {
			hint = unitHint(s.src[start:digits], unit)
		}
		return s.fail(ast.Span{Start: start, End: s.pos}, fmt.Sprintf("'%s' is neither a number nor a duration", display.CutBytes(s.src[start:s.pos], 40)), hint)
	}
	if digits-start > maxDurationDigits {
		return s.fail(ast.Span{Start: start, End: s.pos}, fmt.Sprintf("a duration has at most %d digits", maxDurationDigits), "")
	}
	return token.Duration
}

// maxDurationDigits keeps a duration's number in the range of all arithmetic on it.
const maxDurationDigits = 9

// isUnit reports whether the lower-case unit is one of a duration.
func isUnit(unit string) bool {
	switch unit {
	case "s", "min", "h", "d", "w", "mo", "y":
		return true
	}
	return false
}

// count applies the limits to a token of the kind that starts at start.
func (s *scanner) count(kind token.Kind, start int) {
	at := ast.Span{Start: start, End: s.pos}
	if s.tokens++; s.tokens > s.limits.tokens {
		s.err = limitError(at, "the filter has too many parts", s.limits.tokens, "names, values, operators and marks", "leave out conditions, or ask several times")
		return
	}
	where := s.where
	s.where = kind == token.Ident && len(s.opened) > 0 && s.pos-start == len(wordWhere) && strings.EqualFold(s.src[start:s.pos], wordWhere)
	switch kind {
	case token.Not:
		if where || s.atCondition() {
			s.nots++
		}
	case token.LParen:
		if s.last == token.In {
			s.items = 1
			break
		}
		s.opened = append(s.opened, s.depth)
		s.depth += s.nots + s.held + 1
		s.nots, s.held = 0, 0
	case token.RParen:
		if s.items > 0 {
			s.items = 0
		} else if n := len(s.opened); n > 0 {
			s.depth = s.opened[n-1]
			s.opened = s.opened[:n-1]
		}
		s.nots, s.held = 0, 0
	case token.Comma:
		if s.items > 0 {
			s.items++
		}
	case token.Dot:
	default:
		if s.nots > 0 || kind != token.Ident && kind != token.Quoted {
			s.nots, s.held = 0, s.nots
		}
		if s.items > s.limits.items {
			s.err = limitError(at, "the `in` list is too long", s.limits.items, "values", "leave out duplicates, ask for a range, or ask several times")
			return
		}
	}
	if s.depth+s.nots > s.limits.depth {
		s.err = limitError(at, "parentheses and `not`s nest too deeply", s.limits.depth, "levels", "leave out parentheses that change nothing")
	}
}

// atCondition reports whether a condition may start here. A `not` here is a prefix, not the
// one of `a not in (1)`.
func (s *scanner) atCondition() bool {
	switch s.last {
	case 0, token.LParen, token.And, token.Or, token.Not:
		return true
	}
	return false
}

// fail records the error of the current token.
func (s *scanner) fail(at ast.Span, msg, hint string) token.Kind {
	s.err = &Error{Range: at, Msg: msg, Hint: hint}
	return token.Invalid
}

func (s *scanner) invalidUTF8(at int) token.Kind {
	return s.fail(ast.Span{Start: at, End: at + 1}, fmt.Sprintf("byte 0x%02X is not valid UTF-8", s.src[at]), "")
}

// isControl reports whether c is not allowed in a string. The white space of text files is
// allowed.
func isControl(c byte) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f
}
