package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// wildcards are the characters to which LIKE gives a meaning.
const wildcards = `%_\`

// shape is what a string test asks for: a literal text, or a text that begins
// with head, ends with tail and has mids between them, in this order.
type shape struct {
	head, tail string
	mids       []string
	wild       bool   // a wildcard stands between head and tail; else head is all
	loose      bool   // more is asked than head, tail and mids say: `_`
	pattern    string // the whole as a LIKE pattern
}

func shapeOf(op dsl.MatchOp, text string) shape {
	escaped := escapeLike(text)
	switch op {
	case dsl.StartsWith:
		return shape{head: text, wild: true, pattern: escaped + "%"}
	case dsl.EndsWith:
		return shape{tail: text, wild: true, pattern: "%" + escaped}
	case dsl.Contains:
		s := shape{wild: true, pattern: "%" + escaped + "%"}
		if text != "" {
			s.mids = []string{text}
		}
		return s
	case dsl.Like, dsl.Matches:
	}
	return likeShape(text)
}

// likeShape takes a LIKE pattern apart at its wildcards. The character after a
// backslash stands for itself, whatever it is, and so does a backslash at the
// end; pattern spells them as every server understands them.
func likeShape(like string) shape {
	var s shape
	var pattern, run strings.Builder
	for i := 0; i < len(like); i++ {
		c := like[i]
		if c != '%' && c != '_' {
			if c == '\\' && i+1 < len(like) {
				i++
			}
			run.WriteByte(like[i])
			continue
		}
		pattern.WriteString(escapeLike(run.String()))
		pattern.WriteByte(c)
		switch {
		case !s.wild:
			s.head = run.String()
		case run.Len() > 0:
			s.mids = append(s.mids, run.String())
		}
		s.wild, s.loose = true, s.loose || c == '_'
		run.Reset()
	}
	s.pattern = pattern.String() + escapeLike(run.String())
	if s.wild {
		s.tail = run.String()
	} else {
		s.head = run.String()
	}
	return s
}

// escapeLike returns the LIKE pattern for the literal text s.
func escapeLike(s string) string {
	if !strings.ContainsAny(s, wildcards) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(wildcards, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (e *encoder) match(n *dsl.Match, want bool) encoding {
	f, reason := e.field(n.Path)
	if reason != "" {
		return refuse(n, reason)
	}
	v, reason := operand(f, n.Pattern)
	if reason != "" {
		return refuse(n, reason)
	}
	if n.Op == dsl.Matches {
		switch {
		case !want:
			return refuse(n, reasonNoNot)
		case !e.Regex:
			return refuse(n, reasonRegex)
		}
		return one(f, term{op: opRegex, value: v})
	}
	s := shapeOf(n.Op, v.Str())
	if !want {
		return e.notLike(n, f, &s)
	}
	if said, ok := e.sayShape(f, &s); ok {
		return said
	}
	if e.Like {
		return one(f, text(opLike, s.pattern))
	}
	return e.weakerShape(n, f, &s)
}

func text(op operator, s string) term { return term{op: op, value: model.String(s)} }

// sayShape says s with eq, start, end and contains where that is exact.
func (e *encoder) sayShape(f *model.Field, s *shape) (said encoding, ok bool) {
	switch {
	case !s.wild:
		return e.sayText(f, s.head)
	case s.loose || len(s.mids) > 1 || !e.literal(s.head) || !e.literal(s.tail):
		return said, false
	case len(s.mids) == 1:
		if !e.Contains || s.head != "" || s.tail != "" || !e.literal(s.mids[0]) {
			return said, false
		}
		return one(f, text(opContains, s.mids[0])), true
	case s.head == "" && s.tail == "":
		return one(f, term{op: opNotNull}), true
	case s.tail == "":
		return one(f, text(opStart, s.head)), true
	case s.head == "":
		return one(f, text(opEnd, s.tail)), true
	}
	return both(f, text(opStart, s.head), text(opEnd, s.tail)), !mayOverlap(f.Collation, s.head, s.tail)
}

// sayText says LIKE without a wildcard. Equality is not it under [model.CI] alone,
// for = pads with spaces and LIKE does not; but a padded value ends in a space,
// so that {eq:"x",end:"x"} holds for the unpadded alone if x itself does not
// end in something that a space might equal.
func (e *encoder) sayText(f *model.Field, s string) (said encoding, ok bool) {
	if f.Collation != model.CI {
		return one(f, text(opEq, s)), true
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	if !e.literal(s) || !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return said, false
	}
	return both(f, text(opEq, s), text(opEnd, s)), true
}

// literal reports whether the server takes s in start, end and contains as it
// stands.
func (e *encoder) literal(s string) bool {
	return e.PatternEscapes || !strings.ContainsAny(s, wildcards)
}

// maxOverlap is the longest text, in bytes, of which [mayOverlap] is asked
// earnestly: it compares all its ends with all beginnings of the other.
const maxOverlap = 64

// mayOverlap reports whether a text shorter than head and tail together might
// begin with head and end with tail: "aba" does with "ab" and "ba", and yet is
// not like 'ab%ba'. Beside [model.Binary] it knows the weights of ASCII alone.
func mayOverlap(c model.Collation, head, tail string) bool {
	shorter := min(len(head), len(tail))
	if shorter > maxOverlap {
		return true
	}
	if c != model.Binary {
		if !ascii(head) || !ascii(tail) {
			return true
		}
		head, tail = strings.ToUpper(head), strings.ToUpper(tail)
	}
	for k := 1; k <= shorter; k++ {
		if head[len(head)-k:] == tail[:k] {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// weakerShape says of s what the profile allows. Each term is implied by s, so
// their conjunction is.
func (e *encoder) weakerShape(n *dsl.Match, f *model.Field, s *shape) encoding {
	said := refuse(n, e.matchReason(f, s))
	var terms []term
	if !s.wild {
		terms = append(terms, text(opEq, s.head))
	} else {
		if head := e.literalPrefix(s.head); head != "" {
			terms = append(terms, text(opStart, head))
		}
		if tail := e.literalSuffix(s.tail); tail != "" {
			terms = append(terms, text(opEnd, tail))
		}
		if mid := e.literalPart(s.mids); mid != "" && e.Contains {
			terms = append(terms, text(opContains, mid))
		}
	}
	if terms != nil {
		said.clauses = []clause{{field: f, alts: []object{terms}}}
	}
	return said
}

// matchReason says why s cannot be said exactly.
func (e *encoder) matchReason(f *model.Field, s *shape) string {
	switch {
	case !s.wild && !e.literal(s.head), s.wild && !s.loose && len(s.mids) == 0 && !(e.literal(s.head) && e.literal(s.tail)):
		return "the server may read `%`, `_` and `\\` as wildcards; profile switch `pattern_escapes` or `like`"
	case !s.wild:
		return "`like` takes trailing spaces as they are and the API's eq under collation " + f.Collation.String() + " ignores them; profile switch `like`"
	case len(s.mids) == 1 && !s.loose && s.head == "" && s.tail == "" && !e.Contains:
		return "`contains` is not a documented operator of the API; profile switch `contains` or `like`"
	}
	return "the API has prefixes and suffixes, but no patterns; profile switch `like`"
}

// literalPrefix, literalSuffix and literalPart return the longest piece of
// their argument that the server surely takes as it stands.
func (e *encoder) literalPrefix(s string) string {
	if i := strings.IndexAny(s, wildcards); i >= 0 && !e.PatternEscapes {
		return s[:i]
	}
	return s
}

func (e *encoder) literalSuffix(s string) string {
	if i := strings.LastIndexAny(s, wildcards); i >= 0 && !e.PatternEscapes {
		return s[i+1:]
	}
	return s
}

func (e *encoder) literalPart(mids []string) string {
	longest := ""
	for _, mid := range mids {
		parts := []string{mid}
		if !e.PatternEscapes {
			parts = strings.FieldsFunc(mid, func(r rune) bool { return strings.ContainsRune(wildcards, r) })
		}
		for _, part := range parts {
			if len(part) > len(longest) {
				longest = part
			}
		}
	}
	return longest
}

// notLike encodes the rows for which the test is false.
func (e *encoder) notLike(n *dsl.Match, f *model.Field, s *shape) encoding {
	switch {
	case s.wild && !s.loose && s.head == "" && s.tail == "" && len(s.mids) == 0:
		return constant(false) // like '%' is true or unknown
	case !s.wild && f.Collation != model.CI:
		return one(f, text(opNeq, s.head))
	case e.NotLike:
		return one(f, text(opNlike, s.pattern))
	}
	return refuse(n, reasonNoNot+"; profile switch `nlike`")
}
