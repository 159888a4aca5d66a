package idset

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
)

// Packed is a list of numbers whose text is short: a byte or two for each when they
// lie close together. Any int64 may be in it, and its order does not count.
type Packed []int64

// errPacked reports a text that MarshalText did not write.
var errPacked = errors.New("not a packed list of ids")

// MarshalText writes the distances between neighbours as variable-length numbers in
// base64.
func (p Packed) MarshalText() ([]byte, error) {
	sorted := slices.Sorted(slices.Values(p))
	var packed []byte
	var last int64
	for _, id := range sorted {
		packed = binary.AppendUvarint(packed, uint64(id)-uint64(last)) //nolint:gosec // wraps around the same way when read
		last = id
	}
	return base64.RawStdEncoding.AppendEncode(nil, packed), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Packed) UnmarshalText(text []byte) error {
	packed, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return errPacked
	}
	*p = nil
	var last uint64
	for len(packed) > 0 {
		distance, n := binary.Uvarint(packed)
		if n <= 0 {
			return errPacked
		}
		last += distance
		*p = append(*p, int64(last)) //nolint:gosec // wraps around the same way when written
		packed = packed[n:]
	}
	return nil
}
