package export

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
)

// Options are the flags of an export.
type Options struct {
	Output      string // file or folder; "-" = standard output
	Format      string // "auto" goes by the file's ending
	Mode        sink.Mode
	CSVRaw      bool
	SplitRows   int64  // rows a file; 0 = one file
	PartitionBy string // FIELD or FIELD:UNIT; "" = one file
	CommitEvery time.Duration

	Replace       bool // replace a complete export of another query
	AcceptDeletes bool // bring an export up to date even if that removes many rows
	ListTables    bool // write lists of scalars into tables of their own, too
}

// Target is where an export goes, and in which form.
type Target struct {
	Options

	format      string           // never auto
	extension   string           // of the files of a folder
	compression sink.Compression // nil = none
	stdout      io.Writer
	warnf       func(format string, args ...any)
}

// Format returns the format that a file's name ends in, without a compression; ""
// if it ends in none.
func Format(name string) string {
	_, plain := compression.FromName(name)
	switch strings.ToLower(filepath.Ext(plain)) {
	case ".ndjson", ".jsonl":
		return "ndjson"
	case ".json":
		return "json"
	case ".csv":
		return "csv"
	case ".parquet":
		return "parquet"
	case ".sqlite", ".sqlite3", ".db":
		return "sqlite"
	}
	return ""
}

// Target checks the options, picks the format and checks that the output can take its
// name. Rows for "-" go to stdout, and warnf gets what the user should know once the export runs.
func (o Options) Target(stdout io.Writer, warnf func(format string, args ...any)) (Target, error) {
	t := Target{Options: o, format: o.Format, stdout: stdout, warnf: warnf}
	form, plain := compression.FromName(o.Output)
	if t.compression = form; t.format == "auto" {
		t.format = Format(o.Output)
		if t.format == "" && t.Streams() {
			t.format = "ndjson"
		}
	}
	heavy := t.format == "parquet" || t.format == "sqlite"
	switch {
	case t.format == "":
		return t, exit.Usagef("-o %s: the ending names no format; end it in .ndjson, .json, .csv, .parquet or .sqlite, or set --format", o.Output)
	case heavy && form != nil:
		return t, exit.Usagef("-o %s: %s compresses its own data; leave out the ending", o.Output, t.format)
	case heavy && t.Streams():
		return t, exit.Usagef("-o -: %s needs a file", t.format)
	case t.folder() && (t.Streams() || t.format == "sqlite"):
		return t, exit.Usagef("--split-rows and --partition-by write a folder of ndjson, json, csv or parquet files")
	case o.SplitRows < 0:
		return t, exit.Usagef("--split-rows %d: must be 1 or more", o.SplitRows)
	case o.CommitEvery <= 0:
		return t, exit.Usagef("--commit-every %s: must be more than 0", o.CommitEvery)
	case o.ListTables && t.format != "sqlite":
		return t, exit.Usagef("--list-tables is for SQLite, and the format is %s", t.format)
	case o.CSVRaw && t.format != "csv":
		return t, exit.Usagef("--csv-raw is for CSV, and the format is %s", t.format)
	}
	t.extension = "." + t.format
	if form != nil {
		t.extension += strings.TrimPrefix(o.Output, plain)
	}
	switch {
	case t.Streams():
		return t, nil
	case t.format == "sqlite":
		return t, sink.CheckInPlace(o.Output)
	}
	return t, sink.CheckTarget(o.Output, t.folder())
}

// Streams reports whether the rows go to standard output, where nothing is durable.
func (o Options) Streams() bool { return o.Output == "-" }

func (o Options) folder() bool { return o.SplitRows > 0 || o.PartitionBy != "" }

// Leftover reports whether an earlier run has left a checkpoint, or a database, that this
// one may resume.
func (t Target) Leftover() bool {
	name := t.Output
	if t.format != "sqlite" {
		name += ".checkpoint" // as query/sink names it
	}
	_, err := os.Lstat(name)
	return err == nil
}

// TakesRaw reports whether the rows of a plan can go into the output as they were
// received: whole objects as JSON, sorted into no folder by their fields.
func (t Target) TakesRaw(p *query.Plan) bool {
	return (t.format == "ndjson" || t.format == "json") && len(p.Select) == 0 && t.PartitionBy == ""
}
