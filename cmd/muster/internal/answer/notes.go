package answer

import (
	"io"
	"sync/atomic"
)

// Notes is a stream that drops what is written while it is closed: notes of the
// client about a count must not appear while the user types. It is safe for
// concurrent use.
type Notes struct {
	w    io.Writer
	open atomic.Bool
}

// NewNotes returns open notes on w.
func NewNotes(w io.Writer) *Notes {
	n := &Notes{w: w}
	n.open.Store(true)
	return n
}

// Open opens or closes the notes.
func (n *Notes) Open(yes bool) { n.open.Store(yes) }

// Write writes to the stream if it is open.
func (n *Notes) Write(b []byte) (int, error) {
	if !n.open.Load() {
		return len(b), nil
	}
	return n.w.Write(b)
}
