package exec

import (
	"context"
	"sync"
	"sync/atomic"
)

// Concat is one stream after the other; none begins before the one before it is
// complete.
func Concat[E any](streams ...Stream[E]) Stream[E] {
	return func(yield func(E) bool) error {
		for _, s := range streams {
			if err := s(yield); err != nil {
				return err
			}
		}
		return nil
	}
}

// Interleave is n streams at once, at most atOnce of them, whose elements come in
// any order. open makes each, with a context that ends when the consumer stops or
// another stream fails. Interleave is complete once each stream has said that it
// is. It returns after its last goroutine.
func Interleave[E any](ctx context.Context, n, atOnce int, open func(ctx context.Context, i int) Stream[E]) Stream[E] {
	return func(yield func(E) bool) error {
		ctx, cancel := context.WithCancel(ctx)
		var workers sync.WaitGroup
		defer func() { // also on a panic of yield
			cancel()
			workers.Wait()
		}()
		elements := make(chan E)
		ends := make(chan error, n) // room for each stream's end, so that none is dropped
		var next atomic.Int64
		for range min(n, max(atOnce, 1)) {
			workers.Go(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					ends <- open(ctx, i)(func(e E) bool {
						select {
						case elements <- e:
							return true
						case <-ctx.Done():
							return false
						}
					})
				}
			})
		}
		for complete := 0; complete < n; {
			select {
			case e := <-elements:
				if !yield(e) {
					return ErrStopped
				}
			case err := <-ends:
				if err != nil {
					return endOf(ctx, err)
				}
				complete++
			}
		}
		return nil
	}
}

// endOf returns the end of a stream; a stream that stopped because the context
// was done ends with the cause.
func endOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && err == ErrStopped { //nolint:errorlint // the very value, which streams return unwrapped
		return cause
	}
	return err
}
