package query

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/muster-go/muster/model"
)

// textKey is the field of type string that rows are told apart by; nil where that
// is an integer, which [Source.ID] returns.
func textKey(r Resource) *model.Field {
	if f, ok := r.Schema().Lookup(r.Dialect().ID()); ok && f.Type == model.TypeString {
		return f
	}
	return nil
}

// keyText is the key of a row where that is a text; "" otherwise.
func keyText[T any](src Source[T], row *T) string {
	if key := textKey(src); key != nil {
		return src.Record(row).Value(key.Index()).Str()
	}
	return ""
}

// keyFunc returns what identifies rows: the key or, where that is a text, its
// [keyHash].
func keyFunc[T any](src Source[T]) func(row *T) int64 {
	key := textKey(src)
	if key == nil {
		return src.ID
	}
	return func(row *T) int64 { return keyHash(src.Record(row).Value(key.Index())) }
}

// keyHash is an integer key itself and, of a text, 64 bits of its SHA-256. To keep
// the texts themselves would take several times the memory and the checkpoint; of
// ten million of them, two have the same number once in some 400 000 runs.
func keyHash(key model.Value) int64 {
	if key.Type() != model.TypeString {
		return key.Int()
	}
	sum := sha256.Sum256([]byte(key.Str()))
	return int64(binary.LittleEndian.Uint64(sum[:])) //nolint:gosec // any number will do
}
