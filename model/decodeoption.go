package model

import "fmt"

// DecodeOption changes how a page is decoded.
type DecodeOption interface{ apply(d *Decoder) }

// MaxRows says that n rows were asked for: a page of more is an error that matches
// [ErrUnexpected], at the first row too many, and the memory of n rows is not counted
// against the body's. 0 or less sets no bound.
func MaxRows(n int) DecodeOption { return maxRows(n) }

type maxRows int

func (n maxRows) apply(d *Decoder) { d.maxRows = max(0, int(n)) }

// another records an error unless there may be a row after the n that were read.
func (d *Decoder) another(n int) {
	if d.maxRows > 0 && n >= d.maxRows {
		d.peek()
		d.fail(d.pos, fmt.Errorf("a row beyond the %d that were asked for", d.maxRows))
	}
}
