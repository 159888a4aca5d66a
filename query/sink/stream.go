package sink

import (
	"context"
	"io"

	"github.com/muster-go/muster/query"
)

// Stream writes a format to a stream, such as standard output. Each Write ends in
// one write to the stream, so that a reader sees whole batches. It is a
// [Writer], and a sink without memory: it never has a checkpoint.
type Stream[T any] struct {
	w      io.Writer
	format Format[T]
	buf    []byte
	begun  bool
	rows   bool // whether a row was written
	ended  bool
	err    error
}

// NewStream returns a writer of the format to w, which it never closes.
func NewStream[T any](w io.Writer, format Format[T]) *Stream[T] {
	return &Stream[T]{w: w, format: format}
}

// Write writes the rows, or none of them when one cannot be encoded.
func (s *Stream[T]) Write(_ context.Context, rows []T) error {
	if s.err != nil {
		return s.err
	}
	buf := s.begin()
	for i := range rows {
		if buf, s.err = s.format.Append(buf, &rows[i], !s.rows && i == 0); s.err != nil {
			return s.err
		}
	}
	s.buf, s.begun, s.rows = buf, true, s.rows || len(rows) > 0
	s.err = writeAll(s.w, buf)
	return s.err
}

// Close ends what was begun: a CSV without rows still has its header.
func (s *Stream[T]) Close() error {
	if s.err != nil || s.ended {
		return nil //nolint:nilerr // Write has returned it
	}
	s.ended = true
	return writeAll(s.w, s.format.End(s.begin(), !s.rows))
}

func (s *Stream[T]) begin() []byte {
	if s.begun {
		return s.buf[:0]
	}
	return s.format.Begin(s.buf[:0])
}

// Resume has nothing to go on from.
func (s *Stream[T]) Resume(context.Context) ([]byte, error) { return nil, nil }

// Commit ends the stream when all rows have come; a stream keeps no checkpoint.
func (s *Stream[T]) Commit(_ context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return s.Close()
	}
	return s.err
}

// SinkCapabilities name the format. A stream cannot be read back.
func (s *Stream[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": s.format.Name()}}
}
