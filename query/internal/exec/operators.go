package exec

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Map applies f to each element; its first error ends the stream.
func Map[A, B any](in Stream[A], f func(A) (B, error)) Stream[B] {
	return func(yield func(B) bool) error {
		var failed error
		err := in(func(a A) bool {
			b, err := f(a)
			failed = err
			return err == nil && yield(b)
		})
		if failed != nil {
			return failed
		}
		return err
	}
}

// Match filters a batch in place by the predicate; a nil predicate keeps all rows.
func Match[T any](batch []T, predicate *dsl.Predicate, record func(*T) model.Record) []T {
	if predicate == nil {
		return batch
	}
	kept := batch[:0]
	for i := range batch {
		if predicate.Match(record(&batch[i])) {
			kept = append(kept, batch[i])
		}
	}
	clear(batch[len(kept):])
	return kept
}

// Dedupe drops rows whose number is in seen and adds the numbers of the others. Only a
// plan of several scans needs it, because one scan delivers each row once.
func Dedupe[T any](in Stream[[]T], number func(*T) int64, seen map[int64]struct{}) Stream[[]T] {
	return func(yield func([]T) bool) error {
		return in(func(batch []T) bool {
			return yield(slices.DeleteFunc(batch, func(row T) bool {
				n := number(&row)
				_, known := seen[n]
				seen[n] = struct{}{}
				return known
			}))
		})
	}
}

// Limit ends the stream after n rows and reads no further batch.
func Limit[T any](in Stream[[]T], n int64) Stream[[]T] {
	return func(yield func([]T) bool) error {
		left, stopped := n, false
		if left <= 0 {
			return nil
		}
		err := in(func(batch []T) bool {
			if int64(len(batch)) > left {
				batch = batch[:left]
			}
			left -= int64(len(batch))
			stopped = !yield(batch)
			return !stopped && left > 0
		})
		if left == 0 && !stopped {
			return nil // the limit stopped the input, not the consumer
		}
		return err
	}
}

// Project applies hide to every row.
func Project[T any](in Stream[[]T], hide func(row *T)) Stream[[]T] {
	return func(yield func([]T) bool) error {
		return in(func(batch []T) bool {
			for i := range batch {
				hide(&batch[i])
			}
			return yield(batch)
		})
	}
}
