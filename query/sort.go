package query

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
)

// sorter sorts all rows of a run: in memory while they fit, else as an external
// merge sort. Rows that fill the memory are sorted and written to a temporary file
// as one run; at the end the runs are merged.
type sorter[T any] struct {
	compare func(a, b *T) int
	most    int      // rows; 0 = no bound
	memory  int64    // bytes; 0 = no bound, and nothing is spilled
	spill   Spill[T] // nil with memory 0

	rows  []T
	taken int64 // bytes that rows take, by estimate
	total int
	file  *os.File // nil until something is spilled
	runs  []int64  // where in the file each ends
	buf   []byte
}

// newSorter returns a sorter under the plan's bounds.
func (r *Rows[T]) newSorter(compare func(a, b *T) int) *sorter[T] {
	s := &sorter[T]{compare: compare, most: r.plan.maxSortRows}
	if spiller, ok := r.source.(Spiller[T]); ok && r.plan.sortMemory > 0 && spiller.Spills() {
		s.memory, s.spill = r.plan.sortMemory, spiller.NewSpill()
	}
	return s
}

// sorted gathers all rows in the sorter and delivers them in order.
func sorted[T any](in batches[T], s *sorter[T]) batches[T] {
	return func(yield func([]T, error) bool) {
		defer s.close()
		for batch, err := range in {
			if err == nil {
				err = s.add(batch)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		if s.file == nil {
			deliverSorted(s.rows, s.compare, yield)
			return
		}
		if err := s.merge(yield); err != nil {
			yield(nil, err)
		}
	}
}

// spilledCost is how many times the bytes of its JSON a row is taken to hold in
// memory besides its own struct: texts, lists and what the allocator rounds up.
const spilledCost = 2

// add takes the rows of a batch.
func (s *sorter[T]) add(batch []T) error {
	if s.total += len(batch); s.most > 0 && s.total > s.most {
		return &SortLimitError{Rows: s.most}
	}
	s.rows = append(s.rows, batch...)
	if s.memory == 0 || len(batch) == 0 {
		return nil
	}
	// One row of a batch stands for all: to encode each would cost as much as to
	// spill it.
	s.buf = s.spill.Append(s.buf[:0], &batch[len(batch)/2])
	size := int64(reflect.TypeFor[T]().Size()) //nolint:gosec // no type is that large
	s.taken += int64(len(batch)) * (size + spilledCost*int64(len(s.buf)))
	if s.taken < s.memory {
		return nil
	}
	return s.flush()
}

// flush writes the rows in memory as a run.
func (s *sorter[T]) flush() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "muster-sort-*"); err != nil {
			return fmt.Errorf("%w: there is none: %w", ErrSortFile, err)
		}
	}
	w := bufio.NewWriterSize(s.file, spillBuffer)
	end := int64(0)
	if n := len(s.runs); n > 0 {
		end = s.runs[n-1]
	}
	for _, row := range inOrder(s.rows, s.compare) {
		s.buf = s.spill.Append(s.buf[:0], row)
		var length [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(length[:], uint64(len(s.buf)))
		end += int64(n + len(s.buf))
		_, err = w.Write(length[:n])
		_, err2 := w.Write(s.buf)
		if err := errors.Join(err, err2); err != nil {
			return fmt.Errorf("%w: %w", ErrSortFile, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("%w: %w", ErrSortFile, err)
	}
	s.runs = append(s.runs, end)
	clear(s.rows)
	s.rows, s.taken = s.rows[:0], 0
	return nil
}

// spillBuffer is what reading or writing one run buffers.
const spillBuffer = 64 << 10

// merge delivers the rows of all runs in order, until yield has enough.
func (s *sorter[T]) merge(yield func([]T, error) bool) error {
	if len(s.rows) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.rows = nil
	heads := &runHeap[T]{compare: s.compare}
	start := int64(0)
	for _, end := range s.runs {
		head := &runHead[T]{in: bufio.NewReaderSize(io.NewSectionReader(s.file, start, end-start), spillBuffer), spill: s.spill}
		start = end
		if err := head.next(); err != nil {
			return err
		}
		heads.runs = append(heads.runs, head) // a run is never empty
	}
	heap.Init(heads)
	batch := make([]T, 0, sortedBatch)
	for len(heads.runs) > 0 {
		batch = append(batch, heads.runs[0].row)
		switch err := heads.runs[0].next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(heads)
		case err != nil:
			return err
		default:
			heap.Fix(heads, 0)
		}
		if len(batch) == sortedBatch || len(heads.runs) == 0 {
			if !yield(batch, nil) {
				return nil
			}
			batch = make([]T, 0, sortedBatch)
		}
	}
	return nil
}

// close removes the temporary file.
func (s *sorter[T]) close() {
	if s.file != nil {
		_ = s.file.Close() // nothing is lost with it
		_ = os.Remove(s.file.Name())
	}
}

// runHead is the first unread row of a run.
type runHead[T any] struct {
	in    *bufio.Reader
	spill Spill[T]
	buf   []byte
	row   T
}

// next reads on; io.EOF at the end of the run.
func (h *runHead[T]) next() error {
	n, err := binary.ReadUvarint(h.in)
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err == nil {
		h.buf = slices.Grow(h.buf[:0], int(n))[:n] //nolint:gosec // flush wrote it
		_, err = io.ReadFull(h.in, h.buf)
	}
	if err == nil {
		h.row, err = h.spill.Read(h.buf)
	}
	if err != nil {
		return fmt.Errorf("%w: it cannot be read: %v", ErrSortFile, err) //nolint:errorlint // an io.EOF in the middle of a row is no end
	}
	return nil
}

// runHeap has the run with the least row on top.
type runHeap[T any] struct {
	runs    []*runHead[T]
	compare func(a, b *T) int
}

func (h *runHeap[T]) Len() int           { return len(h.runs) }
func (h *runHeap[T]) Less(i, j int) bool { return h.compare(&h.runs[i].row, &h.runs[j].row) < 0 }
func (h *runHeap[T]) Swap(i, j int)      { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *runHeap[T]) Push(any)           { panic("unused: all runs are there from the start") }

func (h *runHeap[T]) Pop() any {
	last := len(h.runs) - 1
	h.runs[last], h.runs = nil, h.runs[:last]
	return nil
}

// inOrder returns the rows in order, where they are: rows are large to move.
func inOrder[T any](rows []T, compare func(a, b *T) int) []*T {
	out := make([]*T, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortFunc(out, compare)
	return out
}

// sortedBatch is how many rows a sorted result delivers at a time.
const sortedBatch = 1000

func deliverSorted[T any](rows []T, compare func(a, b *T) int, yield func([]T, error) bool) {
	for refs := range slices.Chunk(inOrder(rows, compare), sortedBatch) {
		batch := make([]T, len(refs))
		for i, row := range refs {
			batch[i] = *row
		}
		if !yield(batch, nil) {
			return
		}
	}
}
