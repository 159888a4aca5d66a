package verify

import (
	"bufio"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// maxHeld is how many bytes of ids are held and sorted at a time: a few tenths of a second.
const maxHeld = 16 << 20

// unique finds an id that comes twice, in bounded memory: it sorts the ids in runs, writes
// those to a temporary file and merges them at the end (an external merge sort).
type unique[K int64 | string] struct {
	rows  int64
	held  []K
	bytes int
	limit int // of bytes
	file  *os.File
	out   *bufio.Writer
	at    int64 // bytes in the file
	runs  []int64
}

// add takes an id. It fails if an id of the same run is equal.
func (u *unique[K]) add(id K) error {
	u.rows++
	u.held = append(u.held, id)
	if u.bytes += sizeOf(id); u.bytes < u.limit {
		return nil
	}
	return u.spill()
}

// sizeOf returns about how many bytes an id takes in memory.
func sizeOf[K int64 | string](id K) int {
	if text, ok := any(id).(string); ok {
		return 16 + len(text)
	}
	return 8
}

// sort sorts what is held. It fails if an id is there twice.
func (u *unique[K]) sort() error {
	slices.Sort(u.held)
	for i := 1; i < len(u.held); i++ {
		if u.held[i-1] == u.held[i] {
			return twice(u.held[i])
		}
	}
	return nil
}

func twice[K int64 | string](id K) error { return fmt.Errorf("the id %#v is there more than once", id) }

// spill writes what is held as a run.
func (u *unique[K]) spill() (err error) {
	if err := u.sort(); err != nil {
		return err
	}
	if u.file == nil {
		if u.file, err = os.CreateTemp("", "muster-verify-*"); err != nil {
			return err
		}
		u.out = bufio.NewWriterSize(u.file, 1<<16)
	}
	for _, id := range u.held {
		if err := u.write(id); err != nil {
			return err
		}
	}
	u.runs = append(u.runs, u.at)
	clear(u.held)
	u.held, u.bytes = u.held[:0], 0
	return nil
}

func (u *unique[K]) write(id K) error {
	var buf [binary.MaxVarintLen64]byte
	switch id := any(id).(type) {
	case int64:
		b := binary.AppendVarint(buf[:0], id)
		u.at += int64(len(b))
		_, err := u.out.Write(b)
		return err
	case string:
		b := binary.AppendUvarint(buf[:0], uint64(len(id)))
		u.at += int64(len(b) + len(id))
		_, err := u.out.Write(b)
		_, text := u.out.WriteString(id)
		return errors.Join(err, text)
	}
	return nil
}

// end compares the ids of different runs.
func (u *unique[K]) end(ctx context.Context) error {
	if u.file == nil {
		return u.sort()
	}
	if err := errors.Join(u.spill(), u.out.Flush()); err != nil {
		return err
	}
	var m merge[K]
	begin := int64(0)
	for _, end := range u.runs {
		m = append(m, &head[K]{in: bufio.NewReaderSize(io.NewSectionReader(u.file, begin, end-begin), 1<<15)})
		begin = end
	}
	for i := range slices.Backward(slices.Clone(m)) { // next may remove the last one
		if err := m.next(i); err != nil {
			return err
		}
	}
	heap.Init(&m)
	var last *K
	for n := 0; len(m) > 0; n++ {
		if n%(1<<16) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		id := m[0].id
		if last != nil && *last == id {
			return twice(id)
		}
		last = &id
		if err := m.next(0); err != nil {
			return err
		}
		if len(m) > 0 {
			heap.Fix(&m, 0)
		}
	}
	return nil
}

// close removes the temporary file.
func (u *unique[K]) close() error {
	if u.file == nil {
		return nil
	}
	return errors.Join(u.file.Close(), os.Remove(u.file.Name()))
}

// head is the first id of a run that is left.
type head[K int64 | string] struct {
	in *bufio.Reader
	id K
}

// merge is a heap of runs, by their first ids.
type merge[K int64 | string] []*head[K]

func (m *merge[K]) Len() int           { return len(*m) }
func (m *merge[K]) Less(i, j int) bool { return (*m)[i].id < (*m)[j].id }
func (m *merge[K]) Swap(i, j int)      { (*m)[i], (*m)[j] = (*m)[j], (*m)[i] }
func (m *merge[K]) Push(any)           {} // runs are only removed
func (m *merge[K]) Pop() any {
	*m = (*m)[:len(*m)-1]
	return nil
}

// next reads the next id of run i, or removes a run that has ended.
func (m *merge[K]) next(i int) error {
	h := (*m)[i]
	err := h.read()
	if errors.Is(err, io.EOF) {
		last := len(*m) - 1
		(*m)[i] = (*m)[last]
		*m = (*m)[:last]
		return nil
	}
	return err
}

func (h *head[K]) read() error {
	switch id := any(&h.id).(type) {
	case *int64:
		n, err := binary.ReadVarint(h.in)
		*id = n
		return err
	case *string:
		n, err := binary.ReadUvarint(h.in)
		if err != nil {
			return err
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(h.in, text); err != nil {
			return io.ErrUnexpectedEOF
		}
		*id = string(text)
	}
	return nil
}
