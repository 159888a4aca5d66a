package parquetsink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// IDs reads the ids of the rows of the finished file at path; key names the column that
// holds them. An error is the last that it yields: a [*sink.DamagedError] that names the
// file if it is about the content.
func IDs[K int64 | string](path, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		f, err := sink.OpenExport(path)
		if err != nil {
			var none K
			yield(none, err)
			return
		}
		defer f.Close() //nolint:errcheck // it is read
		for id, err := range ReadIDs[K](f, key) {
			if err != nil {
				err = fmt.Errorf("%s: %w", path, err)
			}
			if !yield(id, err) {
				return
			}
		}
	}
}

// ReadIDs is [IDs] of an open file. It trusts nothing in the file: what the file says
// takes no more memory than an export's, and a panic of the Parquet library is a
// [*sink.DamagedError].
func ReadIDs[K int64 | string](f File, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) { readIDs(f, key, yield) }
}

// Keys implements [sink.Keyed] over the segments before the position, or the finished file.
func (e encoding[T]) Keys(fsys sink.FS, path string, at sink.Position, key *model.Field) iter.Seq2[model.Value, error] {
	return func(yield func(model.Value, error) bool) {
		var done segments
		if len(at.More) > 0 {
			if err := json.Unmarshal(at.More, &done); err != nil {
				yield(model.Null(), &sink.CheckpointError{Path: path, Reason: err.Error()})
				return
			}
		}
		names := make([]string, done.Segments)
		for n := range names {
			names[n] = segmentName(path, n+1)
		}
		if len(at.More) == 0 && at.Bytes > 0 {
			names = []string{path}
		}
		for _, name := range names {
			f, err := fsys.Open(name)
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
func keyValues(f File, key *model.Field, yield func(model.Value, error) bool) bool {
	if key.Type == model.TypeString {
		return readIDs(f, key.Name, func(k string, err error) bool { return yield(model.String(k), err) })
	}
	return readIDs(f, key.Name, func(k int64, err error) bool { return yield(model.Int(k), err) })
}

// readIDs yields the ids of a whole file, an error last, and reports whether the caller
// wants more.
func readIDs[K int64 | string](f File, key string, yield func(K, error) bool) bool {
	var c *chunkReader[K]
	err := contained(func() (err error) {
		c, err = openChunks[K](f, key)
		return err
	})
	for err == nil {
		var ids []K
		err = contained(func() (err error) {
			ids, err = c.next()
			return err
		})
		for _, id := range ids { // outside, because a panic of the caller is not the file's
			if !yield(id, nil) {
				return false
			}
		}
	}
	if errors.Is(err, io.EOF) {
		return true
	}
	var none K
	yield(none, err)
	return false
}

// chunkReader reads the ids of one column, chunk by chunk.
type chunkReader[K int64 | string] struct {
	file   File
	open   *parquet.File
	key    string
	column int
	group  int // the next one
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    []parquet.Value
	ids    []K
}

func openChunks[K int64 | string](f File, key string) (*chunkReader[K], error) {
	open, err := openFile(f)
	if err != nil {
		return nil, err
	}
	leaf, ok := open.Schema().Lookup(key)
	if !ok {
		return nil, damaged(errors.New("it has no column " + key))
	}
	if is, want := leaf.Node.Type().Kind(), kindOf[K](); is != want {
		return nil, damaged(fmt.Errorf("its column %s is of %v, not of %v", key, is, want))
	}
	return &chunkReader[K]{file: f, open: open, key: key, column: leaf.ColumnIndex, buf: make([]parquet.Value, 1024)}, nil
}

// next returns the next ids, which it overwrites then; [io.EOF] after the last.
func (c *chunkReader[K]) next() ([]K, error) {
	for c.values == nil {
		if err := c.nextPage(); err != nil {
			return nil, err
		}
	}
	n, err := c.values.ReadValues(c.buf)
	c.ids = c.ids[:0]
	for _, v := range c.buf[:n] {
		if v.IsNull() {
			return c.ids, damaged(errors.New("a row has no " + c.key))
		}
		c.ids = append(c.ids, idOf[K](v))
	}
	switch {
	case errors.Is(err, io.EOF):
		parquet.Release(c.page)
		c.page, c.values = nil, nil
	case err != nil:
		return c.ids, damaged(err)
	case n == 0:
		return nil, damaged(errors.New("a page ends too early"))
	}
	return c.ids, nil
}

// nextPage opens the next page of the column.
func (c *chunkReader[K]) nextPage() (err error) {
	if c.pages == nil {
		groups := c.open.RowGroups()
		if c.group == len(groups) {
			return io.EOF
		}
		group := groups[c.group]
		meta := &c.open.Metadata().RowGroups[c.group].Columns[c.column].MetaData
		if err := checkPages(c.file, meta, group.NumRows()); err != nil {
			return err
		}
		c.pages = group.ColumnChunks()[c.column].Pages()
		c.group++
	}
	c.page, err = c.pages.ReadPage()
	switch {
	case errors.Is(err, io.EOF):
		err = c.pages.Close()
		c.pages = nil
		return err
	case err != nil:
		return damaged(err)
	}
	c.values = c.page.Values()
	return nil
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
