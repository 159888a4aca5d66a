package sink

import (
	"context"
	"io"
)

// NDJSON writes one JSON object a line. Each Write ends in one write to the
// stream, so that a reader sees whole batches.
type NDJSON[T any] struct {
	w      io.Writer
	encode Encode[T]
	buf    []byte
}

// NewNDJSON returns a writer of newline-delimited JSON to w.
func NewNDJSON[T any](w io.Writer, encode Encode[T]) *NDJSON[T] {
	return &NDJSON[T]{w: w, encode: encode}
}

// Write writes the rows, or none of them when one cannot be encoded.
func (s *NDJSON[T]) Write(_ context.Context, rows []T) error {
	buf := s.buf[:0]
	for i := range rows {
		var err error
		if buf, err = s.encode(buf, &rows[i]); err != nil {
			return err
		}
		buf = append(buf, '\n')
	}
	s.buf = buf
	_, err := s.w.Write(buf)
	return err
}

// Close does nothing: every line is complete when Write returns.
func (s *NDJSON[T]) Close() error { return nil }
