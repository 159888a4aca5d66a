package query

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/muster-go/muster/model"
)

// textKey returns the key field if it is a string; nil if it is an integer, which
// [Source.ID] returns.
func textKey(r Resource) *model.Field {
	if f, ok := r.Schema().Lookup(r.Dialect().ID()); ok && f.Type == model.TypeString {
		return f
	}
	return nil
}

// keyText returns the key of a row if it is a string; "" otherwise.
func keyText[T any](src Source[T], row *T) string {
	if key := textKey(src); key != nil {
		return src.Record(row).Value(key.Index()).Str()
	}
	return ""
}

// keyFunc returns the function that identifies rows: by the key, or by the [keyHash] of
// a string key.
func keyFunc[T any](src Source[T]) func(row *T) int64 {
	key := textKey(src)
	if key == nil {
		return src.ID
	}
	return func(row *T) int64 { return keyHash(src.Record(row).Value(key.Index())) }
}

// keyHash returns an integer key itself and, of a string, 64 bits of its SHA-256. The
// strings themselves would take several times the memory and the checkpoint. Among ten
// million keys, two collide once in about 400 000 runs (birthday bound).
func keyHash(key model.Value) int64 {
	if key.Type() != model.TypeString {
		return key.Int()
	}
	sum := sha256.Sum256([]byte(key.Str()))
	return int64(binary.LittleEndian.Uint64(sum[:])) //nolint:gosec // any number will do
}
