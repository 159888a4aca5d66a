package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// slotStage gives each attempt a slot of the API user's concurrency. The attempt
// keeps it to the end of its body, which the stages below read whole. The wait
// between attempts happens above and holds no slot.
type slotStage struct {
	next  http.RoundTripper
	slots *limit.Slots
	stats *counters
}

// RoundTrip implements [http.RoundTripper].
func (s *slotStage) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	err := s.slots.Acquire(req.Context())
	s.stats.waited.Add(int64(time.Since(start)))
	if err != nil {
		return nil, err
	}
	defer s.slots.Release()
	return s.next.RoundTrip(req)
}

// pacingStage lets an attempt go when no cooldown is on and the budget grants it.
type pacingStage struct {
	next  http.RoundTripper
	pacer *limit.Pacer
	stats *counters
}

// RoundTrip implements [http.RoundTripper].
func (p *pacingStage) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := p.admit(req.Context()); err != nil {
		return nil, err
	}
	return p.next.RoundTrip(req)
}

// admit waits until a request may be sent. A cooldown beyond Options.MaxWait is a
// [*ThrottledError].
func (p *pacingStage) admit(ctx context.Context) error {
	start := time.Now()
	err := p.pacer.Admit(ctx)
	p.stats.waited.Add(int64(time.Since(start)))
	if long, ok := errors.AsType[*limit.TooLongError](err); ok {
		return &ThrottledError{Status: long.Status, Wait: long.Wait, Until: long.Until}
	}
	return err
}
