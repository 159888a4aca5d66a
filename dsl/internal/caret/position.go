package caret

import (
	"strings"
	"unicode/utf8"
)

// Position returns the line and the column, in code points, of a byte offset.
func Position(source string, offset int) (line, column int) {
	p := NewPositions(source)
	return p.At(max(offset, 0))
}

// Positions converts offsets in ascending order to lines and columns. It reads the source
// once, however many there are.
type Positions struct {
	source       string
	offset       int
	line, column int
}

// NewPositions returns the positions in source.
func NewPositions(source string) Positions { return Positions{source: source, line: 1, column: 1} }

// At returns the line and the column, in code points, of an offset. An offset before the
// last one counts as the last one, an offset beyond the source as its end.
func (p *Positions) At(offset int) (line, column int) {
	offset = min(offset, len(p.source))
	if offset > p.offset {
		part := p.source[p.offset:offset]
		if nl := strings.LastIndexByte(part, '\n'); nl >= 0 {
			p.line += strings.Count(part, "\n")
			p.column = 1
			part = part[nl+1:]
		}
		p.column += utf8.RuneCountInString(part)
		p.offset = offset
	}
	return p.line, p.column
}
