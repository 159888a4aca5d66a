package query_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// readable is a sink that reads its keys back.
type readable[T any] interface {
	query.Sink[T]
	query.CapableSink
}

// stepped is a sink whose writes and commits are steps.
type stepped[T any] struct {
	readable[T]

	script *script
}

func (s stepped[T]) Write(ctx context.Context, rows []T) error {
	s.script.step()
	return s.readable.Write(ctx, rows)
}

func (s stepped[T]) Commit(ctx context.Context, checkpoint []byte) error {
	s.script.step()
	return s.readable.Commit(ctx, checkpoint)
}

// destination is where an interrupted export goes: a file or folder in memory, or an
// SQLite database on the disk.
type destination struct {
	name   string
	folder string // of the operating system
	memory *memoryFS
}

func (d destination) path() string { return filepath.Join(d.folder, d.name) }

// finished reports whether the output has its final name. A database always has.
func (d destination) finished() bool {
	_, err := d.memory.Stat(d.name)
	return err == nil
}

func interruptedSinks() []string {
	return []string{"x.ndjson", "x.csv.gz", "x.json.zst", "x.parquet", "split.ndjson", "x.sqlite", "x.csv", "split.parquet"}
}

func interruptedSink[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](src query.Source[T], fields []*model.Field, to destination) (readable[T], error) {
	o := sink.FileOptions{Mode: sink.ModeResume, FS: to.memory}
	form, plain := compression.FromName(to.name)
	var encoding sink.Encoding[T]
	switch format := filepath.Ext(plain); format {
	case ".sqlite":
		return sqlitesink.New(to.path(), src.Schema(), fields[0].Name, fields, src.Record, sqlitesink.Options{Mode: sink.ModeResume})
	case ".parquet":
		var err error
		if encoding, err = parquetsink.New(src.Schema(), fields, src.Record); err != nil {
			return nil, err
		}
	case ".csv":
		encoding = sink.Text(sink.CSV(src.Schema(), fields, src.Record), form)
	case ".json":
		encoding = sink.Text(sink.JSON("", sink.AppendJSON[T, P]), form)
	default:
		encoding = sink.Text(sink.NDJSON("", sink.AppendJSON[T, P]), form)
	}
	if strings.HasPrefix(to.name, "split.") {
		return sink.NewFolder(to.name, sink.SplitRows[T](10), encoding, filepath.Ext(plain), o), nil
	}
	return sink.NewFile(to.name, encoding, o), nil
}

// exportedKeys reads the keys of a finished export with the functions of the command
// verify.
func exportedKeys(ctx context.Context, path string) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		files := []string{path}
		if strings.HasPrefix(filepath.Base(path), "split.") {
			m, err := sink.ReadManifest(path)
			if err != nil {
				yield("", err)
				return
			}
			files = nil
			for _, f := range m.Files {
				files = append(files, filepath.Join(path, f.Name))
			}
		}
		for _, file := range files {
			for id, err := range fileKeys(ctx, file) {
				if !yield(strconv.FormatInt(id, 10), err) || err != nil {
					return
				}
			}
		}
	}
}

func fileKeys(ctx context.Context, path string) func(yield func(int64, error) bool) {
	_, plain := compression.FromName(path)
	switch format := strings.TrimPrefix(filepath.Ext(plain), "."); format {
	case "sqlite":
		return sqlitesink.IDs[int64](ctx, path)
	case "parquet":
		return parquetsink.IDs[int64](path, "id")
	default:
		return func(yield func(int64, error) bool) {
			f, err := os.Open(path)
			if err != nil {
				yield(0, err)
				return
			}
			defer f.Close() //nolint:errcheck // it is read
			r, err := compression.Reader(path, f)
			if err != nil {
				yield(0, err)
				return
			}
			for id, err := range sink.IDs[int64](format, "id", r) {
				if !yield(id, err) || err != nil {
					return
				}
			}
		}
	}
}
