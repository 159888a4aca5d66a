package model

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestSkipUntil: skipping one large value that is known to be well-formed ends with the
// context.
func TestSkipUntil(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := &Decoder{body: []byte("[" + strings.Repeat("1,", 100_000) + "1]"), checked: true, ctx: ctx, looks: 50_000}
	if d.skip(0); d.err == nil || !errors.Is(d.err, context.Canceled) || d.pos > 50_000+untilBytes {
		t.Errorf("at byte %d: %v", d.pos, d.err)
	}
}
