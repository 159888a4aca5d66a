package parquetsink

import (
	"errors"
	"io"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/query/sink"
)

// IDs reads the ids of the rows of a finished file, which are in the column called
// key. It yields an error last, a [*sink.DamagedError] where it is of the content.
func IDs(path, key string) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		f, err := os.Open(path) //nolint:gosec // the caller names it
		if err != nil {
			yield(0, err)
			return
		}
		defer f.Close() //nolint:errcheck // it is read
		info, err := f.Stat()
		if err != nil {
			yield(0, err)
			return
		}
		file, err := parquet.OpenFile(f, info.Size())
		if err != nil {
			yield(0, &sink.DamagedError{Err: err})
			return
		}
		leaf, ok := file.Schema().Lookup(key)
		if !ok {
			yield(0, &sink.DamagedError{Err: errors.New("it has no column " + key)})
			return
		}
		for _, group := range file.RowGroups() {
			if !chunkIDs(group.ColumnChunks()[leaf.ColumnIndex], yield) {
				return
			}
		}
	}
}

func chunkIDs(chunk parquet.ColumnChunk, yield func(int64, error) bool) bool {
	pages := chunk.Pages()
	defer pages.Close() //nolint:errcheck // it is read
	buf := make([]parquet.Value, 1024)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			yield(0, &sink.DamagedError{Err: err})
			return false
		}
		for values := page.Values(); err == nil; {
			var n int
			n, err = values.ReadValues(buf)
			for _, v := range buf[:n] {
				if !yield(v.Int64(), nil) {
					return false
				}
			}
		}
		parquet.Release(page)
		if !errors.Is(err, io.EOF) {
			yield(0, &sink.DamagedError{Err: err})
			return false
		}
	}
}
