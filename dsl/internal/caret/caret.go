package caret

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model/display"
)

// Bounds of what a report prints. Together they keep it below MaxBytes.
const (
	maxSummaryBytes = 1 << 10
	maxHintBytes    = 1 << 10
	maxLineCells    = 100 // terminal cells of the source line
	leadCells       = 60  // of them, at most so many before the caret
	maxLineBytes    = 800 // a line of combining characters has no cells
)

// MaxBytes bounds every printed error and warning, also for a long filter with long
// words: it has to fit a log line and a terminal.
const MaxBytes = 4 << 10

// Report is the common form of syntax errors, type errors and warnings:
//
//	syntax error at line 1, column 8: expected a value after '=', got end of filter
//	  name =
//	        ^
//	  hint: …
type Report struct {
	Kind         string
	Source       string
	At           ast.Span
	Line, Column int
	Summary      string
	Hint         string
}

// String returns the report: several lines, valid UTF-8 without control characters other
// than the line feed, and at most MaxBytes.
func (r Report) String() string {
	var b strings.Builder
	b.WriteString(r.Kind)
	if r.Source != "" || r.Line != 0 {
		b.WriteString(" at line ")
		b.WriteString(strconv.Itoa(r.Line))
		b.WriteString(", column ")
		b.WriteString(strconv.Itoa(r.Column))
	}
	b.WriteString(": ")
	b.WriteString(display.Clean(display.CutBytes(r.Summary, maxSummaryBytes)))
	if r.Source != "" {
		text, pad, carets := snippet(r.Source, r.At)
		b.WriteString("\n  ")
		b.WriteString(text)
		b.WriteString("\n  ")
		b.WriteString(strings.Repeat(" ", pad))
		b.WriteString(strings.Repeat("^", carets))
	}
	if r.Hint != "" {
		b.WriteString("\n  hint: ")
		b.WriteString(display.Clean(display.CutBytes(r.Hint, maxHintBytes)))
	}
	return b.String()
}

// snippet returns the part of the line around the range that is worth showing, and the
// terminal cells before and under the range.
func snippet(source string, at ast.Span) (text string, pad, carets int) {
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
		s, w := display.Rune(r, size)
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

// backUp returns where to start showing a line: at most leadCells cells and half of
// maxLineBytes before start.
func backUp(source string, from, start int) int {
	left, cells, bytes := start, 0, 0
	for left > from {
		r, size := utf8.DecodeLastRuneInString(source[from:left])
		s, w := display.Rune(r, size)
		if cells+w > leadCells || bytes+len(s) > maxLineBytes/2 {
			break
		}
		left -= size
		cells += w
		bytes += len(s)
	}
	return left
}

// Summary joins the parts of an error to one sentence.
func Summary(msg string, want []string, after, got string) string {
	if msg != "" {
		return msg
	}
	var b strings.Builder
	b.WriteString("expected ")
	for i, w := range want {
		switch {
		case i > 0 && i == len(want)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(w)
	}
	if len(want) == 0 {
		b.WriteString("something else")
	}
	if after != "" {
		b.WriteString(" after ")
		b.WriteString(after)
	}
	if got != "" {
		b.WriteString(", got ")
		b.WriteString(got)
	}
	return b.String()
}
