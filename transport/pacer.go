package transport

import (
	"context"
	"net/http"
	"time"
)

// pacer is the stage that lets an attempt go only through an open gate and with
// a token of the budget.
type pacer struct {
	next   http.RoundTripper
	gate   *gate
	budget Budget
	stats  *counters
}

// RoundTrip implements [http.RoundTripper].
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := p.admit(req.Context()); err != nil {
		return nil, err
	}
	return p.next.RoundTrip(req)
}

// admit waits for the gate, for the budget, and looks at the gate again: it may
// have closed while the budget was waited for. Then the token is void, because it
// was granted before the server said that it counts differently, and another one
// is waited for: else all that queued would go at once when the gate opens.
func (p *pacer) admit(ctx context.Context) error {
	start := time.Now()
	defer func() { p.stats.waited.Add(int64(time.Since(start))) }()
	for {
		if err := p.gate.wait(ctx); err != nil {
			return err
		}
		if err := p.budget.Acquire(ctx, 1); err != nil {
			return err
		}
		if left, _ := p.gate.left(time.Now()); left <= 0 {
			return nil
		}
	}
}
