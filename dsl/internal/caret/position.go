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

// Positions turns offsets that do not decrease into lines and columns.
type Positions struct {
	source       string
	offset       int
	line, column int
}

func NewPositions(source string) Positions { return Positions{source: source, line: 1, column: 1} }

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
