package console

import (
	"strings"

	"github.com/muster-go/muster/model/display"
)

// Clean returns lines that a terminal shows and does not obey: each is cleaned by
// [display.Clean], and line breaks stay. Clean text is returned as it is.
func Clean(text string) string {
	if !strings.Contains(text, "\n") {
		return display.Clean(text)
	}
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(display.Clean(line))
		b.WriteByte('\n')
	}
	return b.String()[:b.Len()-1]
}

// Line returns text as one clean line. A line break becomes a space, so that text
// from outside cannot forge a line.
func Line(text string) string { return display.Clean(strings.ReplaceAll(text, "\n", " ")) }

// Wrap breaks text between words at a width in cells, and indents the lines after
// the first. It breaks nothing if fewer than 20 cells are left for a line.
func Wrap(text string, width, indent int) string {
	if width -= indent; width < 20 {
		return text
	}
	var b strings.Builder
	line := 0
	for i, word := range strings.Fields(text) {
		cells := display.Width(word)
		switch {
		case i == 0:
		case line+1+cells > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			line = 0
		default:
			b.WriteByte(' ')
			line++
		}
		b.WriteString(word)
		line += cells
	}
	return b.String()
}
