package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// exportOutput is what the flags of export say about its output.
type exportOutput struct {
	*exportCmd

	format      string           // never auto
	extension   string           // of the files of a folder
	compression sink.Compression // nil = none
}

// endings are the formats by a file's ending.
func endings() map[string]string {
	return map[string]string{
		".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".csv": "csv", ".parquet": "parquet",
		".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite",
	}
}

// output reads the format off the flags and the file's name.
func (c *exportCmd) output() (exportOutput, error) {
	out := exportOutput{exportCmd: c, format: c.Format}
	form, rest := compression.FromName(c.Output)
	if out.compression = form; out.format == "auto" {
		out.format = endings()[strings.ToLower(filepath.Ext(rest))]
		if out.format == "" && c.Output == "-" {
			out.format = "ndjson"
		}
	}
	heavy := out.format == "parquet" || out.format == "sqlite"
	switch {
	case out.format == "":
		return out, exit.Usagef("-o %s: the ending says no format; end it in .ndjson, .json, .csv, .parquet or .sqlite, or set --format", c.Output)
	case heavy && form != nil:
		return out, exit.Usagef("-o %s: %s is not compressed from outside; leave out the ending", c.Output, out.format)
	case heavy && c.Output == "-":
		return out, exit.Usagef("-o -: %s needs a file", out.format)
	case c.folder() && (c.Output == "-" || out.format == "sqlite"):
		return out, exit.Usagef("--split-rows and --partition-by write a folder of ndjson, json, csv or parquet files")
	case c.SplitRows < 0:
		return out, exit.Usagef("--split-rows %d: must be 1 or more", c.SplitRows)
	case c.CommitEvery <= 0:
		return out, exit.Usagef("--commit-every %s: must be more than 0", c.CommitEvery)
	case c.CSVRaw && out.format != "csv":
		return out, exit.Usagef("--csv-raw is for CSV, and the format is %s", out.format)
	}
	out.extension = "." + out.format
	if form != nil {
		out.extension += strings.TrimPrefix(c.Output, rest)
	}
	return out, nil
}

func (c *exportCmd) folder() bool { return c.SplitRows > 0 || c.PartitionBy != "" }

// passes reports whether rows of the plan go into the output as they come: whole
// objects as JSON, of which nothing is looked at.
func (o exportOutput) passes(p *query.Plan) bool {
	return (o.format == "ndjson" || o.format == "json") && len(p.Select) == 0 && o.PartitionBy == ""
}

// rawSink is the sink of rows that are passed on.
func rawSink(env *environment, o exportOutput) query.Sink[model.RawRow] {
	encode := func(dst []byte, r *model.RawRow) ([]byte, error) { return r.AppendJSON(dst), nil }
	return textSink(env, o, jsonFormat(o, "as received", encode), sink.SplitRows[model.RawRow](o.SplitRows))
}

// export writes the rows as they come where nothing need be known of them, else
// decoded.
func (r *resourceOf[T, P]) export(ctx context.Context, env *environment, out exportOutput, plan *query.Plan) error {
	w := watched{client: r.client(), limit: plan.Limit}
	if r.raw != nil && out.passes(plan) && r.raw.Serves(plan) {
		return exportTo(ctx, out.exportCmd, env, w, r.raw, plan, rawSink(env, out))
	}
	to, err := r.sink(env, out, plan)
	if err != nil {
		return err
	}
	return exportTo(ctx, out.exportCmd, env, w, r.Source, plan, to)
}

// sink is the sink of decoded rows.
func (r *resourceOf[T, P]) sink(env *environment, o exportOutput, plan *query.Plan) (query.Sink[T], error) {
	schema, fields := r.Schema(), shown(r, plan)
	by := sink.SplitRows[T](o.SplitRows)
	if o.PartitionBy != "" {
		field, _, _ := strings.Cut(o.PartitionBy, ":")
		if !slices.ContainsFunc(fields, func(f *model.Field) bool { return f.Name == field }) {
			return nil, exit.Usagef("--partition-by %s: the rows do not have the field; add it to --select", field)
		}
		var err error
		if by, err = sink.PartitionBy(schema, o.PartitionBy, r.Record); err != nil {
			return nil, exit.Usagef("--partition-by %s: %w", o.PartitionBy, err)
		}
	}
	switch o.format {
	case "sqlite":
		return r.sqlite(o.Output, fields, sqlitesink.Options{Mode: o.mode()})
	case "parquet":
		encoding, err := parquetsink.New(schema, fields, r.Record)
		if err != nil {
			return nil, err
		}
		return fileSink(o, encoding, by), nil
	case "csv":
		var opts []sink.CSVOption
		if o.CSVRaw {
			opts = append(opts, sink.RawCells())
		}
		return textSink(env, o, sink.CSV(schema, fields, r.Record, opts...), by), nil
	}
	return textSink(env, o, jsonFormat(o, "decoded", encoder[T, P](plan)), by), nil
}

func jsonFormat[T any](o exportOutput, rows string, encode sink.Encode[T]) sink.Format[T] {
	if o.format == "json" {
		return sink.JSON(rows, encode)
	}
	return sink.NDJSON(rows, encode)
}

// textSink puts a text format where the output goes.
func textSink[T any](env *environment, o exportOutput, format sink.Format[T], by sink.Partition[T]) query.Sink[T] {
	if o.Output == "-" {
		return sink.NewStream(env.stdout, format)
	}
	return fileSink(o, sink.Text(format, o.compression), by)
}

func fileSink[T any](o exportOutput, encoding sink.Encoding[T], by sink.Partition[T]) query.Sink[T] {
	options := sink.FileOptions{Mode: o.mode()}
	if o.folder() {
		return sink.NewFolder(o.Output, by, encoding, o.extension, options)
	}
	return sink.NewFile(o.Output, encoding, options)
}
