package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
)

// exportCmd is `muster export`.
type exportCmd struct {
	serverFlags
	rowFlags
	statsFlag
	Output      string        `short:"o" required:"" placeholder:"FILE" help:"File to write, such as users.ndjson, .json, .csv, .parquet or .sqlite, the text forms also with .gz or .zst; - is standard output."`
	Format      string        `default:"auto" enum:"auto,ndjson,json,csv,parquet,sqlite" help:"Output: ${enum}. auto goes by the file's ending."`
	Resume      bool          `xor:"leftover" help:"Go on with an export that was interrupted; without one begin anew."`
	Restart     bool          `xor:"leftover" help:"Drop an export that was interrupted and begin anew."`
	CSVRaw      bool          `name:"csv-raw" help:"Leave text in CSV that a spreadsheet would run as a formula as it is."`
	SplitRows   int64         `name:"split-rows" xor:"folder" placeholder:"N" help:"Write a folder of files of N rows each, with a manifest."`
	PartitionBy string        `name:"partition-by" xor:"folder" placeholder:"FIELD" help:"Write a folder with a file for each value of a field, such as type or created_at:month, with a manifest."`
	CommitEvery time.Duration `name:"commit-every" default:"1s" help:"How often rows and checkpoint are made durable."`
}

// Help shows how the command is used.
func (*exportCmd) Help() string {
	return examples(
		`muster export -o users.ndjson`,
		`muster export 'is_active' -o active.parquet --select name,email,roles.name`,
		`muster export -o users.csv.gz --resume   # after an interruption, or anew`,
		`muster export -o users.json.zst`,
		`muster export -o users.sqlite   # made, or brought up to date`,
		`muster export -o by-type --format ndjson --partition-by type`,
	)
}

// Run writes the rows of the answer where they survive.
func (c *exportCmd) Run(ctx context.Context, env *environment) error {
	if c.Output != "-" {
		env = env.unseen()
	}
	text, err := c.text(env)
	if err != nil {
		return err
	}
	c.Filter = text // standard input is read once
	if c.Output == "-" {
		signal.Ignore(syscall.SIGPIPE) // whoever reads may stop; that is an error, not the end of the process
	}
	out, err := c.output()
	if err != nil {
		return err
	}
	res, plan, closed, err := c.open(ctx, env, c.serverFlags, true)
	if err != nil {
		return err
	}
	defer closed()
	if why := plan.Reasons.Resume; why != "" && c.Output != "-" {
		env.warnf("muster: warning: this export cannot be resumed: %s", why)
	}
	return res.export(ctx, env, out, plan)
}

// mode is what to do about an export that was interrupted.
func (c *exportCmd) mode() sink.Mode {
	switch {
	case c.Resume:
		return sink.ModeResume
	case c.Restart:
		return sink.ModeRestart
	}
	return sink.ModeNew
}

// exportTo runs the export and says how it ended.
func exportTo[T any](ctx context.Context, c *exportCmd, env *environment, w watched, src query.Source[T], plan *query.Plan, to query.Sink[T]) (err error) {
	opts, err := c.options(env)
	if err != nil {
		return err
	}
	var running underWay
	w.stats = running.stats
	if c.Output != "-" { // where rows are gone, not durable
		w.committed = running.committed.Load
	}
	opts = append(opts, query.CommitEvery(c.CommitEvery, 0), query.OnStart(running.start), query.OnCommit(running.commit))
	stop := env.watch(w)
	announced := &announced[T]{Sink: to, cmd: c, env: env}
	stats, err := query.ExportPlan(ctx, src, plan, query.Sink[T](announced), opts...)
	if closing := to.Close(); err == nil {
		err = closing // else it is a consequence
	}
	stop()
	if stats.MayRepeat {
		env.warnf("muster: warning: %s cannot be read back, so a row that changed while the export was interrupted may be there twice: check it with `muster verify`", c.Output)
	}
	c.sumUp(env, w, stats, err)
	if err != nil {
		if c.Output == "-" && env.stdout.begun && exit.Code(err) != exit.Interrupted {
			return &exit.PartialError{Err: err, Rows: announced.rows}
		}
		return c.left(env, stats, err)
	}
	return nil
}

// sumUp says what became of the export. That it is whole is said by itself, except
// about standard output, where it is the rows that count.
func (c *exportCmd) sumUp(env *environment, w watched, stats query.ExportStats, failed error) {
	w.stats = func() query.Stats { return stats.Run }
	if w.committed != nil {
		w.committed = func() int64 { return stats.Committed }
	}
	switch {
	case c.Stats == "json" || c.Output == "-":
		c.statsFlag.sumUp(env, w, failed)
	case failed == nil && (c.Stats == "text" || c.Stats == "auto" && !env.quiet):
		env.notef("muster: %s: %s", c.Output, exportSummary(stats))
	}
}

// announced says where the export begins, and counts what it takes from there.
type announced[T any] struct {
	query.Sink[T]

	cmd  *exportCmd
	env  *environment
	rows int64
}

func (a *announced[T]) Write(ctx context.Context, rows []T) error {
	err := a.Sink.Write(ctx, rows)
	if err == nil {
		a.rows += int64(len(rows))
	}
	return err
}

func (a *announced[T]) Resume(ctx context.Context) ([]byte, error) {
	checkpoint, err := a.Sink.Resume(ctx)
	if err == nil && a.cmd.Resume && checkpoint == nil {
		a.env.warnf("muster: %s: there is nothing to resume, so the export begins anew", a.cmd.Output)
	}
	return checkpoint, err
}

// SinkCapabilities are those of the sink itself.
func (a *announced[T]) SinkCapabilities() query.SinkCapabilities {
	if capable, ok := a.Sink.(query.CapableSink); ok {
		return capable.SinkCapabilities()
	}
	return query.SinkCapabilities{}
}

// left says of a failure what is left and how to go on.
func (c *exportCmd) left(env *environment, stats query.ExportStats, err error) error {
	leftover := (*sink.LeftoverError)(nil)
	switch {
	case errors.As(err, &leftover) && leftover.Resumable:
		return fmt.Errorf("%w: add --resume to go on with it, or --restart to drop it", err)
	case errors.As(err, &leftover):
		return fmt.Errorf("%w: add --restart to drop it", err)
	case errors.Is(err, query.ErrStored), errors.Is(err, sink.ErrCheckpoint):
		return fmt.Errorf("%w; add --restart to begin anew", err)
	case !stats.Resumable || c.Output == "-":
		return err
	}
	env.notef("muster: %s safe in %s; to go on: %s", rowsAre(stats.Committed), c.Output, commandWith("--resume", os.Args, c.Filter))
	if next := (*rest.NextPageError)(nil); errors.As(err, &next) {
		env.notef("muster: should the server refuse that page again, it no longer knows it; to begin anew: %s", commandWith("--restart", os.Args, c.Filter))
	}
	if exit.Code(err) == exit.Interrupted {
		return err
	}
	return &exit.KeptError{Err: err}
}

func rowsAre(n int64) string {
	if n == 1 {
		return "1 row is"
	}
	return count(n, "row") + " are"
}

// commandWith is the command line that was given, with --resume or --restart, for a
// shell. A filter that was read from standard input is not there to be read again.
func commandWith(flag string, args []string, filter string) string {
	words := make([]string, 0, len(args)+1)
	end := -1 // where flags end
	for _, arg := range args {
		switch {
		case arg == "--resume" || arg == "--restart":
			continue
		case arg == "--" && end < 0:
			end = len(words)
		case arg == "-":
			arg = filter
		}
		words = append(words, quoted(arg))
	}
	if end < 0 {
		end = len(words)
	}
	return strings.Join(slices.Insert(words, end, flag), " ")
}

// quoted is an argument as a shell reads it.
func quoted(arg string) string {
	if arg != "" && !strings.ContainsFunc(arg, needsQuoting) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func needsQuoting(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./,:=+@%", r)
}

// exportSummary is one line about a finished export.
func exportSummary(s query.ExportStats) string {
	line := count(s.Committed, "row")
	if s.Resumed > 0 {
		line += fmt.Sprintf(", %s of them from before", progress.Number(s.Resumed))
	}
	return fmt.Sprintf("%s; %s in %s", line, count(s.Run.Requests, "request"), s.Run.Elapsed.Round(time.Millisecond))
}

// underWay is how an export goes, for whoever watches it from another goroutine.
type underWay struct {
	run       atomic.Pointer[func() query.Stats] // nil before the start
	committed atomic.Int64
}

func (u *underWay) start(run func() query.Stats) { u.run.Store(&run) }
func (u *underWay) commit(s query.ExportStats)   { u.committed.Store(s.Committed) }

func (u *underWay) stats() query.Stats {
	if run := u.run.Load(); run != nil {
		return (*run)()
	}
	return query.Stats{}
}
