package query

import (
	"container/heap"
	"iter"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// batches is a stream of rows on their way from the pages to the consumer. It
// ends after its first error. A batch belongs to whoever receives it, so that a
// stage may work in place, and may have no rows: then it tells of progress. Every
// stage runs in the consumer's goroutine.
type batches[T any] = iter.Seq2[[]T, error]

// satisfying keeps of a batch the rows for which the residual is true; all where
// there is none.
func satisfying[T any](batch []T, residual *dsl.Predicate, record func(*T) model.Record) []T {
	if residual == nil {
		return batch
	}
	kept := batch[:0]
	for i := range batch {
		if residual.Match(record(&batch[i])) {
			kept = append(kept, batch[i])
		}
	}
	clear(batch[len(kept):])
	return kept
}

// once drops rows whose number went by before. Only plans of several scans need it,
// since a single scan delivers each row once.
func once[T any](in batches[T], number func(*T) int64) batches[T] {
	return func(yield func([]T, error) bool) {
		seen := make(map[int64]struct{})
		for batch, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := slices.DeleteFunc(batch, func(row T) bool {
				n := number(&row)
				_, double := seen[n]
				seen[n] = struct{}{}
				return double
			})
			if !yield(fresh, nil) {
				return
			}
		}
	}
}

// first ends the stream after n rows, without asking for the batch after.
func first[T any](in batches[T], n int64) batches[T] {
	return func(yield func([]T, error) bool) {
		left := n
		if left <= 0 {
			return
		}
		for batch, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if int64(len(batch)) > left {
				batch = batch[:left]
			}
			left -= int64(len(batch))
			if !yield(batch, nil) || left == 0 {
				return
			}
		}
	}
}

// hiding takes the fields out of every row.
func hiding[T any](in batches[T], hider Hider[T], fields []*model.Field) batches[T] {
	return func(yield func([]T, error) bool) {
		for batch, err := range in {
			for i := range batch {
				hider.Hide(&batch[i], fields)
			}
			if !yield(batch, err) {
				return
			}
		}
	}
}

// merge joins streams that are each in order into one that is, too.
func merge[T any](streams []batches[T], compare func(a, b *T) int) batches[T] {
	return func(yield func([]T, error) bool) {
		heads := make([]*head[T], len(streams))
		for i, s := range streams {
			next, stop := iter.Pull2(s)
			defer stop() //nolint:revive // all are read to the end of the merge
			heads[i] = &head[T]{next: next}
		}
		for {
			batch, err := mergeStep(heads, compare)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(batch) == 0 || !yield(batch, nil) {
				return
			}
		}
	}
}

// head is the unread front of one stream of a merge.
type head[T any] struct {
	next  func() ([]T, error, bool)
	batch []T
	done  bool
}

// fill reads on when the front is used up.
func (h *head[T]) fill() error {
	for !h.done && len(h.batch) == 0 {
		batch, err, ok := h.next()
		if err != nil {
			return err
		}
		h.batch, h.done = batch, !ok
	}
	return nil
}

// mergeStep takes rows in order until the front of any stream is used up, so
// that no row waits longer than its batch.
func mergeStep[T any](heads []*head[T], compare func(a, b *T) int) ([]T, error) {
	for _, h := range heads {
		if err := h.fill(); err != nil {
			return nil, err
		}
	}
	var out []T
	for {
		var least *head[T]
		for _, h := range heads {
			if len(h.batch) == 0 {
				if h.done {
					continue
				}
				return out, nil
			}
			if least == nil || compare(&h.batch[0], &least.batch[0]) < 0 {
				least = h
			}
		}
		if least == nil {
			return out, nil
		}
		out = append(out, least.batch[0])
		least.batch = least.batch[1:]
	}
}

// topK gathers the k least rows under compare and delivers them in order.
// Memory is k rows.
func topK[T any](in batches[T], k int64, compare func(a, b *T) int) batches[T] {
	return func(yield func([]T, error) bool) {
		h := &rowHeap[T]{compare: compare}
		for batch, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range batch {
				h.offer(batch[i], k)
			}
		}
		deliverSorted(h.rows, compare, yield)
	}
}

// rowHeap keeps the greatest row on top, where the next lesser one displaces it.
type rowHeap[T any] struct {
	rows    []T
	compare func(a, b *T) int
}

func (h *rowHeap[T]) Len() int           { return len(h.rows) }
func (h *rowHeap[T]) Less(i, j int) bool { return h.compare(&h.rows[i], &h.rows[j]) > 0 }
func (h *rowHeap[T]) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *rowHeap[T]) Push(x any)         { h.rows = append(h.rows, x.(T)) } //nolint:forcetypeassert // heap.Interface hands back what offer gave it
func (h *rowHeap[T]) Pop() any           { panic("unused: rows only leave by displacement") }

func (h *rowHeap[T]) offer(row T, k int64) {
	switch {
	case int64(len(h.rows)) < k:
		heap.Push(h, row)
	case h.compare(&row, &h.rows[0]) < 0:
		h.rows[0] = row
		heap.Fix(h, 0)
	}
}
