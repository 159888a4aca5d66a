package sink

import (
	"context"
	"io"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/textwidth"
)

// tableLook is how many rows a [Table] looks at before it fixes the widths of
// its columns: enough to fill a screen, few enough to appear at once.
const tableLook = 100

// maxCell is the width of the widest cell: a longer one is cut with "…".
const maxCell = 48

// Table writes aligned columns under a header, for people. Widths are fixed by
// the first rows, so that any number of rows streams through in little memory;
// a later, wider text is cut, while a number or a time pushes its line out of
// line rather than lose a digit.
type Table[T any] struct {
	w       io.Writer
	record  Record[T]
	columns []column
	widths  []int      // nil until fixed
	held    [][]string // rows that wait for the widths
	buf     strings.Builder
}

// NewTable returns a writer of the fields to w.
func NewTable[T any](w io.Writer, schema *model.Schema, fields []*model.Field, record Record[T]) *Table[T] {
	return &Table[T]{w: w, record: record, columns: columns(schema, fields)}
}

// Write writes the rows; the first ones are held until the widths are known.
func (t *Table[T]) Write(_ context.Context, rows []T) error {
	for i := range rows {
		r := t.record(&rows[i])
		cells := make([]string, len(t.columns))
		for j, c := range t.columns {
			cells[j] = printable(c.text(r, "null", ", "))
		}
		if t.widths == nil {
			t.held = append(t.held, cells)
			if len(t.held) == tableLook {
				t.begin()
			}
			continue
		}
		t.line(cells)
	}
	return t.flush()
}

// Close writes what is held: the header alone when no row came.
func (t *Table[T]) Close() error {
	if t.widths == nil {
		t.begin()
	}
	return t.flush()
}

// begin fixes the widths and lets the held rows go.
func (t *Table[T]) begin() {
	names := make([]string, len(t.columns))
	t.widths = make([]int, len(t.columns))
	for j, c := range t.columns {
		names[j] = c.name
		t.widths[j] = textwidth.String(c.name)
	}
	for _, cells := range t.held {
		for j, cell := range cells {
			t.widths[j] = min(max(t.widths[j], textwidth.String(cell)), maxCell)
		}
	}
	t.line(names)
	rule := make([]string, len(t.columns))
	for j, w := range t.widths {
		rule[j] = strings.Repeat("─", w)
	}
	t.line(rule)
	for _, cells := range t.held {
		t.line(cells)
	}
	t.held = nil
}

func (t *Table[T]) line(cells []string) {
	for j, cell := range cells {
		if t.columns[j].words {
			cell = fit(cell, t.widths[j])
		}
		t.buf.WriteString(cell)
		if j < len(cells)-1 {
			t.buf.WriteString(strings.Repeat(" ", max(t.widths[j]-textwidth.String(cell), 0)+2))
		}
	}
	t.buf.WriteByte('\n')
}

func (t *Table[T]) flush() error {
	_, err := io.WriteString(t.w, t.buf.String())
	t.buf.Reset()
	return err
}

// fit cuts a cell to a width, marking the cut.
func fit(cell string, width int) string {
	if textwidth.String(cell) <= width {
		return cell
	}
	w := 0
	for i, r := range cell {
		if w += textwidth.Rune(r); w > width-1 {
			return cell[:i] + "…"
		}
	}
	return cell
}

// printable replaces what would move a terminal's cursor: names come from
// strangers.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return '�'
		}
		return r
	}, s)
}
