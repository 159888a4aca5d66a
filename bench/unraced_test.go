package bench

import "testing"

// unraced skips what measures nothing but time and memory under the race detector, which
// takes many times as much of both for itself.
func unraced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("the race detector takes time and memory of its own, which is all that this measures") //nolint:forbidigo // CI runs it without the detector as well
	}
}
