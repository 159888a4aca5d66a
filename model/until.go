package model

import (
	"bytes"
	"context"
	"io"
	"math"
)

const (
	// untilBytes is how much of a body is read between two looks at the context. It takes
	// some microseconds.
	untilBytes = 16 << 10
	// shortBytes is how much jsontext reads at once. It takes some milliseconds. A longer
	// text is copied in pieces, so that reading it can end with its context.
	shortBytes = 1 << 20
)

// stopped records the end of the context. Callers ask once pos has reached looks.
func (d *Decoder) stopped() bool {
	if d.ctx == nil {
		d.looks = math.MaxInt
		return false
	}
	d.looks = d.pos + untilBytes
	if d.err == nil && d.ctx.Err() != nil {
		d.err = ended(d.ctx, int64(d.pos))
	}
	return d.err != nil
}

// ended returns the error of a context that ended while the byte at offset was read.
func ended(ctx context.Context, offset int64) *DecodeError {
	return &DecodeError{Offset: offset, Err: context.Cause(ctx)}
}

// pieces reads a text until its context is done.
type pieces struct {
	ctx  context.Context //nolint:containedctx // of one call
	text []byte
}

// Read implements [io.Reader].
func (p *pieces) Read(to []byte) (int, error) {
	switch {
	case p.ctx.Err() != nil:
		return 0, context.Cause(p.ctx)
	case len(p.text) == 0:
		return 0, io.EOF
	}
	n := copy(to[:min(len(to), untilBytes)], p.text)
	p.text = p.text[n:]
	return n, nil
}

// readerOfText returns what jsontext reads a text from; ctx may be nil.
func readerOfText(ctx context.Context, text []byte) io.Reader {
	if ctx == nil || len(text) <= shortBytes {
		return bytes.NewBuffer(text) // which jsontext does not copy
	}
	return &pieces{ctx, text}
}
