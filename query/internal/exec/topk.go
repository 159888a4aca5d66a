package exec

import (
	"container/heap"
	"slices"
)

// TopK gathers the k least rows under compare and delivers them in order. Memory
// is k rows.
func TopK[T any](in Stream[[]T], k int64, compare func(a, b *T) int) Stream[[]T] {
	return func(yield func([]T) bool) error {
		h := &rowHeap[T]{compare: compare}
		err := in(func(batch []T) bool {
			for i := range batch {
				h.offer(batch[i], k)
			}
			return true
		})
		if err != nil {
			return err
		}
		return inOrder(h.rows, compare)(yield)
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

// sortedBatch is how many rows a sorted result delivers at a time.
const sortedBatch = 1000

// inOrder delivers the rows in order.
func inOrder[T any](rows []T, compare func(a, b *T) int) Stream[[]T] {
	return func(yield func([]T) bool) error {
		for refs := range slices.Chunk(sortedRefs(rows, compare), sortedBatch) {
			batch := make([]T, len(refs))
			for i, row := range refs {
				batch[i] = *row
			}
			if !yield(batch) {
				return ErrStopped
			}
		}
		return nil
	}
}

// sortedRefs returns the rows in order, where they are: rows are large to move.
func sortedRefs[T any](rows []T, compare func(a, b *T) int) []*T {
	out := make([]*T, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortFunc(out, compare)
	return out
}
