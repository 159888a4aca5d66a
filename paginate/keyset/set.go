package keyset

import (
	"encoding/binary"
	"hash/maphash"
	"math/rand/v2"
)

// DefaultMemory is the default of [Set.Memory].
const DefaultMemory = 64 << 20

// Set is a set of keys, each an integer or a text. The zero Set is empty and ready. It is
// not safe for concurrent use. Its errors match [ErrFile].
type Set struct {
	// Memory is the bytes of a table above which it moves to a temporary file; 0 =
	// [DefaultMemory]. Set it before the first key.
	Memory int64

	ints  table // of mixed integers
	texts table // of places in the log, with some bits of the hash
	log   keyLog
	n     int64
	zero  bool // the integer whose slot would be the empty one is in the set

	seeded bool
	seed   uint64       // of integers
	hash   maphash.Seed // of texts
	buf    []byte
}

// Len returns the number of keys.
func (s *Set) Len() int64 { return s.n }

// Close removes the temporary files. The set must not be used afterwards.
func (s *Set) Close() {
	s.ints.close()
	s.texts.close()
	s.log.close()
}

// begin seeds the hashes, so that a server which chooses the keys cannot make them collide.
func (s *Set) begin() {
	if s.seeded {
		return
	}
	if s.Memory <= 0 {
		s.Memory = DefaultMemory
	}
	s.seeded, s.seed, s.hash = true, rand.Uint64(), maphash.MakeSeed() //nolint:gosec // it need not stay secret
	s.ints.shift, s.texts.shift = shardBits, 0
}

// HasInt reports whether the set has an integer.
func (s *Set) HasInt(key int64) (bool, error) {
	s.begin()
	slot := s.intSlot(key)
	if slot == 0 {
		return s.zero, nil
	}
	return s.ints.has(slot>>(64-shardBits), slot, func(other uint64) (bool, error) { return other == slot, nil })
}

// AddInt adds an integer; false if the set has it.
func (s *Set) AddInt(key int64) (isNew bool, err error) {
	known, err := s.HasInt(key)
	if known || err != nil {
		return false, err
	}
	s.n++
	slot := s.intSlot(key)
	if slot == 0 {
		s.zero = true
		return true, nil
	}
	return true, s.ints.add(slot>>(64-shardBits), slot, s.Memory)
}

// intSlot mixes an integer by the finalizer of MurmurHash3. It is a bijection: two slots
// are equal only if the integers are.
func (s *Set) intSlot(key int64) uint64 {
	x := uint64(key) ^ s.seed //nolint:gosec // the sign is a bit like others
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// placeBits are the bits of a text's slot that hold its place in the log: 64 GiB.
const (
	placeBits = 36
	placeMask = 1<<placeBits - 1
)

// AddText adds a text; false if the set has it. If another text has the same bits of the
// hash, the texts themselves are compared.
func (s *Set) AddText(key string) (isNew bool, err error) {
	s.begin()
	hash := maphash.String(s.hash, key)
	shard, bits := hash>>(64-shardBits), hash<<shardBits&^placeMask
	s.buf = append(binary.AppendUvarint(s.buf[:0], uint64(len(key))), key...)
	known, err := s.texts.has(shard, bits, func(other uint64) (bool, error) {
		if other&^placeMask != bits {
			return false, nil
		}
		return s.log.holds(int64(other&placeMask)-1, s.buf)
	})
	if known || err != nil {
		return false, err
	}
	place, err := s.log.append(s.buf)
	if err != nil {
		return false, err
	}
	s.n++
	return true, s.texts.add(shard, bits|uint64(place+1), s.Memory) //nolint:gosec // below placeMask
}
