package model

import "strings"

const (
	// textBlock is how many bytes of text share one allocation. It is small, so
	// that a row that is kept does not keep much of its neighbours alive.
	textBlock = 256
	// maxShared is the length of the longest text that shares.
	maxShared = 64
)

// texts makes strings, many short ones in one allocation.
type texts struct{ block strings.Builder }

// keep returns a copy of text.
func (t *texts) keep(text []byte) string {
	if len(text) == 0 || len(text) > maxShared {
		return string(text)
	}
	start := t.block.Len()
	if start+len(text) > t.block.Cap() {
		t.block, start = strings.Builder{}, 0
		t.block.Grow(textBlock)
	}
	t.block.Write(text)
	return t.block.String()[start:]
}
