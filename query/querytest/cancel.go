package querytest

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/muster-go/muster/paginate"
)

// patience is how long work may continue after its context has ended.
const patience = 5 * time.Second

// grace is how long a fetch may continue after its context has ended and still return rows:
// it may have been almost done.
const grace = time.Millisecond

// cancellation tests that a fetch whose context has ended, or ends while it works, returns
// the context's error soon.
func (s *suite[T, K]) cancellation() {
	fetch := s.src.Fetch(s.plan.Scans[0])
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if err := s.fetched(ctx, fetch); !errors.Is(err, context.Canceled) {
		s.faultf("cancellation: a fetch under a cancelled context returned %v, want its error", err)
		return
	}
	for looks := 1; looks <= 8; looks *= 2 {
		switch quickest, err := s.ignored(fetch, looks); {
		case err != nil && !errors.Is(err, context.Canceled):
			s.faultf("cancellation: a fetch whose context was cancelled while it worked returned %v, want its error", err)
			return
		case err == nil && quickest >= grace:
			s.faultf("cancellation: a fetch whose context was cancelled while it worked went on for %v and returned its rows: it looks at the context when it begins, and works without it", quickest.Round(time.Microsecond))
			return
		}
	}
}

// ignored cancels fetches after they have looked at their context so many times. If all of
// them return rows, it returns how long the quickest continued. It tries several, because a
// busy machine delays some.
func (s *suite[T, K]) ignored(fetch paginate.Fetch[T], looks int) (quickest time.Duration, err error) {
	const tries = 20
	quickest = math.MaxInt64
	begun := time.Now()
	for try := 0; try < tries && quickest >= grace && time.Since(begun) < patience; try++ {
		ctx := newWatched(s.ctx, looks)
		err := s.fetched(ctx, fetch)
		ended := ctx.stop()
		if err != nil {
			return 0, err
		}
		if ended.IsZero() {
			return 0, nil // it looks less often
		}
		quickest = min(quickest, time.Since(ended))
	}
	return quickest, nil
}

// fetched fetches a row, and waits no longer than patience.
func (s *suite[T, K]) fetched(ctx context.Context, fetch paginate.Fetch[T]) error {
	done := make(chan error, 1)
	go func() {
		_, err := fetch(ctx, paginate.Request{Limit: 1, Count: true})
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return errors.New("nothing for " + patience.String())
	}
}

// watched is a context that is cancelled after so many looks at it: just before a call of
// Done, or just after one of Err.
type watched struct {
	context.Context //nolint:containedctx // it is one

	cancel context.CancelFunc
	mu     sync.Mutex
	left   int
	ended  time.Time
}

func newWatched(ctx context.Context, looks int) *watched {
	w := &watched{left: looks}
	w.Context, w.cancel = context.WithCancel(ctx)
	return w
}

// Done implements [context.Context].
func (w *watched) Done() <-chan struct{} {
	w.look()
	return w.Context.Done()
}

// Err implements [context.Context].
func (w *watched) Err() error {
	defer w.look()
	return w.Context.Err()
}

func (w *watched) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left--; w.left == 0 {
		w.ended = time.Now()
		w.cancel()
	}
}

// stop returns when the context was cancelled; the zero time if it was not.
func (w *watched) stop() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = 0
	w.cancel()
	return w.ended
}
