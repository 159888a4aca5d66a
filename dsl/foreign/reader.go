package foreign

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/caret"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// reader has what the readers of all languages share: a position, the limits and the first
// error. After an error every method returns at once.
type reader struct {
	src    string
	pos    int // of the next byte
	end    int // of the last token
	schema *model.Schema
	limits syntax.Limits

	tokens  int
	depth   int
	opened  ast.Span // the innermost open parenthesis
	negated bool     // an odd number of negations is around the next condition
	err     *syntax.Error

	and, or string        // how the language writes them, for errors
	after   func() string // a hint on what follows a condition; may be nil
}

// newReader returns the reader of a text. It fails for a text that is too long or not UTF-8.
func newReader(text string, s *model.Schema, opts []syntax.ParseOption) (*reader, error) {
	r := &reader{src: text, schema: s, limits: syntax.LimitsOf(opts...), and: "and", or: "or"}
	if err := r.limits.CheckLength(text); err != nil {
		return nil, err
	}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if c == utf8.RuneError && size == 1 {
			r.fail(ast.Span{Start: i, End: i + 1}, "invalid UTF-8", "save the filter as UTF-8")
			return nil, syntax.Locate(text, r.err)
		}
		i += size
	}
	return r, nil
}

// whole reads one condition that takes up the text. A blank text is the empty filter.
func (r *reader) whole(condition func() ast.Node) (*syntax.Filter, error) {
	f := &syntax.Filter{Source: r.src}
	if r.done() {
		return f, nil
	}
	n := condition()
	if r.err == nil && !r.done() {
		r.afterCondition()
	}
	if r.err != nil {
		return nil, syntax.Locate(r.src, r.err)
	}
	f.Root = n
	return f, nil
}

// fail records the first error.
func (r *reader) fail(at ast.Span, msg, hint string) {
	if r.err == nil {
		r.err = &syntax.Error{Range: at, Msg: msg, Hint: hint}
	}
}

// expected records that something else stands next.
func (r *reader) expected(after, hint string, want ...string) {
	if r.err != nil {
		return
	}
	at, got := r.peeked()
	r.err = &syntax.Error{Range: at, Want: want, After: after, Got: got, Hint: hint}
}

// afterCondition records an error at what follows a condition, where a join or the end is expected.
func (r *reader) afterCondition() {
	closing, hint := "end of filter", ""
	if r.after != nil {
		hint = r.after()
	}
	switch {
	case r.opened != ast.Span{}:
		closing = "')'"
		if r.done() {
			line, column := caret.Position(r.src, r.opened.Start)
			hint = fmt.Sprintf("the '(' at line %d, column %d is not closed", line, column)
		}
	case r.next() == ')':
		hint = "no parenthesis is open"
	}
	r.expected("the condition", hint, "'"+r.and+"'", "'"+r.or+"'", closing)
}

// peeked returns the place of the next token, and what it is for people.
func (r *reader) peeked() (ast.Span, string) {
	if r.done() {
		return ast.Span{Start: r.end, End: r.end}, "end of filter"
	}
	end := r.pos
	for end < len(r.src) && isNameByte(r.src[end]) {
		end++
	}
	if end == r.pos {
		_, size := utf8.DecodeRuneInString(r.src[r.pos:])
		end += size
	}
	return ast.Span{Start: r.pos, End: end}, "'" + display.CutBytes(r.src[r.pos:end], 40) + "'"
}

// skip skips blanks.
func (r *reader) skip() {
	for r.pos < len(r.src) && strings.IndexByte(" \t\r\n", r.src[r.pos]) >= 0 {
		r.pos++
	}
}

// done reports whether only blanks are left.
func (r *reader) done() bool {
	r.skip()
	return r.pos == len(r.src)
}

// next returns the next byte behind blanks; 0 at the end.
func (r *reader) next() byte {
	if r.done() {
		return 0
	}
	return r.src[r.pos]
}

// took ends a token at the position and counts it. It returns the token's place.
func (r *reader) took(start int) ast.Span {
	at := ast.Span{Start: start, End: r.pos}
	r.end = r.pos
	if r.tokens++; r.tokens > r.limits.Tokens && r.err == nil {
		r.err = syntax.LimitError(at, "the filter has too many parts", r.limits.Tokens, "names, values and operators", "shorten it, or ask several times")
	}
	return at
}

// mark reads a mark such as a parenthesis, if it stands next.
func (r *reader) mark(text string) bool {
	r.skip()
	if r.err != nil || !strings.HasPrefix(r.src[r.pos:], text) {
		return false
	}
	start := r.pos
	r.pos += len(text)
	r.took(start)
	return r.err == nil
}

// word returns the letters, digits and underscores that stand next, without reading them.
func (r *reader) word() string {
	r.skip()
	end := r.pos
	for end < len(r.src) && isNameByte(r.src[end]) {
		end++
	}
	return r.src[r.pos:end]
}

// keyword reads a word of the language, if it stands next. fold takes it in any letter case.
func (r *reader) keyword(text string, fold bool) bool {
	w := r.word()
	if r.err != nil || w != text && !(fold && strings.EqualFold(w, text)) {
		return false
	}
	start := r.pos
	r.pos += len(w)
	r.took(start)
	return r.err == nil
}

// isNameByte reports whether a byte is a part of a word.
func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

// isNameStart skips blanks and reports whether a name begins there.
func (r *reader) isNameStart() bool {
	r.skip()
	return r.atName()
}

// atName reports whether a name begins at the position.
func (r *reader) atName() bool {
	c, _ := utf8.DecodeRuneInString(r.src[r.pos:])
	return c == '_' || unicode.IsLetter(c)
}

// deeper enters a parenthesis or a negation.
func (r *reader) deeper(at ast.Span) {
	if r.depth++; r.depth > r.limits.Depth && r.err == nil {
		r.err = syntax.LimitError(at, "the filter nests too deep", r.limits.Depth, "levels of parentheses and negations", "write it with fewer parentheses")
	}
}

// group reads a condition in parentheses.
func (r *reader) group(condition func() ast.Node) ast.Node {
	outer := r.opened
	r.opened = ast.Span{Start: r.pos, End: r.pos + 1}
	r.deeper(r.opened)
	if !r.mark("(") {
		return nil
	}
	if r.next() == ')' {
		r.expected("'('", "there is nothing between the parentheses", "a condition")
		return nil
	}
	n := condition()
	if r.err == nil && !r.mark(")") && r.err == nil {
		r.afterCondition()
	}
	r.opened = outer
	r.depth--
	return n
}

// negation reads the condition behind a NOT, whose place is given.
func (r *reader) negation(at ast.Span, condition func() ast.Node) ast.Node {
	r.deeper(at)
	if r.err != nil {
		return nil
	}
	r.negated = !r.negated
	n := condition()
	r.negated = !r.negated
	r.depth--
	return n
}

// chain reads conditions with a join between them. Under a negation an AND is an OR.
func (r *reader) chain(and bool, condition func() ast.Node, joins func() bool) ast.Node {
	r.skip()
	start := r.pos
	n := condition()
	if r.err != nil || !joins() {
		return n
	}
	terms := []ast.Node{n}
	for {
		terms = append(terms, condition())
		if r.err != nil {
			return nil
		}
		if !joins() {
			break
		}
	}
	at := ast.Span{Start: start, End: r.end}
	if and != r.negated {
		return ast.Conjunction(terms, at)
	}
	return ast.Disjunction(terms, at)
}
