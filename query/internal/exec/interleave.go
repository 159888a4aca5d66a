package exec

import (
	"context"
	"sync"
	"sync/atomic"
)

// Concat is n streams, one after the other, each element handed on as f makes it of the
// element and its stream's number. None begins before the one before it is complete.
// The first error of f ends the stream.
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

// Interleave is n streams at once, at most atOnce of them, whose elements come in any
// order, each handed on as f makes it of the element and its stream's number. open makes
// each stream, with a context that ends when the consumer stops or another stream fails;
// f runs in the consumer's goroutine, and its first error ends the stream. Interleave is
// complete once each stream has said that it is. It returns after its last goroutine.
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
		ends := make(chan error, n) // room for each stream's end, so that none is dropped
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

// endOf returns the end of a stream; a stream that stopped because the context
// was done ends with the cause.
func endOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && err == ErrStopped { //nolint:errorlint // the very value, which streams return unwrapped
		return cause
	}
	return err
}
