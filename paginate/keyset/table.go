package keyset

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"os"
)

const (
	shardBits = 6
	shards    = 1 << shardBits

	// A shard grows by half when it is 85 % full. It is thus 57 % full at the least, which
	// is 14 bytes a key; doubling would need up to 19.
	fullPercent = 85
	leastSlots  = 16
	slotBytes   = 8

	// probeSlots is how many slots of a frozen shard are read at once.
	probeSlots = 64
)

// table is a hash table of slots by linear probing (Knuth, TAOCP 3, 6.4), in shards, so
// that growing copies a part of it only. The empty slot is 0. A table that outgrows its
// memory is frozen: it moves to a file and begins anew.
type table struct {
	shift  uint // a slot without so many high bits says where it lies in its shard
	shards [shards]shard
	slots  int64 // of all shards

	file   *os.File
	end    int64 // of the file
	frozen []frozen
}

type shard struct {
	slots []uint64
	used  int
}

// frozen says where each shard of a frozen table lies in the file.
type frozen struct {
	start [shards]int64 // in bytes
	slots [shards]int
}

// home returns where the search for a slot begins among n: by the high bits of the slot,
// as in D. Lemire, "Fast random integer generation in an interval" (2019).
func (t *table) home(slot uint64, n int) int {
	hi, _ := bits.Mul64(slot<<t.shift, uint64(n)) //nolint:gosec // n is a length
	return int(hi)                                //nolint:gosec // below n
}

// has reports whether the table has a slot that is the same, where one like this would be.
func (t *table) has(i, slot uint64, same func(slot uint64) (bool, error)) (bool, error) {
	s := &t.shards[i]
	for at := range probes(t.home(slot, len(s.slots)), len(s.slots)) {
		if s.slots[at] == 0 {
			break
		}
		if found, err := same(s.slots[at]); found || err != nil {
			return found, err
		}
	}
	for k := range t.frozen {
		if found, err := t.thaw(&t.frozen[k], i, slot, same); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// probes yields every index below n once, from a first one on.
func probes(first, n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := first; at < n; at++ {
			if !yield(at) {
				return
			}
		}
		for at := range first {
			if !yield(at) {
				return
			}
		}
	}
}

// add puts a slot into the table, which does not have it.
func (t *table) add(i, slot uint64, memory int64) error {
	s := &t.shards[i]
	if s.used*100 >= len(s.slots)*fullPercent {
		if t.slots*slotBytes >= memory {
			if err := t.freeze(); err != nil {
				return err
			}
		}
		t.grow(s)
	}
	t.put(s.slots, slot)
	s.used++
	return nil
}

func (t *table) put(slots []uint64, slot uint64) {
	for at := range probes(t.home(slot, len(slots)), len(slots)) {
		if slots[at] == 0 {
			slots[at] = slot
			return
		}
	}
}

func (t *table) grow(s *shard) {
	grown := make([]uint64, max(leastSlots, len(s.slots)+len(s.slots)/2))
	for _, slot := range s.slots {
		if slot != 0 {
			t.put(grown, slot)
		}
	}
	t.slots += int64(len(grown) - len(s.slots))
	s.slots = grown
}

// freeze moves the shards to the file.
func (t *table) freeze() error {
	if t.file == nil {
		var err error
		if t.file, err = temporary(); err != nil {
			return err
		}
	}
	var f frozen
	var buf []byte
	for i := range t.shards {
		slots := t.shards[i].slots
		f.start[i], f.slots[i] = t.end, len(slots)
		buf = buf[:0]
		for _, slot := range slots {
			buf = binary.LittleEndian.AppendUint64(buf, slot)
		}
		if _, err := t.file.WriteAt(buf, t.end); err != nil {
			return failed(err)
		}
		t.end += int64(len(buf))
	}
	t.frozen = append(t.frozen, f)
	t.shards, t.slots = [shards]shard{}, 0
	return nil
}

// thaw searches a frozen table as has does.
func (t *table) thaw(f *frozen, i, slot uint64, same func(slot uint64) (bool, error)) (bool, error) {
	var window [probeSlots * slotBytes]byte
	n, begin := f.slots[i], -1 // of the window
	if n == 0 {
		return false, nil
	}
	for at := range probes(t.home(slot, n), n) {
		if begin < 0 || at < begin || at >= begin+probeSlots {
			begin = at
			size := min(probeSlots, n-at) * slotBytes
			if _, err := t.file.ReadAt(window[:size], f.start[i]+int64(at)*slotBytes); err != nil && !errors.Is(err, io.EOF) {
				return false, failed(err)
			}
		}
		other := binary.LittleEndian.Uint64(window[(at-begin)*slotBytes:])
		if other == 0 {
			return false, nil
		}
		if found, err := same(other); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

func (t *table) close() { remove(t.file) }
