package exec

import (
	"context"
	"sync"
	"sync/atomic"
)

// Concat runs n streams one after the other and applies f to each element and its
// stream's number. A stream begins when the one before it is complete. The first error
// of f ends the stream.
func Concat[A, B any](n int, open func(i int) Stream[A], f func(i int, a A) (B, error)) Stream[B] {
	return func(yield func(B) bool) error {
		for i := range n {
			if err := Map(open(i), func(a A) (B, error) { return f(i, a) })(yield); err != nil {
				return err
			}
		}
		return nil
	}
}

// Interleave runs n streams, at most atOnce of them at a time, and applies f to each
// element and its stream's number. Elements come in any order.
//
// open makes a stream; its context ends when the consumer stops or another stream fails.
// f runs in the consumer's goroutine, and its first error ends the stream. Interleave is
// complete when all streams are, and returns after its last goroutine.
func Interleave[A, B any](ctx context.Context, n, atOnce int, open func(ctx context.Context, i int) Stream[A], f func(i int, a A) (B, error)) Stream[B] {
	type element struct {
		stream int
		a      A
	}
	return func(yield func(B) bool) error {
		ctx, cancel := context.WithCancel(ctx)
		var workers sync.WaitGroup
		defer func() { // also on a panic of yield
			cancel()
			workers.Wait()
		}()
		elements := make(chan element)
		ends := make(chan error, n) // buffered for every stream, so that no end blocks
		var next atomic.Int64
		for range min(n, max(atOnce, 1)) {
			workers.Go(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					ends <- open(ctx, i)(func(a A) bool {
						select {
						case elements <- element{i, a}:
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
				b, err := f(e.stream, e.a)
				if err != nil {
					return err
				}
				if !yield(b) {
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

// endOf returns the error that ended a stream. A stream that stopped because the context
// was done ended with the context's cause.
func endOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && err == ErrStopped { //nolint:errorlint // the very value, which streams return unwrapped
		return cause
	}
	return err
}
