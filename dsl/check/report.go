package check

import (
	"slices"
	"sort"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/caret"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model/display"
)

// located returns the errors. A built filter has no text to point into, so located prints the
// filter and checks the text.
func (c *checker) located(f *syntax.Filter, o options) error {
	if f.Source != "" || f.Root == nil {
		return c.errs
	}
	again, err := syntax.Parse(syntax.Format(f.Root))
	if err != nil {
		return c.errs
	}
	d := newChecker(again.Source, c.schema, o)
	d.run(again.Root)
	if len(d.errs) != len(c.errs) {
		return c.errs
	}
	for i, e := range c.errs {
		if at := d.errs[i]; at.Msg != e.Msg { // a Go value that no text can express
			at.Msg, at.Want, at.Got, at.Hint, at.call = e.Msg, e.Want, e.Got, e.Hint, e.call
		}
	}
	return d.errs
}

func (c *checker) fail(at ast.Span, msg, hint string) {
	c.errs = append(c.errs, &Error{Source: c.source, Range: at, Msg: msg, Hint: hint})
}

func (c *checker) warn(at ast.Span, msg, hint string) {
	c.warnings = append(c.warnings, Warning{Source: c.source, Range: at, Msg: msg, Hint: hint})
}

// finish sorts the errors and warnings and sets their lines and columns, in one pass over the
// text however many there are.
func (c *checker) finish() {
	sort.SliceStable(c.errs, func(i, j int) bool { return c.errs[i].Range.Start < c.errs[j].Range.Start })
	c.errs = slices.CompactFunc(c.errs, same)
	p := caret.NewPositions(c.source)
	for _, e := range c.errs {
		e.Line, e.Column = p.At(e.Range.Start)
	}
	locateWarnings(c.source, c.warnings)
}

// same reports whether two errors say the same of one place. The tree of a filter of another
// language may have a field twice that its text has once.
func same(a, b *Error) bool {
	return a.Range != ast.Span{} && a.Range == b.Range && a.Summary() == b.Summary() && a.Hint == b.Hint
}

// locateWarnings sorts warnings and sets what they need to print themselves.
func locateWarnings(source string, warnings []Warning) {
	sort.SliceStable(warnings, func(i, j int) bool { return warnings[i].Range.Start < warnings[j].Range.Start })
	p := caret.NewPositions(source)
	for i := range warnings {
		w := &warnings[i]
		w.Source = source
		w.Line, w.Column = p.At(w.Range.Start)
	}
}

// cut shortens what a message repeats of a filter.
func cut(text string) string {
	const longest = 60
	return display.CutBytes(text, longest)
}
