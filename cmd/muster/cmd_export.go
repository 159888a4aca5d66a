package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/export"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// exportCmd is `muster export`.
type exportCmd struct {
	serverFlags
	rowFlags
	statsFlag
	Output        string        `short:"o" required:"" placeholder:"FILE" help:"File to write, such as users.ndjson, .json, .csv, .parquet or .sqlite, the text forms also with .gz or .zst; - is standard output."`
	Format        string        `default:"auto" enum:"auto,ndjson,json,csv,parquet,sqlite" help:"Output: ${enum}. auto goes by the file's ending."`
	Resume        bool          `xor:"leftover" help:"Resume an export that was interrupted; if there is none, start over."`
	Restart       bool          `xor:"leftover" help:"Drop an export that was interrupted and start over."`
	Replace       bool          `help:"Replace a complete database or folder that is an export of another query."`
	AcceptDeletes bool          `name:"accept-deletes" help:"Bring a database or folder up to date even if that removes more than a tenth of its rows, and more than 50."`
	ListTables    bool          `name:"list-tables" help:"Write lists of scalars, also those behind references, into tables of their own in SQLite, too."`
	CSVRaw        bool          `name:"csv-raw" help:"Leave text in CSV that a spreadsheet would run as a formula as it is."`
	SplitRows     int64         `name:"split-rows" xor:"folder" placeholder:"N" help:"Write a folder of files of N rows each, with a manifest."`
	PartitionBy   string        `name:"partition-by" xor:"folder" placeholder:"FIELD" help:"Write a folder with a file for each value of a field, such as type or created_at:month, with a manifest."`
	CommitEvery   time.Duration `name:"commit-every" default:"1s" help:"How often rows and checkpoint are made durable."`
}

// Help shows how the command is used.
func (*exportCmd) Help() string {
	return examples(
		`muster export -o users.ndjson`,
		`muster export 'is_active' -o active.parquet --select name,email,roles.name`,
		`muster export -o users.csv.gz --resume   # after an interruption`,
		`muster export -o users.json.zst`,
		`muster export -o users.sqlite   # created, or brought up to date`,
		`muster export -o rights.sqlite --select roles.permissions --list-tables`,
		`muster export -o by-type --format ndjson --partition-by type`,
	)
}

// Run writes the rows to a file, so that an interruption loses nothing.
func (c *exportCmd) Run(ctx context.Context, env *environment) error {
	if c.Output == "-" {
		signal.Ignore(syscall.SIGPIPE) // the reader may leave: an error, not the end of the process
	} else {
		env = env.unseen()
	}
	var err error
	if c.Filter, err = c.text(env); err != nil { // standard input is read once
		return err
	}
	to, err := c.target(env)
	if err != nil {
		return err
	}
	c.resumes = c.Resume && to.Leftover()
	res, plan, closed, err := c.open(ctx, env, c.serverFlags, true)
	if err != nil {
		return err
	}
	defer closed()
	if why := plan.Reasons.Resume; why != "" && !to.Streams() {
		env.warnf("muster: warning: this export cannot be resumed: %s", why)
	}
	write, err := res.Export(plan, to)
	if err != nil {
		return err
	}
	opts, err := c.options(env)
	if err != nil {
		return err
	}
	state := new(export.State)
	run := progress.Run{Client: res.Client(), Limit: plan.Limit, Stats: state.Stats}
	if !to.Streams() {
		run.Committed = state.Committed
	}
	stop := env.watch(run)
	result, err := write(ctx, append(append(opts, state.Options()...), query.CommitEvery(c.CommitEvery, 0))...)
	stop()
	return c.conclude(env, to, run, result, err)
}

// target checks the flags that say where the export goes.
func (c *exportCmd) target(env *environment) (export.Target, error) {
	mode := sink.ModeNew
	switch {
	case c.Resume:
		mode = sink.ModeResume
	case c.Restart:
		mode = sink.ModeRestart
	}
	return export.Options{
		Output: c.Output, Format: c.Format, Mode: mode, CSVRaw: c.CSVRaw,
		SplitRows: c.SplitRows, PartitionBy: c.PartitionBy, CommitEvery: c.CommitEvery,
		Replace: c.Replace, AcceptDeletes: c.AcceptDeletes, ListTables: c.ListTables,
	}.Target(env.stdout, env.warnf)
}

// conclude sums the export up and explains a failure. A finished export names its
// file, except on standard output, where the rows are what counts.
func (c *exportCmd) conclude(env *environment, to export.Target, run progress.Run, r export.Result, failed error) error {
	if r.MayRepeat {
		env.warnf("muster: warning: %s cannot be read back: check with `muster verify` that no row is there twice", c.Output)
	}
	run.Stats = func() query.Stats { return r.Run }
	if run.Committed != nil {
		run.Committed = func() int64 { return r.Committed }
	}
	if c.Stats == "json" || to.Streams() {
		failed = c.sumUp(env, run, failed)
	} else {
		if failed == nil && (c.Stats == "text" || c.Stats == "auto" && !env.quiet) {
			env.notef("muster: %s: %s", c.Output, r.Summary())
		}
		failed = c.judge(env, run, failed)
	}
	switch {
	case failed == nil || r.Whole:
		return failed
	case to.Streams() && env.stdout.begun && exit.Code(failed) != exit.Interrupted:
		return &exit.PartialError{Err: failed, Rows: r.Taken}
	}
	notes, err := to.Explain(r, failed, func(flag string) string { return export.Command(flag, os.Args, c.Filter) })
	for _, note := range notes {
		env.notef("muster: %s", note)
	}
	return err
}
