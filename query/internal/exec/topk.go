package exec

import (
	"container/heap"
	"slices"
)

// TopK delivers the k least rows under compare, in order. It keeps k rows in a heap.
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

// rowHeap is a max-heap: the greatest row is on top, and a lesser row replaces it.
type rowHeap[T any] struct {
	rows    []T
	compare func(a, b *T) int
}

func (h *rowHeap[T]) Len() int           { return len(h.rows) }
func (h *rowHeap[T]) Less(i, j int) bool { return h.compare(&h.rows[i], &h.rows[j]) > 0 }
func (h *rowHeap[T]) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *rowHeap[T]) Push(x any)         { h.rows = append(h.rows, x.(T)) } //nolint:forcetypeassert // offer pushes rows only
func (h *rowHeap[T]) Pop() any           { panic("unused: a row leaves only when a lesser one replaces it") }

func (h *rowHeap[T]) offer(row T, k int64) {
	switch {
	case int64(len(h.rows)) < k:
		heap.Push(h, row)
	case h.compare(&row, &h.rows[0]) < 0:
		h.rows[0] = row
		heap.Fix(h, 0)
	}
}

// sortedBatch is the most rows of a batch of a sorted result.
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

// sortedRefs returns pointers to the rows in order, because rows are large to move.
func sortedRefs[T any](rows []T, compare func(a, b *T) int) []*T {
	out := make([]*T, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortFunc(out, compare)
	return out
}
