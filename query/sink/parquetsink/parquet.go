package parquetsink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
// texts, and a path through a list of references is a list. The id is required, all other
// columns are optional. Fields that cannot be columns are a [*sink.LayoutError].
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
	for i, c := range e.columns {
		b.values = append(b.values, values{column: c, index: i})
	}
	return b, e.drop(fsys, path, b.done.Segments)
}

// Discard removes the segments.
func (e encoding[T]) Discard(fsys sink.FS, path string) error { return e.drop(fsys, path, 0) }

// drop removes the segments after the first n.
func (e encoding[T]) drop(fsys sink.FS, path string, n int) error {
	names, err := fsys.Glob(globQuote(path) + ".[0-9]*")
	for _, name := range names {
		if name > segmentName(path, n) {
			err = errors.Join(err, fsys.Remove(name))
		}
	}
	return err
}

func segmentName(path string, n int) string { return fmt.Sprintf("%s.%08d", path, n) }

// globQuote returns a pattern that only the name itself matches.
func globQuote(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// body is the segments of one file.
type body[T any] struct {
	encoding[T]

	fs   sink.FS
	path string
	rows int64
	done segments

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
	if b.file, err = b.fs.Open(segmentName(b.path, b.done.Segments+1)); err != nil {
		return err
	}
	if err := b.file.Truncate(0); err != nil {
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
		b.values[i].gather(b.records)
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
		if err := b.join(segmentName(b.path, n+1)); err != nil {
			return sink.Position{}, err
		}
	}
	size, err := b.end()
	return sink.Position{Rows: b.rows, Bytes: size}, err
}

// join appends a segment's row groups: it copies large ones as bytes, and small ones row by
// row into larger ones.
func (b *body[T]) join(name string) error {
	f, err := b.fs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing is written through it
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	segment, err := parquet.OpenFile(f, size)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, group := range segment.RowGroups() {
		if group.NumRows() >= smallGroup {
			_, err = b.writer.WriteRowGroup(group)
		} else {
			err = b.joinRows(group)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
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
