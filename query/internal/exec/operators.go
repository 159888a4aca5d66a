package exec

import (
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

// Match filters a batch in place by the predicate; a nil predicate keeps all rows. If the
// predicate fails for a row, Match returns what failed makes of that.
func Match[T any](batch []T, predicate *dsl.Predicate, record func(*T) model.Record, failed func(*T, error) error) ([]T, error) {
	if predicate == nil {
		return batch, nil
	}
	kept := batch[:0]
	for i := range batch {
		matches, err := predicate.Test(record(&batch[i]))
		if err != nil {
			return nil, failed(&batch[i], err)
		}
		if matches {
			kept = append(kept, batch[i])
		}
	}
	clear(batch[len(kept):])
	return kept, nil
}

// Dedupe drops rows that are not new. The first error of isNew ends the stream.
func Dedupe[T any](in Stream[[]T], isNew func(*T) (bool, error)) Stream[[]T] {
	return Map(in, func(batch []T) ([]T, error) {
		fresh := batch[:0]
		for i := range batch {
			switch first, err := isNew(&batch[i]); {
			case err != nil:
				return nil, err
			case first:
				fresh = append(fresh, batch[i])
			}
		}
		clear(batch[len(fresh):])
		return fresh, nil
	})
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
