package transport

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
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
	next   http.RoundTripper
	pacer  *limit.Pacer
	budget Budget // of pacer
	stats  *counters

	granted atomic.Int64 // requests that the budget granted and that are not answered
}

// RoundTrip implements [http.RoundTripper].
func (p *pacingStage) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := p.admit(req.Context()); err != nil {
		return nil, err
	}
	p.granted.Add(1)
	defer p.granted.Add(-1)
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

// sharedStage gives each request one of the slots that several clients share. It stands
// below auth, so that no slot is held while a token is fetched: the client that fetches it
// may wait for the same slots.
type sharedStage struct {
	next  http.RoundTripper
	slots Slots
	pace  *pacingStage
}

// RoundTrip implements [http.RoundTripper].
func (s *sharedStage) RoundTrip(req *http.Request) (*http.Response, error) {
	leave, err := s.enter(req.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.next.RoundTrip(req)
}

// enter waits for a shared slot, after the client's own limits: no request waits for those
// with a slot that another client could use. A cooldown that started meanwhile voids the
// slot and the grant. The budget has filled up meanwhile, too, although those that it
// granted are not sent: it is told how many.
func (s *sharedStage) enter(ctx context.Context) (leave func(), err error) {
	for {
		start := time.Now()
		leave, err := s.slots.Enter(ctx)
		waited := time.Since(start)
		s.pace.stats.waited.Add(int64(waited))
		if err != nil {
			return nil, err
		}
		if left, _ := s.pace.pacer.Cooldown.Left(time.Now()); left <= 0 {
			if waited > 0 {
				s.pace.budget.Observe(Limits{Remaining: -1, InFlight: int(s.pace.granted.Load())})
			}
			return leave, nil
		}
		leave()
		if err := s.pace.admit(ctx); err != nil {
			return nil, err
		}
	}
}
