package query

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
)

// part is a batch of one scan, or the error that ended it.
type part[T any] struct {
	scan  int
	batch paginate.Batch[T]
	err   error
}

// parts is a stream of the batches of several scans. It ends after its first
// error.
type parts[T any] = iter.Seq[part[T]]

// inTurn is one scan after the other, none begun before the one before it ended.
func inTurn[T any](ctx context.Context, scans int, pages func(ctx context.Context, scan int) iter.Seq2[paginate.Batch[T], error]) parts[T] {
	return func(yield func(part[T]) bool) {
		for i := range scans {
			for batch, err := range pages(ctx, i) {
				if !yield(part[T]{i, batch, err}) || err != nil {
					return
				}
			}
		}
	}
}

// together is all scans at once, at most atOnce of them, as their batches come.
func together[T any](ctx context.Context, scans, atOnce int, pages func(ctx context.Context, scan int) iter.Seq2[paginate.Batch[T], error]) parts[T] {
	return func(yield func(part[T]) bool) {
		ctx, cancel := context.WithCancel(ctx)
		out := make(chan part[T])
		var running sync.WaitGroup
		defer func() { // also on a break, and on a panic of the loop's body
			cancel()
			for range out {
			}
		}()
		var next atomic.Int64
		for range min(scans, max(atOnce, 1)) {
			running.Go(func() {
				for i := int(next.Add(1)) - 1; i < scans; i = int(next.Add(1)) - 1 {
					for batch, err := range pages(ctx, i) {
						select {
						case out <- part[T]{i, batch, err}:
						case <-ctx.Done():
							return
						}
					}
				}
			})
		}
		go func() {
			running.Wait()
			close(out)
		}()
		for p := range out {
			if !yield(p) || p.err != nil {
				return
			}
		}
	}
}

// share is one scan's part of the source's workers, which all scans that run at
// the same time have together: what one leaves at its end goes to the others.
type share[T any] struct {
	source Source[T]
	scans  *atomic.Int64 // running now
	turn   int64         // of this one among them, so that what does not divide is used
}

// Workers implements [paginate.Workers].
func (s share[T]) Workers() int {
	all, scans := int64(s.source.Workers()), max(s.scans.Load(), 1)
	return int(max((all+s.turn%scans)/scans, 1))
}

// Pace implements [paginate.Pacer].
func (s share[T]) Pace() paginate.Pace {
	pacer, ok := s.source.(Pacer)
	if !ok {
		return paginate.Pace{}
	}
	pace, scans := pacer.Pace(), max(s.scans.Load(), 1)
	pace.Rate /= float64(scans)
	pace.Burst /= int(scans)
	return pace
}
