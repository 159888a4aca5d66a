package query

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/keyset"
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

// noteKey adds the key of a row to a set, and reports whether it was not there.
func noteKey[T any](src Source[T], seen *keyset.Set) func(row *T) (isNew bool, err error) {
	key := textKey(src)
	if key == nil {
		return func(row *T) (bool, error) { return seen.AddInt(src.ID(row)) }
	}
	return func(row *T) (bool, error) { return seen.AddText(src.Record(row).Value(key.Index()).Str()) }
}

// readKeys returns the set of the keys that kept yields.
func readKeys(kept iter.Seq2[model.Value, error]) (*keyset.Set, error) {
	seen := new(keyset.Set)
	for key, err := range kept {
		switch {
		case err != nil:
		case key.Type() == model.TypeString:
			_, err = seen.AddText(key.Str())
		default:
			_, err = seen.AddInt(key.Int())
		}
		if err != nil {
			seen.Close()
			return nil, err
		}
	}
	return seen, nil
}

// keyFunc returns the function that numbers rows: by the key, or by the [keyHash] of a
// string key, by which checkpoints of earlier versions name rows.
func keyFunc[T any](src Source[T]) func(row *T) int64 {
	key := textKey(src)
	if key == nil {
		return src.ID
	}
	return func(row *T) int64 { return keyHash(src.Record(row).Value(key.Index())) }
}

// keyHash returns an integer key itself and, of a string, 64 bits of its SHA-256.
func keyHash(key model.Value) int64 {
	if key.Type() != model.TypeString {
		return key.Int()
	}
	sum := sha256.Sum256([]byte(key.Str()))
	return int64(binary.LittleEndian.Uint64(sum[:])) //nolint:gosec // any number will do
}
