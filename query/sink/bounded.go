package sink

import (
	"bytes"
	"io"
)

// The bounds of a row that is read. What an export writes stays below them, because the
// body of a response has at most 64 MiB.
const (
	maxRow    = 80 << 20 // bytes
	maxCommas = 4 << 20  // in a record of CSV: each may be a cell, which takes memory
)

// bounded is a reader that fails when a row is too long, so that a damaged or compressed
// file cannot fill the memory.
type bounded struct {
	r      io.Reader
	commas bool // bounds the commas, too

	read  int64 // bytes so far
	begin int64 // of the row
	cells int   // commas since the row before it
}

func (b *bounded) Read(p []byte) (int, error) {
	switch {
	case b.read-b.begin > maxRow:
		return 0, damaged("a row has more than %d MiB", maxRow>>20)
	case b.cells > maxCommas:
		return 0, damaged("a row has more than %d cells", maxCommas)
	}
	n, err := b.r.Read(p)
	b.read += int64(n)
	if b.commas {
		b.cells += bytes.Count(p[:n], []byte{','})
	}
	return n, err
}

// next says where the next row begins.
func (b *bounded) next(offset int64) { b.begin, b.cells = offset, 0 }
