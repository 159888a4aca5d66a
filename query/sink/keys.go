package sink

import (
	"context"
	"io"
	"iter"
	"path/filepath"

	"github.com/muster-go/muster/model"
)

// Keyed is an [Encoding] that can read back the keys of rows from a file that still grows.
type Keyed interface {
	// Keys yields the key of each row of the file at path before the position, in any
	// order. The position is one that Sync returned, or the Bytes alone of a finished file.
	// An error is the last that it yields. key is a field of integers or texts. nil = the
	// rows cannot be read back.
	Keys(fsys FS, path string, at Position, key *model.Field) iter.Seq2[model.Value, error]
}

// keys reads back the keys of the committed rows; nil if the encoding is not [Keyed], or if
// the file is finished, so that no row will follow.
func (f *File[T]) keys(_ context.Context, key *model.Field) iter.Seq2[model.Value, error] {
	if keyed, ok := f.encoding.(Keyed); ok && f.body != nil {
		return keyed.Keys(f.fs, f.part(), f.at, key)
	}
	return nil
}

// Keys implements [Keyed] over every file of the folder.
func (e folder[T]) Keys(fsys FS, path string, at Position, key *model.Field) iter.Seq2[model.Value, error] {
	keyed, ok := e.encoding.(Keyed)
	if !ok || keyed.Keys(fsys, path, Position{}, key) == nil {
		return nil
	}
	return func(yield func(model.Value, error) bool) {
		_, files, err := openPositions(fsys, path, at.More)
		if err != nil {
			fail(yield, err)
			return
		}
		for name, f := range files {
			for k, err := range keyed.Keys(fsys, filepath.Join(path, name), f.Position, key) {
				if !yield(k, err) || err != nil {
					return
				}
			}
		}
	}
}

// keyedFormat is a [Format] whose rows can be read back from a text that has no end yet.
type keyedFormat interface {
	// readsBack reports whether a row's text determines its key.
	readsBack(key *model.Field) bool
	// shape returns the name by which [IDs] knows the format.
	shape() string
}

func (f ndjson[T]) readsBack(*model.Field) bool    { return true }
func (f jsonArray[T]) readsBack(*model.Field) bool { return true }

// readsBack: the texts =a and '=a make the same cell unless cells are raw.
func (f csvFormat[T]) readsBack(key *model.Field) bool {
	return f.raw || key.Type != model.TypeString
}

func (f ndjson[T]) shape() string    { return "ndjson" }
func (f jsonArray[T]) shape() string { return "json" }
func (f csvFormat[T]) shape() string { return "csv" }

// Keys implements [Keyed].
func (e text[T]) Keys(fsys FS, path string, at Position, key *model.Field) iter.Seq2[model.Value, error] {
	format, ok := e.format.(keyedFormat)
	if !ok || !format.readsBack(key) {
		return nil
	}
	return func(yield func(model.Value, error) bool) {
		if at.Bytes == 0 {
			return
		}
		f, err := fsys.Open(path)
		if err != nil {
			fail(yield, err)
			return
		}
		defer f.Close() //nolint:errcheck // it is read
		var r io.Reader = io.NewSectionReader(f, 0, at.Bytes)
		if e.compression != nil {
			expanded, err := e.compression.NewReader(r)
			if err != nil {
				fail(yield, &DamagedError{err})
				return
			}
			defer expanded.Close() //nolint:errcheck // it is read
			r = expanded
		}
		if key.Type == model.TypeString {
			yieldValues(readIDs[string](format.shape(), key.Name, r, true), model.String, yield)
		} else {
			yieldValues(readIDs[int64](format.shape(), key.Name, r, true), model.Int, yield)
		}
	}
}

// yieldValues yields keys as values.
func yieldValues[K any](keys iter.Seq2[K, error], value func(K) model.Value, yield func(model.Value, error) bool) {
	for key, err := range keys {
		if err != nil {
			yield(model.Null(), err)
			return
		}
		if !yield(value(key), nil) {
			return
		}
	}
}
