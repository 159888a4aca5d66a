package sink

import (
	"context"
	"io"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// sampleRows is how many rows a [Table] holds before it fixes the widths of its columns:
// enough to fill a screen, few enough to appear at once.
const sampleRows = 100

// maxCell is the width of the widest cell, in terminal cells; longer texts are cut.
const maxCell = 48

// leastCell is the width that a column of text keeps on a narrow terminal.
const leastCell = 6

// Table writes aligned columns under a header, for people. The first 100 rows fix the
// widths, so that any number of rows streams through in little memory. A later, wider text
// is cut; a number or a time is not cut, and makes its line longer. A value that is absent
// or null is the word null; a text that is empty or reads null is in quotes. Control
// characters are shown, not sent to the terminal. A Table is for one goroutine.
type Table[T any] struct {
	w       io.Writer
	record  Record[T]
	columns []column
	options TableOptions
	widths  []int    // nil until fixed
	held    [][]cell // rows that wait for the widths
	buf     strings.Builder
}

// cell is a column's value in a row.
type cell struct {
	text string
	null bool
}

// TableOptions say how a [Table] looks. The zero value cuts no line and has no styles.
type TableOptions struct {
	// Width is the width of the terminal, in cells: the widest texts are cut until lines
	// fit, and then the lines. 0 = no limit.
	Width int
	// Whole names a field whose texts are never cut to their column, such as a key: half
	// a key finds no row. "" = none.
	Whole string
	// Styled makes the header bold and nulls dim, by ANSI escapes.
	Styled bool
}

// The escapes of a styled table.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	plain = "\x1b[0m"
)

const (
	null = "null"
	gap  = "  " // between columns
)

// NewTable returns a writer of the fields to w.
func NewTable[T any](w io.Writer, schema *model.Schema, fields []*model.Field, record Record[T], o TableOptions) *Table[T] {
	t := &Table[T]{w: w, record: record, columns: columns(schema, fields), options: o}
	for j := range t.columns {
		t.columns[j].whole = t.columns[j].name == o.Whole
	}
	return t
}

// Write writes the rows. It holds the first ones until it knows the widths.
func (t *Table[T]) Write(_ context.Context, rows []T) error {
	for i := range rows {
		r := t.record(&rows[i])
		cells := make([]cell, len(t.columns))
		for j, c := range t.columns {
			cells[j] = c.cell(r)
		}
		if t.widths == nil {
			t.held = append(t.held, cells)
			if len(t.held) == sampleRows {
				t.begin()
			}
			continue
		}
		t.line(cells, "")
	}
	return t.flush()
}

// cuts reports whether a text of the column may be cut.
func (c column) cuts() bool { return c.words && !c.whole }

// cell returns the column's value in a row. A text that could be taken for null is quoted.
func (c column) cell(r model.Record) cell {
	if c.absent(r) {
		return cell{null, true}
	}
	text := display.Clean(c.text(r, null, ", "))
	if c.words && !c.many && (text == "" || text == null) {
		text = `"` + text + `"`
	}
	return cell{text, false}
}

// Close writes the rows that are held, or the header alone if no row came.
func (t *Table[T]) Close() error {
	if t.widths == nil {
		t.begin()
	}
	return t.flush()
}

// begin fixes the widths and writes the held rows.
func (t *Table[T]) begin() {
	names := make([]cell, len(t.columns))
	rule := make([]cell, len(t.columns))
	t.widths = make([]int, len(t.columns))
	for j, c := range t.columns {
		names[j] = cell{display.Clean(c.name), false}
		t.widths[j] = display.Width(names[j].text)
	}
	for _, cells := range t.held {
		for j, c := range cells {
			t.widths[j] = min(max(t.widths[j], display.Width(c.text)), maxCell)
		}
	}
	t.shrink()
	for j, w := range t.widths {
		rule[j] = cell{strings.Repeat("─", w), false}
	}
	t.line(names, bold)
	t.line(rule, dim)
	for _, cells := range t.held {
		t.line(cells, "")
	}
	t.held = nil
}

// shrink narrows the widest columns of text until the table fits.
func (t *Table[T]) shrink() {
	if t.options.Width == 0 {
		return
	}
	over := len(gap)*(len(t.widths)-1) - t.options.Width
	for _, w := range t.widths {
		over += w
	}
	for ; over > 0; over-- {
		widest := -1
		for j, w := range t.widths {
			if t.columns[j].cuts() && w > leastCell && (widest < 0 || w > t.widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			return // the lines will be cut
		}
		t.widths[widest]--
	}
}

// line writes one line, in a style, or each cell in its own if style is "". It cuts the line
// to the width of the terminal.
func (t *Table[T]) line(cells []cell, style string) {
	left, room := t.options.Width, ""
	for j, c := range cells {
		text := c.text
		if t.columns[j].cuts() || style != "" {
			text = display.Cut(text, t.widths[j])
		}
		pad := strings.Repeat(" ", max(t.widths[j]-display.Width(text), 0))
		if t.columns[j].number {
			room, pad = room+pad, ""
		}
		if t.options.Width > 0 {
			if left <= len(room) {
				break
			}
			text = display.Cut(text, left-len(room))
			left -= len(room) + display.Width(text)
		}
		t.buf.WriteString(room)
		t.style(text, style, c.null)
		room = pad + gap
	}
	t.buf.WriteByte('\n')
}

// style writes a text in a style; "" = none.
func (t *Table[T]) style(text, style string, null bool) {
	if null {
		style = dim
	}
	if !t.options.Styled || style == "" {
		t.buf.WriteString(text)
		return
	}
	t.buf.WriteString(style)
	t.buf.WriteString(text)
	t.buf.WriteString(plain)
}

func (t *Table[T]) flush() error {
	_, err := io.WriteString(t.w, t.buf.String())
	t.buf.Reset()
	return err
}
