package sink

import (
	"context"
	"io"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// tableLook is how many rows a [Table] looks at before it fixes the widths of
// its columns: enough to fill a screen, few enough to appear at once.
const tableLook = 100

// maxCell is the width of the widest cell: a longer one is cut with "…".
const maxCell = 48

// leastCell is what a column of text keeps where the terminal is too narrow.
const leastCell = 6

// Table writes aligned columns under a header, for people. Widths are fixed by
// the first rows, so that any number of rows streams through in little memory;
// a later, wider text is cut, while a number or a time pushes its line out of
// line rather than lose a digit. What is absent or null is the word null; a
// text that is empty or reads null itself stands in quotes.
type Table[T any] struct {
	w       io.Writer
	record  Record[T]
	columns []column
	look    look
	widths  []int    // nil until fixed
	held    [][]cell // rows that wait for the widths
	buf     strings.Builder
}

// cell is a column's value in one row.
type cell struct {
	text string
	null bool
}

// look is how a table is drawn.
type look struct {
	whole  string // the field whose texts are not cut; "" = none
	width  int    // of the terminal; 0 = no limit
	styled bool
}

// TableOption is an option of [NewTable].
type TableOption func(*look)

// FitWidth makes a table that is no wider than a terminal of that many cells:
// its widest texts are cut, and then its lines. 0, the default, is no limit.
func FitWidth(cells int) TableOption { return func(l *look) { l.width = cells } }

// Whole keeps the texts of one field, by which rows are told apart, from being cut to
// their column, as a number is: half a key finds no row.
func Whole(field string) TableOption { return func(l *look) { l.whole = field } }

// Styled makes the header bold and what is no value dim, by ANSI escapes.
func Styled() TableOption { return func(l *look) { l.styled = true } }

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
func NewTable[T any](w io.Writer, schema *model.Schema, fields []*model.Field, record Record[T], opts ...TableOption) *Table[T] {
	t := &Table[T]{w: w, record: record, columns: columns(schema, fields)}
	for _, o := range opts {
		o(&t.look)
	}
	for j := range t.columns {
		t.columns[j].whole = t.columns[j].name == t.look.whole
	}
	return t
}

// Write writes the rows; the first ones are held until the widths are known.
func (t *Table[T]) Write(_ context.Context, rows []T) error {
	for i := range rows {
		r := t.record(&rows[i])
		cells := make([]cell, len(t.columns))
		for j, c := range t.columns {
			cells[j] = c.cell(r)
		}
		if t.widths == nil {
			t.held = append(t.held, cells)
			if len(t.held) == tableLook {
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

// cell tells null from a text that looks like it.
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

// Close writes what is held: the header alone when no row came.
func (t *Table[T]) Close() error {
	if t.widths == nil {
		t.begin()
	}
	return t.flush()
}

// begin fixes the widths and lets the held rows go.
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

// shrink takes from the widest columns of text until the table fits.
func (t *Table[T]) shrink() {
	if t.look.width == 0 {
		return
	}
	over := len(gap)*(len(t.widths)-1) - t.look.width
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
			return // line cuts what is left
		}
		t.widths[widest]--
	}
}

// line writes one line, in a style or each cell in its own. What would not fit
// on the terminal is cut.
func (t *Table[T]) line(cells []cell, style string) {
	left, room := t.look.width, ""
	for j, c := range cells {
		text := c.text
		if t.columns[j].cuts() || style != "" {
			text = display.Cut(text, t.widths[j])
		}
		pad := strings.Repeat(" ", max(t.widths[j]-display.Width(text), 0))
		if t.columns[j].number {
			room, pad = room+pad, ""
		}
		if t.look.width > 0 {
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

// style writes a text in a style; "" is none.
func (t *Table[T]) style(text, style string, null bool) {
	if null {
		style = dim
	}
	if !t.look.styled || style == "" {
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
