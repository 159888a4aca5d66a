package expression

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// match says a test of text: a prefix, suffix, substring or pattern.
func (f *tested) match(n *dsl.Match, negated bool) said {
	op, ok := map[dsl.MatchOp]Op{dsl.StartsWith: StartsWith, dsl.EndsWith: EndsWith, dsl.Contains: Contains}[n.Op]
	switch {
	case ok:
		return f.affix(op, n.Pattern.Value.Str(), negated)
	case n.Op == dsl.Like:
		return f.like(n.Pattern.Value.Str(), negated)
	}
	return no(f.r.lacks("no regular expressions"))
}

// affix says a prefix, suffix or substring, by its own test or by a pattern.
func (f *tested) affix(op Op, text string, negated bool) said {
	if text == "" {
		return no("the empty text is in every text")
	}
	value := &dsl.Literal{Value: model.String(text)}
	if s := f.holds(op, value, negated); s.term != nil || f.has(op) && !f.has(ILike) {
		return s
	}
	wild := part{any: true}
	parts := map[Op][]part{StartsWith: {{text: text}, wild}, EndsWith: {wild, {text: text}}, Contains: {wild, {text: text}, wild}}[op]
	if s := f.patterns(parts, text, negated); s.term != nil {
		return s
	}
	return no(f.lacks(op))
}

// part is a part of a pattern: a text, or a wildcard.
type part struct {
	text     string
	any, one bool
}

// partsOf takes a pattern of the language apart.
func partsOf(pattern string) (parts []part, text string) {
	var run, whole strings.Builder
	flush := func() {
		if run.Len() > 0 {
			parts = append(parts, part{text: run.String()})
			run.Reset()
		}
	}
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			run.WriteRune(r)
			whole.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%' || r == '_':
			flush()
			parts = append(parts, part{any: r == '%', one: r == '_'})
		default:
			run.WriteRune(r)
			whole.WriteRune(r)
		}
	}
	if escaped { // a backslash at the end means itself
		run.WriteByte('\\')
		whole.WriteByte('\\')
	}
	flush()
	return parts, whole.String()
}

// like says a pattern: by the language's patterns if it has them, otherwise by the texts
// that the pattern begins with, ends with and has inside.
func (f *tested) like(pattern string, negated bool) said {
	if !utf8.ValidString(pattern) {
		return no("the value is not UTF-8")
	}
	parts, text := partsOf(pattern)
	if s := f.patterns(parts, text, negated); s.term != nil {
		return s
	}
	if len(parts) == 1 && parts[0].text != "" {
		return f.whole(text, negated)
	}
	if negated {
		return no(f.r.lacks("no patterns"))
	}
	var tests []said
	for i, p := range parts {
		switch {
		case p.text == "":
		case i == 0:
			tests = append(tests, f.affix(StartsWith, p.text, false))
		case i == len(parts)-1:
			tests = append(tests, f.affix(EndsWith, p.text, false))
		default:
			tests = append(tests, f.affix(Contains, p.text, false))
		}
	}
	return all(tests...).weaker(f.r.lacks("no patterns"))
}

// patterns says a pattern by the first test of patterns that can.
func (f *tested) patterns(parts []part, text string, negated bool) (s said) {
	for _, op := range []Op{Like, ILike} {
		if o, ok := f.operator(op); ok && s.term == nil {
			s = f.pattern(op, o, parts, text, negated)
		}
	}
	return s
}

// widened takes a pattern's characters on which ways to ignore case differ for any
// character, if the server ignores case in a way of its own and the field in Unicode's: no
// row is lost.
func (f *tested) widened(op Op, parts []part) []part {
	if f.foldOf(op) != FoldCase || f.Collation != model.Case || f.r.Dialect.Text.Exact {
		return parts
	}
	var out []part
	for _, p := range parts {
		for rest := p.text; rest != ""; {
			n := strings.IndexFunc(rest, func(r rune) bool { return !isPlainRune(r) })
			if n != 0 {
				plain := rest
				if n > 0 {
					plain = rest[:n]
				}
				out, rest = append(out, part{text: plain}), rest[len(plain):]
				continue
			}
			_, size := utf8.DecodeRuneInString(rest)
			out, rest = append(out, part{one: true}), rest[size:]
		}
		if p.text == "" {
			out = append(out, p)
		}
	}
	return out
}

// whole says a pattern without wildcards, by equality. Under the collation ci equality
// ignores blanks at the end, and a pattern does not.
func (f *tested) whole(text string, negated bool) said {
	if f.Collation == model.CI && negated {
		return no("equality ignores blanks at the end of " + f.path)
	}
	s := f.holds(Equal, &dsl.Literal{Value: model.String(text)}, negated)
	if f.Collation == model.CI && s.term != nil {
		s = s.weaker("equality ignores blanks at the end of " + f.path)
	}
	return s
}

// pattern says a pattern in the language's own wildcards.
func (f *tested) pattern(op Op, o Operator, parts []part, text string, negated bool) said {
	var inner strings.Builder
	for _, p := range f.widened(op, parts) {
		switch {
		case p.any && o.Any != "":
			inner.WriteString(o.Any)
		case p.one && o.One != "":
			inner.WriteString(o.One)
		case p.any || p.one:
			return no(f.r.lacks("no such wildcard"))
		default:
			escaped, why := f.quoter(op).inside(p.text)
			if why != "" {
				return no(why)
			}
			inner.WriteString(escaped)
		}
	}
	l := literal{quoted: f.r.Quote.By + inner.String() + f.r.Quote.By, inner: inner.String(), native: inner.String()}
	return f.folded(op, l, []*dsl.Literal{{Value: model.String(text)}}, negated)
}
