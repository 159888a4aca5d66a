package dsl

import (
	"strings"
	"unicode/utf8"
)

// position returns the line and the column, in code points, of a byte offset.
func position(source string, offset int) (line, column int) {
	p := newPositions(source)
	return p.at(max(offset, 0))
}

// positions turns offsets that do not decrease into lines and columns.
type positions struct {
	source       string
	offset       int
	line, column int
}

func newPositions(source string) positions { return positions{source: source, line: 1, column: 1} }

func (p *positions) at(offset int) (line, column int) {
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
