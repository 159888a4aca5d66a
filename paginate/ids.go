package paginate

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
)

// IDs is a set of ids that goes into few bytes as text: a byte or two for each where
// they lie close together. The order does not count.
type IDs []int64

// errIDs is a text that MarshalText has not written.
var errIDs = errors.New("no set of ids")

// MarshalText writes the distances from one to the next, as variable-length numbers in
// base64.
func (s IDs) MarshalText() ([]byte, error) {
	sorted := slices.Sorted(slices.Values(s))
	var packed []byte
	var last int64
	for _, id := range sorted {
		packed = binary.AppendUvarint(packed, uint64(id)-uint64(last)) //nolint:gosec // it wraps, both ways alike
		last = id
	}
	return base64.RawStdEncoding.AppendEncode(nil, packed), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *IDs) UnmarshalText(text []byte) error {
	packed, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return errIDs
	}
	*s = nil
	var last uint64
	for len(packed) > 0 {
		distance, n := binary.Uvarint(packed)
		if n <= 0 {
			return errIDs
		}
		last += distance
		*s = append(*s, int64(last)) //nolint:gosec // as it was before
		packed = packed[n:]
	}
	return nil
}
