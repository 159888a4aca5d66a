package export

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// Rows says how the rows of an export are read and written.
type Rows[T any] struct {
	Schema *model.Schema
	Fields []*model.Field // the columns
	Key    *model.Field   // the one that identifies a row
	Record sink.Record[T]
	Encode sink.Encode[T] // as JSON
	SQLite func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[T], error)
}

// RawSink returns the sink for rows that are written as they were received. key identifies them.
func RawSink(t Target, key *model.Field) query.Sink[model.RawRow] {
	encode := func(dst []byte, r *model.RawRow) ([]byte, error) { return r.AppendJSON(dst), nil }
	return textSink(t, jsonFormat(t, "as received", encode), sink.SplitRows[model.RawRow](t.SplitRows), key)
}

// Sink returns the sink for decoded rows.
func Sink[T any](t Target, rows Rows[T]) (query.Sink[T], error) {
	by := sink.SplitRows[T](t.SplitRows)
	if t.PartitionBy != "" {
		field, _, _ := strings.Cut(t.PartitionBy, ":")
		if !slices.ContainsFunc(rows.Fields, func(f *model.Field) bool { return f.Name == field }) {
			return nil, exit.Usagef("--partition-by %s: the rows do not have the field; add it to --select", field)
		}
		var err error
		if by, err = sink.PartitionBy(rows.Schema, t.PartitionBy, rows.Record); err != nil {
			return nil, exit.Usagef("--partition-by %s: %w", t.PartitionBy, err)
		}
	}
	switch t.format {
	case "sqlite":
		return rows.SQLite(t.Output, rows.Fields, sqlitesink.Options{Mode: t.Mode, Replace: t.Replace, AcceptDeletes: t.AcceptDeletes, ListTables: t.ListTables})
	case "parquet":
		encoding, err := parquetsink.New(rows.Schema, rows.Fields, rows.Record)
		if err != nil {
			return nil, err
		}
		return fileSink(t, encoding, by, rows.Key), nil
	case "csv":
		var opts []sink.CSVOption
		if t.CSVRaw {
			opts = append(opts, sink.RawCells())
		}
		return textSink(t, sink.CSV(rows.Schema, rows.Fields, rows.Record, opts...), by, rows.Key), nil
	}
	return textSink(t, jsonFormat(t, "decoded", rows.Encode), by, rows.Key), nil
}

func jsonFormat[T any](t Target, rows string, encode sink.Encode[T]) sink.Format[T] {
	if t.format == "json" {
		return sink.JSON(rows, encode)
	}
	return sink.NDJSON(rows, encode)
}

// textSink writes a text format to standard output or to files.
func textSink[T any](t Target, format sink.Format[T], by sink.Partition[T], key *model.Field) query.Sink[T] {
	if t.Streams() {
		return sink.NewStream(t.stdout, format)
	}
	return fileSink(t, sink.Text(format, t.compression), by, key)
}

func fileSink[T any](t Target, encoding sink.Encoding[T], by sink.Partition[T], key *model.Field) query.Sink[T] {
	options := sink.FileOptions{Mode: t.Mode, Replace: t.Replace, AcceptDeletes: t.AcceptDeletes, Key: key}
	if t.folder() {
		return sink.NewFolder(t.Output, by, encoding, t.extension, options)
	}
	return sink.NewFile(t.Output, encoding, options)
}
