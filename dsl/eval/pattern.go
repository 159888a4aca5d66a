package eval

import (
	"slices"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// equalStringTest returns the test for `field = s`.
func equalStringTest(c model.Collation, s string) func(model.Value) bool {
	if c == model.Binary {
		return func(v model.Value) bool { return v.Str() == s }
	}
	k := collate.NewKey(c, s)
	return func(v model.Value) bool {
		s := v.Str()
		if k.RulesOut(s) {
			return false
		}
		return k.Equal(s)
	}
}

// pattern is a compiled like, starts with, ends with or contains. Under ci and case it
// compares characters weight by weight, without padding, as MySQL's LIKE does. The other three tests
// are a LIKE of the escaped text with percent signs around it.
//
// Its runs, the percent signs, cut it into a prefix, segments and a suffix. Each segment is
// taken at its first place: that leaves the most to the rest.
type pattern struct {
	collation      model.Collation
	exact          bool // without a run, so that the prefix is all of it
	prefix, suffix []uint32
	segments       []segment
}

// The wildcards among a pattern's codes. No code of a character is as large.
const (
	anyOne uint32 = 1<<30 + iota
	anyRun
)

func newPattern(c model.Collation, op ast.MatchOp, text string) *pattern {
	p := &pattern{collation: c}
	codes := make([]uint32, 0, len(text)+2)
	if op == ast.EndsWith || op == ast.Contains {
		codes = append(codes, anyRun)
	}
	for text != "" {
		if op == ast.Like {
			switch text[0] {
			case '%':
				codes = append(codes, anyRun)
				text = text[1:]
				continue
			case '_':
				codes = append(codes, anyOne)
				text = text[1:]
				continue
			case '\\':
				// The character after a backslash stands for itself. So does a
				// backslash at the end.
				if len(text) > 1 {
					text = text[1:]
				}
			}
		}
		code, n := nextCode(text, c)
		codes = append(codes, code)
		text = text[n:]
	}
	if op == ast.StartsWith || op == ast.Contains {
		codes = append(codes, anyRun)
	}
	p.cut(codes)
	return p
}

// cut cuts a pattern at its runs.
func (p *pattern) cut(codes []uint32) {
	run := slices.Index(codes, anyRun)
	if run < 0 {
		p.exact, p.prefix = true, codes
		return
	}
	p.prefix, codes = codes[:run], codes[run+1:]
	for run = slices.Index(codes, anyRun); run >= 0; run = slices.Index(codes, anyRun) {
		if run > 0 {
			p.segments = append(p.segments, newSegment(codes[:run], p.collation))
		}
		codes = codes[run+1:]
	}
	p.suffix = codes
}

// nextCode returns the code of the first character of s, which must not be empty,
// and its length in bytes.
func nextCode(s string, c model.Collation) (code uint32, size int) {
	if c == model.Binary {
		return binaryCode(s)
	}
	w, n := collate.NextWeight(c, s)
	return uint32(w), n //nolint:gosec // a weight is not negative
}

// match reports whether all of s fits the pattern.
func (p *pattern) match(s string) bool {
	ok, _ := p.steps(s)
	return ok
}

// steps is match, with the number of steps that the segments took.
func (p *pattern) steps(s string) (ok bool, steps int) {
	for _, want := range p.prefix {
		if s == "" {
			return false, steps
		}
		code, n := nextCode(s, p.collation)
		if code != want && want != anyOne {
			return false, steps
		}
		s = s[n:]
	}
	if p.exact {
		return s == "", steps
	}
	for _, want := range slices.Backward(p.suffix) {
		if s == "" {
			return false, steps
		}
		_, n := utf8.DecodeLastRuneInString(s)
		if code, _ := nextCode(s[len(s)-n:], p.collation); code != want && want != anyOne {
			return false, steps
		}
		s = s[:len(s)-n]
	}
	for i := range p.segments {
		rest, n, found := p.segments[i].find(s, p.collation)
		if steps += n; !found {
			return false, steps
		}
		s = rest
	}
	return true, steps
}

// binaryCode returns the code of a character under the binary collation, and its
// length in bytes. A byte that is not UTF-8 stands for itself.
func binaryCode(s string) (code uint32, size int) {
	if c := s[0]; c < utf8.RuneSelf {
		return uint32(c), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return invalidByte | uint32(s[0]), 1
	}
	return uint32(r), size //nolint:gosec // a rune that was decoded is not negative
}

// invalidByte marks a code of [binaryCode] for a byte that is not UTF-8.
const invalidByte = 1 << 31
