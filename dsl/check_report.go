package dsl

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// located returns the errors. Those of a filter that was built have no text to
// point into, so it is printed and checked again as text.
func (c *checker) located(f *Filter, o checkOptions) error {
	if f.Source != "" || f.Root == nil {
		return c.errs
	}
	again, err := Parse(Format(f.Root))
	if err != nil {
		return c.errs
	}
	d := newChecker(again.Source, c.schema, o)
	d.run(again.Root)
	if len(d.errs) != len(c.errs) {
		return c.errs
	}
	for i, e := range c.errs {
		if at := d.errs[i]; at.Msg != e.Msg { // a Go value that no text can say
			at.Msg, at.Want, at.Got, at.Hint = e.Msg, e.Want, e.Got, e.Hint
		}
	}
	return d.errs
}

func (c *checker) fail(at Span, msg, hint string) {
	c.errs = append(c.errs, &TypeError{Source: c.source, Range: at, Msg: msg, Hint: hint})
}

func (c *checker) warn(at Span, msg, hint string) {
	c.warnings = append(c.warnings, Warning{Source: c.source, Range: at, Msg: msg, Hint: hint})
}

// finish sorts what was found and fills in the lines and columns, in one pass
// over the text however many there are.
func (c *checker) finish() {
	sort.SliceStable(c.errs, func(i, j int) bool { return c.errs[i].Range.Start < c.errs[j].Range.Start })
	sort.SliceStable(c.warnings, func(i, j int) bool { return c.warnings[i].Range.Start < c.warnings[j].Range.Start })
	p := positions{source: c.source, line: 1, column: 1}
	for _, e := range c.errs {
		e.Line, e.Column = p.at(e.Range.Start)
	}
	p = positions{source: c.source, line: 1, column: 1}
	for i := range c.warnings {
		w := &c.warnings[i]
		w.Line, w.Column = p.at(w.Range.Start)
	}
}

// positions turns offsets that do not decrease into lines and columns.
type positions struct {
	source       string
	offset       int
	line, column int
}

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
