package parquetsink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// IDs reads the ids of the rows of the finished file at path; key names the column that
// holds them. An error is the last that it yields: a [*sink.DamagedError] if it is about
// the content.
func IDs[K int64 | string](path, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		f, err := os.Open(path) //nolint:gosec // the caller names it
		if err != nil {
			var none K
			yield(none, err)
			return
		}
		defer f.Close() //nolint:errcheck // it is read
		readIDs(f, key, yield)
	}
}

// Keys implements [sink.Keyed] over the segments before the position.
func (e encoding[T]) Keys(fsys sink.FS, path string, at sink.Position, key *model.Field) iter.Seq2[model.Value, error] {
	return func(yield func(model.Value, error) bool) {
		var done segments
		if len(at.More) > 0 {
			if err := json.Unmarshal(at.More, &done); err != nil {
				yield(model.Null(), &sink.CheckpointError{Path: path, Reason: err.Error()})
				return
			}
		}
		for n := range done.Segments {
			f, err := fsys.Open(segmentName(path, n+1))
			if err != nil {
				yield(model.Null(), err)
				return
			}
			more := keyValues(f, key, yield)
			if _ = f.Close(); !more { // it is read
				return
			}
		}
	}
}

// keyValues yields the keys of a whole file as values and reports whether the caller wants
// more.
func keyValues(f file, key *model.Field, yield func(model.Value, error) bool) bool {
	if key.Type == model.TypeString {
		return readIDs(f, key.Name, func(k string, err error) bool { return yield(model.String(k), err) })
	}
	return readIDs(f, key.Name, func(k int64, err error) bool { return yield(model.Int(k), err) })
}

// file is an open file that is read.
type file interface {
	io.ReaderAt
	io.Seeker
}

// readIDs yields the ids of a whole file, an error last, and reports whether the caller
// wants more.
func readIDs[K int64 | string](f file, key string, yield func(K, error) bool) bool {
	failed := func(err error) bool {
		var none K
		yield(none, err)
		return false
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return failed(err)
	}
	open, err := parquet.OpenFile(f, size)
	if err != nil {
		return failed(&sink.DamagedError{Err: err})
	}
	leaf, ok := open.Schema().Lookup(key)
	if !ok {
		return failed(&sink.DamagedError{Err: errors.New("it has no column " + key)})
	}
	if is, want := leaf.Node.Type().Kind(), kindOf[K](); is != want {
		return failed(&sink.DamagedError{Err: fmt.Errorf("its column %s is of %v, not of %v", key, is, want)})
	}
	for _, group := range open.RowGroups() {
		if !chunkIDs(group.ColumnChunks()[leaf.ColumnIndex], key, yield) {
			return false
		}
	}
	return true
}

// kindOf returns the kind of a column of ids.
func kindOf[K int64 | string]() parquet.Kind {
	var id K
	if _, ok := any(id).(string); ok {
		return parquet.ByteArray
	}
	return parquet.Int64
}

// idOf reads a value of that kind. It keeps no part of it.
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
