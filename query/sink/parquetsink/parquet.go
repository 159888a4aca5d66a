package parquetsink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// groupRows bounds a row group, which has to be held in memory. A commit may leave smaller
// groups; those of fewer than smallGroup rows are joined at the end.
const (
	groupRows  = 32 << 10
	smallGroup = groupRows / 2
)

// New returns the encoding of the fields as Parquet. Integers and references (by their ids)
// are 64-bit integers, times are UTC timestamps in milliseconds, decimals and JSON are
// texts, a list is a LIST, and a path through a list of references is a LIST of what each
// has. Of lists inside lists it has the values of
// all in one LIST. The id is required, all other columns are optional. A list of references
// inside a reference, which has a length and no ids, is a [*sink.LayoutError]. Other fields that cannot be columns are a [*sink.LayoutError].
//
// A Parquet file cannot be resumed. So each commit ends a file of its own, PATH.00000001
// and so on, and the end copies their row groups into one.
func New[T any](schema *model.Schema, fields []*model.Field, record sink.Record[T]) (sink.Encoding[T], error) {
	columns, err := columnsOf(schema, fields)
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, &sink.LayoutError{Reason: "a Parquet file needs a column"}
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	return encoding[T]{schemaOf(schema.Name(), columns), columns, record, codec}, nil
}

type encoding[T any] struct {
	schema  *parquet.Schema
	columns []column
	record  sink.Record[T]
	codec   compress.Codec
}

func (e encoding[T]) Name() string { return "parquet" }

func (e encoding[T]) options() []parquet.WriterOption {
	return []parquet.WriterOption{
		e.schema,
		parquet.Compression(e.codec),
		parquet.MaxRowsPerRowGroup(groupRows),
		parquet.CreatedBy("muster", "", ""),
	}
}

// segments is the encoding's own part of a position.
type segments struct {
	Segments int   `json:"segments"`
	Bytes    int64 `json:"bytes"`
}

func (e encoding[T]) Open(fsys sink.FS, path string, at sink.Position) (sink.Body[T], error) {
	b := &body[T]{encoding: e, fs: fsys, path: path, rows: at.Rows}
	if len(at.More) > 0 {
		if err := json.Unmarshal(at.More, &b.done); err != nil {
			return nil, err
		}
	}
	b.found = b.done.Segments
	for i, c := range e.columns {
		b.values = append(b.values, values{column: c, index: i})
	}
	if at.Rows > 0 || at.Bytes > 0 {
		return b, e.drop(fsys, path, b.done.Segments)
	}
	names, err := segmentsAfter(fsys, path, 0)
	if err == nil && len(names) > 0 {
		err = &sink.ForeignError{Path: names[0], Err: errors.New("the export needs this name")}
	}
	return b, err
}

// Discard removes the segments.
func (e encoding[T]) Discard(fsys sink.FS, path string) error { return e.drop(fsys, path, 0) }

// drop removes the segments after the first n.
func (e encoding[T]) drop(fsys sink.FS, path string, n int) error {
	names, err := segmentsAfter(fsys, path, n)
	for _, name := range names {
		err = errors.Join(err, fsys.Remove(name))
	}
	return err
}

// segmentsAfter returns the files that have the name of a segment after the first n.
func segmentsAfter(fsys sink.FS, path string, n int) (names []string, err error) {
	folder, base := filepath.Split(path)
	entries, err := fsys.ReadDir(filepath.Clean(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), base+".")
		if at, err := strconv.Atoi(number); ok && err == nil && at > n && segmentName(base, at) == e.Name() {
			names = append(names, filepath.Join(folder, e.Name()))
		}
	}
	return names, err
}

func segmentName(path string, n int) string { return fmt.Sprintf("%s.%08d", path, n) }

// body is the segments of one file.
type body[T any] struct {
	encoding[T]

	fs    sink.FS
	path  string
	rows  int64
	done  segments
	found int // segments that were there at the start

	file    sink.Handle // of the segment that grows; nil if there is none
	writer  *parquet.GenericWriter[any]
	group   int // rows in the row group that grows
	values  []values
	records []model.Record
}

func (b *body[T]) Write(_ context.Context, rows []T) error {
	if err := b.begin(); err != nil {
		return err
	}
	for len(rows) > 0 {
		n := min(len(rows), groupRows-b.group)
		if err := b.write(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// begin opens the next segment.
func (b *body[T]) begin() (err error) {
	if b.file != nil {
		return nil
	}
	if b.file, err = b.fs.Create(segmentName(b.path, b.done.Segments+1)); err != nil {
		b.file = nil
		return err
	}
	if b.writer == nil {
		b.writer = parquet.NewGenericWriter[any](b.file, b.options()...)
	} else {
		b.writer.Reset(b.file)
	}
	return nil
}

func (b *body[T]) write(rows []T) error {
	b.records = b.records[:0]
	for i := range rows {
		b.records = append(b.records, b.record(&rows[i]))
	}
	leaves := b.writer.ColumnWriters()
	for i := range b.values {
		if err := b.values[i].gather(b.records); err != nil {
			return err
		}
		if _, err := leaves[i].WriteRowValues(b.values[i].buf); err != nil {
			return err
		}
	}
	clear(b.records)
	b.rows += int64(len(rows))
	if b.group += len(rows); b.group < groupRows {
		return nil
	}
	b.group = 0
	return b.writer.Flush()
}

// Sync ends the segment that grows.
func (b *body[T]) Sync() (sink.Position, error) {
	if b.file != nil {
		size, err := b.end()
		if err != nil {
			return sink.Position{}, err
		}
		b.done.Segments++
		b.done.Bytes += size
	}
	more, err := json.Marshal(b.done)
	return sink.Position{Rows: b.rows, Bytes: b.done.Bytes, More: more}, err
}

func (b *body[T]) end() (size int64, err error) {
	defer func() {
		err = errors.Join(err, b.file.Close())
		b.file, b.group = nil, 0
	}()
	if err := errors.Join(b.writer.Close(), b.file.Sync()); err != nil {
		return 0, err
	}
	return b.file.Seek(0, io.SeekEnd)
}

// Finish copies the segments together.
func (b *body[T]) Finish() (sink.Position, error) {
	if _, err := b.Sync(); err != nil {
		return sink.Position{}, err
	}
	f, err := b.fs.Open(b.path)
	if err != nil {
		return sink.Position{}, err
	}
	b.file = f
	if err := errors.Join(f.Truncate(0)); err != nil {
		return sink.Position{}, err
	}
	b.writer = parquet.NewGenericWriter[any](f, b.options()...)
	for n := range b.done.Segments {
		if err := b.join(n + 1); err != nil {
			return sink.Position{}, err
		}
	}
	size, err := b.end()
	return sink.Position{Rows: b.rows, Bytes: size}, err
}

// join appends a segment's row groups: it copies large ones as bytes, and small ones row by
// row into larger ones. A segment of an earlier process may have been changed since.
func (b *body[T]) join(n int) error {
	name := segmentName(b.path, n)
	f, err := b.fs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing is written through it
	err = contained(func() error {
		segment, err := openSegment(f, n <= b.found)
		if err != nil {
			return err
		}
		for _, group := range segment.RowGroups() {
			if group.NumRows() >= smallGroup {
				_, err = b.writer.WriteRowGroup(group)
			} else {
				err = b.joinRows(group)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (b *body[T]) joinRows(group parquet.RowGroup) error {
	rows := group.Rows()
	defer rows.Close() //nolint:errcheck // nothing is written through it
	_, err := parquet.CopyRows(b.writer, rows)
	return err
}

// Close releases the segment that grows, which is not committed.
func (b *body[T]) Close() error {
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return err
}
