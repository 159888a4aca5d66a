package sink

import (
	"context"
	"io"

	"github.com/muster-go/muster/query"
)

// Stream writes a format to an [io.Writer], such as standard output. Each Write is one write
// to it, so that a reader sees whole batches. A Stream is a [Writer], and a sink that cannot
// resume: it keeps no checkpoint. It is for one goroutine.
type Stream[T any] struct {
	w      io.Writer
	format Format[T]
	buf    []byte
	begun  bool
	rows   bool // whether a row was written
	ended  bool
	err    error
}

// NewStream returns a writer of the format to w. It never closes w.
func NewStream[T any](w io.Writer, format Format[T]) *Stream[T] {
	return &Stream[T]{w: w, format: format}
}

// Write writes the rows, or none of them if one cannot be encoded. After an error it writes
// nothing and returns that error.
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

// Close writes the end of the format; a CSV without rows still gets its header. After an
// error of Write it does nothing.
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

// Resume returns no checkpoint.
func (s *Stream[T]) Resume(context.Context) ([]byte, error) { return nil, nil }

// Commit ignores the checkpoint; a nil one writes the end of the format.
func (s *Stream[T]) Commit(_ context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return s.Close()
	}
	return s.err
}

// SinkCapabilities returns the format as the sink's identity. A stream cannot be read back.
func (s *Stream[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": s.format.Name()}}
}
