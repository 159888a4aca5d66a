package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Compression is a compressed form whose files consist of members, as gzip's do, or of
// frames, as zstd's do: a file can be cut after any of them. Implementations are immutable
// and safe for concurrent use.
type Compression interface {
	// Name returns the name of the form, for identities and manifests.
	Name() string
	// NewWriter returns a writer whose first member starts with the next Reset.
	NewWriter(w io.Writer) (Compressor, error)
	// NewReader returns a reader of all members of r. Closing it does not close r.
	NewReader(r io.Reader) (io.ReadCloser, error)
}

// Compressor writes members. Close ends a member; Reset starts the next one. It is for one
// goroutine.
type Compressor interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// Text returns the encoding of a format, compressed unless c is nil. Each Sync ends a
// member, so that the file can be cut there.
func Text[T any](f Format[T], c Compression) Encoding[T] { return text[T]{f, c} }

type text[T any] struct {
	format      Format[T]
	compression Compression
}

func (e text[T]) Name() string {
	if e.compression == nil {
		return e.format.Name()
	}
	return e.format.Name() + ", " + e.compression.Name()
}

func (e text[T]) Discard(FS, string) error { return nil }

func (e text[T]) Open(fsys FS, path string, at Position) (Body[T], error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	b := &textBody[T]{format: e.format, file: &counted{Handle: f, at: at.Bytes}, rows: at.Rows}
	if e.compression != nil {
		b.member, err = e.compression.NewWriter(b.file)
	}
	if err = errors.Join(err, b.file.cut(path)); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	if at.Bytes == 0 {
		b.buf = e.format.Begin(b.buf)
	}
	return b, nil
}

// textBody writes text to a file: rows → buf → member → file.
type textBody[T any] struct {
	format Format[T]
	file   *counted
	rows   int64
	member Compressor // nil without compression
	inside bool       // a member was started
	buf    []byte
}

func (b *textBody[T]) Write(_ context.Context, rows []T) (err error) {
	for i := range rows {
		if b.buf, err = b.format.Append(b.buf, &rows[i], b.rows == 0); err != nil {
			return err
		}
		b.rows++
	}
	return b.flush()
}

// flush writes what was appended.
func (b *textBody[T]) flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	to := io.Writer(b.file)
	if b.member != nil {
		if !b.inside {
			b.member.Reset(b.file)
			b.inside = true
		}
		to = b.member
	}
	err := writeAll(to, b.buf)
	b.buf = b.buf[:0]
	return err
}

func (b *textBody[T]) Sync() (Position, error) {
	if err := b.flush(); err != nil {
		return Position{}, err
	}
	if b.inside {
		b.inside = false
		if err := b.member.Close(); err != nil {
			return Position{}, err
		}
	}
	return Position{Rows: b.rows, Bytes: b.file.at}, b.file.Sync()
}

func (b *textBody[T]) Finish() (Position, error) {
	b.buf = b.format.End(b.buf, b.rows == 0)
	if b.member != nil && b.file.at == 0 && !b.inside {
		b.member.Reset(b.file) // an empty file is not a compressed one
		b.inside = true
	}
	at, err := b.Sync()
	return at, errors.Join(err, b.Close())
}

func (b *textBody[T]) Close() error { return b.file.Close() }

// counted is a file that is only appended to, and its size.
type counted struct {
	Handle

	at     int64
	closed bool
}

// cut removes what follows the position.
func (c *counted) cut(path string) error {
	end, err := c.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if end < c.at {
		return &CheckpointError{path, fmt.Sprintf("%d bytes are left of the %d that were committed; it was changed since", end, c.at)}
	}
	if err := c.Truncate(c.at); err != nil {
		return err
	}
	_, err = c.Seek(c.at, io.SeekStart)
	return err
}

func (c *counted) Write(p []byte) (int, error) {
	if err := writeAll(c.Handle, p); err != nil {
		return 0, err
	}
	c.at += int64(len(p))
	return len(p), nil
}

func (c *counted) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	return c.Handle.Close()
}
