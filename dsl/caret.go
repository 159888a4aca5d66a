package dsl

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/model/textwidth"
)

// Bounds of what a report prints. Together they keep it below maxErrorBytes.
const (
	maxSummaryBytes = 1 << 10
	maxHintBytes    = 1 << 10
	maxLineCells    = 100 // terminal cells of the source line
	leadCells       = 60  // of which at most so many before the caret
	maxLineBytes    = 800 // a line of combining characters has no cells
	tabCells        = 4   // every tab prints as so many spaces
)

// report is what a SyntaxError, a TypeError and a Warning print alike:
//
//	syntax error at line 1, column 8: expected a value after '=', got end of filter
//	  name =
//	        ^
//	  hint: …
type report struct {
	kind         string
	source       string
	at           Span
	line, column int
	summary      string
	hint         string
}

func (r report) String() string {
	var b strings.Builder
	b.WriteString(r.kind)
	if r.source != "" || r.line != 0 {
		b.WriteString(" at line ")
		b.WriteString(strconv.Itoa(r.line))
		b.WriteString(", column ")
		b.WriteString(strconv.Itoa(r.column))
	}
	b.WriteString(": ")
	b.WriteString(clean(cut(r.summary, maxSummaryBytes)))
	if r.source != "" {
		text, pad, carets := snippet(r.source, r.at)
		b.WriteString("\n  ")
		b.WriteString(text)
		b.WriteString("\n  ")
		b.WriteString(strings.Repeat(" ", pad))
		b.WriteString(strings.Repeat("^", carets))
	}
	if r.hint != "" {
		b.WriteString("\n  hint: ")
		b.WriteString(clean(cut(r.hint, maxHintBytes)))
	}
	return b.String()
}

// snippet returns the part of the line at which at starts that is worth
// showing, cut around the range, and the terminal cells before and under it.
func snippet(source string, at Span) (text string, pad, carets int) {
	start := min(max(at.Start, 0), len(source))
	end := min(max(at.End, start), len(source))
	from := strings.LastIndexByte(source[:start], '\n') + 1
	to := len(source)
	if i := strings.IndexByte(source[start:], '\n'); i >= 0 {
		to = start + i
	}
	if to > from && source[to-1] == '\r' && start < to {
		to--
	}
	left := backUp(source, from, start)
	var b strings.Builder
	if left > from {
		b.WriteString("…")
		pad = 1
	}
	cells := pad
	for i := left; i < to; {
		r, size := utf8.DecodeRuneInString(source[i:])
		s, w := visible(r, size)
		if cells+w > maxLineCells || b.Len()+len(s) > maxLineBytes {
			b.WriteString("…")
			break
		}
		b.WriteString(s)
		cells += w
		switch {
		case i < start:
			pad += w
		case i < end:
			carets += w
		}
		i += size
	}
	return strings.TrimRight(b.String(), " "), pad, max(carets, 1)
}

// backUp returns where to start showing a line so that start is at most
// leadCells cells and half of maxLineBytes further on.
func backUp(source string, from, start int) int {
	left, cells, bytes := start, 0, 0
	for left > from {
		r, size := utf8.DecodeLastRuneInString(source[from:left])
		s, w := visible(r, size)
		if cells+w > leadCells || bytes+len(s) > maxLineBytes/2 {
			break
		}
		left -= size
		cells += w
		bytes += len(s)
	}
	return left
}

// visible returns how a character of the source is shown and how many cells
// that takes. What a terminal would obey instead of showing is replaced: a
// filter may come from anywhere, and an error is often printed to a terminal.
func visible(r rune, size int) (string, int) {
	switch {
	case r == utf8.RuneError && size <= 1:
		return "�", 1
	case r == '\t':
		return "    ", tabCells
	case r < ' ':
		return string('␀' + r), 1
	case r == 0x7f:
		return "␡", 1
	case r == 0x200b || r == 0x2060 || r == 0xfeff: // takes no cell, and is what is wrong
		return "�", 1
	case unicode.IsControl(r) || isBidiControl(r) || r == '\u2028' || r == '\u2029':
		return "�", 1
	}
	return string(r), textwidth.Rune(r)
}

// isBidiControl reports whether r reorders the text around it, which would put
// the caret under other characters than those meant.
func isBidiControl(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' ||
		(r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// clean returns s as one line that is safe on a terminal.
func clean(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		v, _ := visible(r, size)
		b.WriteString(v)
		i += size
	}
	return b.String()
}

// cut returns at most n bytes of s, ending in "…" where something was left out.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
