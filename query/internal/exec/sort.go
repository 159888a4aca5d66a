package exec

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

	"github.com/muster-go/muster/model"
)

// sorter sorts all rows in memory if they fit, else by an external merge sort (Knuth,
// TAOCP 3, 5.4). Rows that fill the memory are sorted and written to a temporary file as
// one run. A k-way merge with a heap reads the runs.
type sorter[T any] struct {
	SortOptions[T]

	compare func(a, b *T) int

	rows  []T
	taken int64 // estimated bytes of rows
	total int
	file  *os.File // nil until something is spilled
	runs  []int64  // offset in the file at which each run ends
	buf   []byte
}

// Spill encodes rows for the temporary file of a sort and decodes them. One goroutine
// at a time uses it, and all rows are written before the first is read.
type Spill[T any] interface {
	// Append appends the row to dst.
	Append(dst []byte, row *T) []byte
	// Read decodes a row that Append wrote. The row does not keep data.
	Read(data []byte) (T, error)
}

// SortOptions bound a [Sort]. The zero value sets no bound.
type SortOptions[T any] struct {
	MaxRows int      // most rows to gather; 0 = no bound
	Memory  int64    // bytes of rows above which the sort spills; 0 = never
	Spill   Spill[T] // required if Memory is set
}

// Sort gathers all rows and delivers them in order. It fails with a
// [SortLimitError] or an [ErrSortFile].
func Sort[T any](in Stream[[]T], compare func(a, b *T) int, o SortOptions[T]) Stream[[]T] {
	return func(yield func([]T) bool) error {
		s := &sorter[T]{SortOptions: o, compare: compare}
		defer s.close()
		var failed error
		err := in(func(batch []T) bool {
			failed = s.add(batch)
			return failed == nil
		})
		switch {
		case failed != nil:
			return failed
		case err != nil:
			return err
		case s.file == nil:
			return inOrder(s.rows, compare)(yield)
		}
		return s.merge(yield)
	}
}

// spilledCost is how many bytes of memory a row is assumed to hold for each byte of its
// encoding, besides its struct: texts, lists and rounding by the allocator.
const spilledCost = 2

// add takes the rows of a batch.
func (s *sorter[T]) add(batch []T) error {
	if s.total += len(batch); s.MaxRows > 0 && s.total > s.MaxRows {
		return &SortLimitError{Rows: s.MaxRows}
	}
	s.rows = append(s.rows, batch...)
	if s.Memory == 0 || len(batch) == 0 {
		return nil
	}
	// Estimate by one row of the batch, because encoding each would cost as much as
	// spilling it.
	s.buf = s.Spill.Append(s.buf[:0], &batch[len(batch)/2])
	size := int64(reflect.TypeFor[T]().Size()) //nolint:gosec // no type is that large
	s.taken += int64(len(batch)) * (size + spilledCost*int64(len(s.buf)))
	if s.taken < s.Memory {
		return nil
	}
	return s.flush()
}

// flush writes the rows in memory as a run.
func (s *sorter[T]) flush() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "muster-sort-*"); err != nil {
			return fmt.Errorf("%w: cannot create it: %w", ErrSortFile, err)
		}
	}
	w := bufio.NewWriterSize(s.file, spillBuffer)
	end := int64(0)
	if n := len(s.runs); n > 0 {
		end = s.runs[n-1]
	}
	for _, row := range sortedRefs(s.rows, s.compare) {
		s.buf = s.Spill.Append(s.buf[:0], row)
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

// spillBuffer is the buffer, in bytes, of reading or writing one run.
const spillBuffer = 64 << 10

// merge delivers the rows of all runs in order.
func (s *sorter[T]) merge(yield func([]T) bool) error {
	if len(s.rows) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.rows = nil
	heads := &runHeap[T]{compare: s.compare}
	start := int64(0)
	for _, end := range s.runs {
		head := &runHead[T]{in: bufio.NewReaderSize(io.NewSectionReader(s.file, start, end-start), spillBuffer), spill: s.Spill}
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
			if !yield(batch) {
				return ErrStopped
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

// next reads the next row; io.EOF at the end of the run.
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
		return fmt.Errorf("%w: cannot read it: %v", ErrSortFile, err) //nolint:errorlint // an io.EOF within a row must not match the end of a run
	}
	return nil
}

// runHeap is a min-heap of runs by their next row.
type runHeap[T any] struct {
	runs    []*runHead[T]
	compare func(a, b *T) int
}

func (h *runHeap[T]) Len() int           { return len(h.runs) }
func (h *runHeap[T]) Less(i, j int) bool { return h.compare(&h.runs[i].row, &h.runs[j].row) < 0 }
func (h *runHeap[T]) Swap(i, j int)      { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *runHeap[T]) Push(any)           { panic("unused: the merge begins with all runs") }

func (h *runHeap[T]) Pop() any {
	last := len(h.runs) - 1
	h.runs[last], h.runs = nil, h.runs[:last]
	return nil
}

// SortLimitError reports a local sort of more rows than its bound.
type SortLimitError struct{ Rows int } // the bound

// Error returns one line.
func (e *SortLimitError) Error() string {
	return fmt.Sprintf("more than %d rows to sort locally: narrow the filter, set a limit, or order by the key", e.Rows)
}

// Is reports whether target is [ErrSortLimit] or [model.ErrLimit].
func (e *SortLimitError) Is(target error) bool {
	return target == ErrSortLimit || target == model.ErrLimit
}

var (
	// ErrSortLimit matches a [SortLimitError].
	ErrSortLimit = errors.New("too many rows to sort")
	// ErrSortFile reports a failure of the temporary file of a sort.
	ErrSortFile = errors.New("sorting in a temporary file")
)
