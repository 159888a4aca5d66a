package sink

import (
	"context"
	"io"
)

// JSON writes one JSON array, a row a line.
type JSON[T any] struct {
	w      io.Writer
	encode Encode[T]
	buf    []byte
	rows   bool // whether a row was written
	err    error
}

// NewJSON returns a writer of a JSON array to w. The array is valid JSON only
// once Close has returned nil.
func NewJSON[T any](w io.Writer, encode Encode[T]) *JSON[T] {
	return &JSON[T]{w: w, encode: encode}
}

// Write writes the rows, or none of them when one cannot be encoded.
func (s *JSON[T]) Write(_ context.Context, rows []T) error {
	if s.err != nil {
		return s.err
	}
	buf := s.buf[:0]
	first := !s.rows
	for i := range rows {
		if first && i == 0 {
			buf = append(buf, '[', '\n')
		} else {
			buf = append(buf, ',', '\n')
		}
		if buf, s.err = s.encode(buf, &rows[i]); s.err != nil {
			return s.err
		}
	}
	s.buf = buf
	s.rows = s.rows || len(rows) > 0
	_, s.err = s.w.Write(buf)
	return s.err
}

// Close ends the array; "[]" when there was no row.
func (s *JSON[T]) Close() error {
	if s.err != nil {
		return nil //nolint:nilerr // Write has returned it
	}
	end := "[]\n"
	if s.rows {
		end = "\n]\n"
	}
	_, err := io.WriteString(s.w, end)
	return err
}
