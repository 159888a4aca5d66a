package sink

import (
	"context"
	"encoding/csv"
	"io"
	"strings"

	"github.com/muster-go/muster/model"
)

// CSV writes RFC 4180 records under a header of field names. Null is the empty
// field; values of several references are joined by "; ".
type CSV[T any] struct {
	w       *csv.Writer
	record  Record[T]
	columns []column
	cells   []string
	header  bool
	raw     bool
}

// CSVOption changes what a [CSV] writes.
type CSVOption func(*csvOptions)

type csvOptions struct{ raw bool }

// RawCells leaves text as it is. Without it, a text that a spreadsheet would run
// as a formula (it begins with = + - @, a tab or a carriage return) is written
// with an apostrophe before it.
func RawCells() CSVOption { return func(o *csvOptions) { o.raw = true } }

// NewCSV returns a writer of the fields to w.
func NewCSV[T any](w io.Writer, schema *model.Schema, fields []*model.Field, record Record[T], opts ...CSVOption) *CSV[T] {
	var o csvOptions
	for _, opt := range opts {
		opt(&o)
	}
	return &CSV[T]{w: csv.NewWriter(w), record: record, columns: columns(schema, fields), cells: make([]string, len(fields)), raw: o.raw}
}

// Write writes the rows, and the header before the first of them.
func (s *CSV[T]) Write(_ context.Context, rows []T) error {
	if err := s.writeHeader(); err != nil {
		return err
	}
	for i := range rows {
		r := s.record(&rows[i])
		for j, c := range s.columns {
			s.cells[j] = c.text(r, "", "; ")
			if !s.raw && isText(r, c) {
				s.cells[j] = defuse(s.cells[j])
			}
		}
		if err := s.w.Write(s.cells); err != nil {
			return err
		}
	}
	s.w.Flush()
	return s.w.Error()
}

// Close writes the header if no row came, so that the file has its columns.
func (s *CSV[T]) Close() error {
	if err := s.writeHeader(); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}

func (s *CSV[T]) writeHeader() error {
	if s.header {
		return nil
	}
	s.header = true
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return s.w.Write(names)
}

// isText reports whether the cell holds text rather than a number, a truth value
// or a time, which no spreadsheet runs.
func isText(r model.Record, c column) bool {
	if c.many {
		return r.Len(c.field) > 0 && r.At(c.field, 0).Type() != model.TypeInt
	}
	return r.Value(c.field).Type() == model.TypeString
}

// defuse keeps a spreadsheet from running a cell as a formula, as OWASP's page
// on CSV injection advises.
func defuse(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
