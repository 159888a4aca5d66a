package eval

import (
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
	k := collate.NewKey(s)
	return func(v model.Value) bool {
		s := v.Str()
		if k.RulesOut(s) {
			return false
		}
		return k.Equal(s)
	}
}

// pattern is a compiled like, starts with, ends with or contains: a sequence of
// character codes and wildcards. Under ci it compares characters weight by weight,
// without padding, as MySQL's LIKE does. The other three tests are a LIKE of the
// escaped text with percent signs around it.
type pattern struct {
	ci     bool
	tokens []uint32
}

// The wildcards among a pattern's codes. No code of a character is as large.
const (
	anyOne uint32 = 1<<30 + iota
	anyRun
)

func newPattern(c model.Collation, op ast.MatchOp, text string) *pattern {
	p := &pattern{ci: c == model.CI, tokens: make([]uint32, 0, len(text)+2)}
	if op == ast.EndsWith || op == ast.Contains {
		p.wild(anyRun)
	}
	for text != "" {
		if op == ast.Like {
			switch text[0] {
			case '%':
				p.wild(anyRun)
				text = text[1:]
				continue
			case '_':
				p.wild(anyOne)
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
		code, n := p.next(text)
		p.tokens = append(p.tokens, code)
		text = text[n:]
	}
	if op == ast.StartsWith || op == ast.Contains {
		p.wild(anyRun)
	}
	return p
}

// wild appends a wildcard. It merges one run with the run before it.
func (p *pattern) wild(w uint32) {
	if n := len(p.tokens); w == anyRun && n > 0 && p.tokens[n-1] == anyRun {
		return
	}
	p.tokens = append(p.tokens, w)
}

// next returns the code of the first character of s, which must not be empty,
// and its length in bytes.
func (p *pattern) next(s string) (code uint32, size int) {
	if p.ci {
		w, n := collate.NextWeight(s)
		return uint32(w), n
	}
	return binaryCode(s)
}

// match reports whether all of s fits the pattern. It is the greedy wildcard algorithm: on a
// mismatch it backtracks to the last run and extends it by one character. An earlier run, as
// short as possible, leaves the most to the rest and never has to change. So the time is at
// most the product of the two lengths.
func (p *pattern) match(s string) bool {
	at, run := 0, -1
	var retry string // the rest of s after what the last run has taken so far
	for s != "" {
		if at < len(p.tokens) && p.tokens[at] == anyRun {
			if at++; at == len(p.tokens) {
				return true
			}
			run, retry = at, s
			continue
		}
		code, n := p.next(s)
		if at < len(p.tokens) && (p.tokens[at] == code || p.tokens[at] == anyOne) {
			at++
			s = s[n:]
			continue
		}
		if run < 0 {
			return false
		}
		_, n = p.next(retry)
		retry = retry[n:]
		at, s = run, retry
	}
	return at == len(p.tokens) || (at == len(p.tokens)-1 && p.tokens[at] == anyRun)
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
