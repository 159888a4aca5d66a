package model

import (
	"context"
	"fmt"
)

// DecodeOption changes how a page is decoded.
type DecodeOption interface{ apply(d *Decoder) }

// MaxRows bounds a page to the n rows that were requested. The first row too many is an
// error that matches [ErrUnexpected] and [ErrLimit]. The memory of n rows is not counted
// against the body's. 0 or less sets no bound.
func MaxRows(n int) DecodeOption { return maxRows(n) }

type maxRows int

func (n maxRows) apply(d *Decoder) { d.maxRows = max(0, int(n)) }

// Until ends decoding soon after ctx is done, with an error that matches the context's
// cause: once in some KiB of the body it looks at the context. A row that encoding/json
// decodes, and a text, are decoded to their end.
func Until(ctx context.Context) DecodeOption { return until{ctx} }

type until struct{ ctx context.Context } //nolint:containedctx // of one call

func (u until) apply(d *Decoder) { d.ctx = u.ctx }

// another records an error unless there may be a row after the n that were read.
func (d *Decoder) another(n int) {
	if d.maxRows > 0 && n >= d.maxRows {
		d.peek()
		d.fail(d.pos, limited{fmt.Errorf("a row beyond the %d that were asked for", d.maxRows)})
	}
}
