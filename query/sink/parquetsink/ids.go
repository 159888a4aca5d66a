package parquetsink

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/query/sink"
)

// IDs reads the ids of the rows of a finished file, which are in the column called
// key and of the type that the caller names. It yields an error last, a
// [*sink.DamagedError] where it is of the content.
func IDs[K int64 | string](path, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		var none K
		f, err := os.Open(path) //nolint:gosec // the caller names it
		if err != nil {
			yield(none, err)
			return
		}
		defer f.Close() //nolint:errcheck // it is read
		info, err := f.Stat()
		if err != nil {
			yield(none, err)
			return
		}
		file, err := parquet.OpenFile(f, info.Size())
		if err != nil {
			yield(none, &sink.DamagedError{Err: err})
			return
		}
		leaf, ok := file.Schema().Lookup(key)
		if !ok {
			yield(none, &sink.DamagedError{Err: errors.New("it has no column " + key)})
			return
		}
		if is, want := leaf.Node.Type().Kind(), kindOf[K](); is != want {
			yield(none, &sink.DamagedError{Err: fmt.Errorf("its column %s is of %v, not of %v", key, is, want)})
			return
		}
		for _, group := range file.RowGroups() {
			if !chunkIDs(group.ColumnChunks()[leaf.ColumnIndex], key, yield) {
				return
			}
		}
	}
}

// kindOf is the kind of a column of ids.
func kindOf[K int64 | string]() parquet.Kind {
	var id K
	if _, ok := any(id).(string); ok {
		return parquet.ByteArray
	}
	return parquet.Int64
}

// idOf reads a value of that kind, of which it keeps nothing.
func idOf[K int64 | string](v parquet.Value) (id K) {
	switch id := any(&id).(type) {
	case *int64:
		*id = v.Int64()
	case *string:
		*id = string(v.ByteArray())
	}
	return id
}

func chunkIDs[K int64 | string](chunk parquet.ColumnChunk, key string, yield func(K, error) bool) bool {
	var none K
	pages := chunk.Pages()
	defer pages.Close() //nolint:errcheck // it is read
	buf := make([]parquet.Value, 1024)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			yield(none, &sink.DamagedError{Err: err})
			return false
		}
		for values := page.Values(); err == nil; {
			var n int
			n, err = values.ReadValues(buf)
			for _, v := range buf[:n] {
				if v.IsNull() {
					yield(none, &sink.DamagedError{Err: errors.New("a row has no " + key)})
					return false
				}
				if !yield(idOf[K](v), nil) {
					return false
				}
			}
		}
		parquet.Release(page)
		if !errors.Is(err, io.EOF) {
			yield(none, &sink.DamagedError{Err: err})
			return false
		}
	}
}
