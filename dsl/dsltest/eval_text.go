package dsltest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// characters splits a string; a byte that is not UTF-8 is a character.
func characters(s string) []string {
	var out []string
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func same(c model.Collation, a, b string) bool {
	return a == b || (c == model.CI && dsl.CompareStrings(c, a, b) == 0) || (c == model.Case && strings.EqualFold(a, b))
}

// folded returns the least character of each one's case variants.
func folded(s string) []rune {
	out := []rune(s)
	for i, r := range out {
		for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
			out[i] = min(out[i], v)
		}
	}
	return out
}

// stringOrder pads the shorter string with spaces under ci, character by
// character.
func stringOrder(c model.Collation, a, b string) (less, equal bool) {
	switch c {
	case model.Binary:
		return a < b, a == b
	case model.Case:
		order := slices.Compare(folded(a), folded(b))
		return order < 0, order == 0
	case model.CI:
	}
	as, bs := characters(a), characters(b)
	for len(as) < len(bs) {
		as = append(as, " ")
	}
	for len(bs) < len(as) {
		bs = append(bs, " ")
	}
	for i := range as {
		if order := dsl.CompareStrings(c, as[i], bs[i]); order != 0 {
			return order < 0, false
		}
	}
	return false, true
}

func match(c model.Collation, op dsl.MatchOp, s, pattern string) bool {
	text := characters(s)
	p := characters(pattern)
	switch op {
	case dsl.Like:
		return like(c, text, p)
	case dsl.StartsWith:
		return len(p) <= len(text) && equal(c, text[:len(p)], p)
	case dsl.EndsWith:
		return len(p) <= len(text) && equal(c, text[len(text)-len(p):], p)
	case dsl.Contains:
		for i := 0; i+len(p) <= len(text); i++ {
			if equal(c, text[i:i+len(p)], p) {
				return true
			}
		}
		return false
	case dsl.Matches:
	}
	if c == model.Binary {
		return regexp.MustCompile(pattern).MatchString(s)
	}
	return regexp.MustCompile("(?i:" + pattern + ")").MatchString(s)
}

func equal(c model.Collation, a, b []string) bool {
	for i := range a {
		if !same(c, a[i], b[i]) {
			return false
		}
	}
	return true
}

// like reads the pattern character by character, and keeps for every beginning of the text
// whether the pattern so far matches it.
func like(c model.Collation, s, p []string) bool {
	matched := make([]bool, len(s)+1)
	matched[0] = true
	for len(p) > 0 {
		next := make([]bool, len(s)+1)
		if p[0] == "%" {
			some := false
			for i := range matched {
				some = some || matched[i]
				next[i] = some
			}
		} else {
			one := p[0] == "_"
			if p[0] == `\` && len(p) > 1 {
				p = p[1:]
			}
			for i := range s {
				next[i+1] = matched[i] && (one || same(c, s[i], p[0]))
			}
		}
		matched, p = next, p[1:]
	}
	return matched[len(s)]
}
