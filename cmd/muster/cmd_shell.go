package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// shellCmd is `muster shell`.
type shellCmd struct {
	serverFlags
	meaningFlags
	shapeFlags
	Format  string `default:"auto" enum:"auto,table,ndjson,json,csv" help:"Output: ${enum}. auto is a table on a terminal, NDJSON otherwise."`
	History string `placeholder:"FILE" env:"MUSTER_HISTORY" help:"Where the lines typed are kept; none keeps none. By default a file in the user's state directory."`
}

// Help shows how the command is used.
func (*shellCmd) Help() string {
	return examples(
		`muster shell`,
		`muster shell --select name,roles.name --limit 20`,
		`echo 'last_login_at is null' | muster shell   # each line is done`,
	)
}

// terminalLimit is how many rows are shown at a terminal unless a limit is set:
// who looks around does not want to fetch all there are.
const terminalLimit = 100

// Run reads filters and shows their rows: at a terminal with all that a person can
// use, else as a script.
func (c *shellCmd) Run(ctx context.Context, env *environment) error {
	if err := c.shapeFlags.check(); err != nil {
		return err
	}
	res, err := c.source(env)
	if err != nil {
		return err
	}
	if _, err := c.rows("").plan(env, res); err != nil { // before a server is needed: a flag may be wrong
		return err
	}
	told := &hush{w: env.stderr}
	hushed := *env
	hushed.stderr = told
	told.open(true)
	client, err := c.client(&hushed, res)
	told.open(false)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	c.Format = outputFormat(c.Format, env)
	a := &asker{cmd: c, env: env, res: res.bind(client), told: told}
	if !env.stdinTerminal {
		return shell.Script(ctx, a.engine(), env.stdin, env.stdout)
	}
	if c.Limit == 0 && env.rankOf("limit") == fromDefault {
		c.Limit = terminalLimit
	}
	if !env.stdoutTerminal || env.getenv("TERM") == "dumb" {
		return shell.Prompted(ctx, a.engine(), env.stdin, env.stdout, env.stderr)
	}
	return a.interact(ctx)
}

// rows is a filter with the flags as they now are.
func (c *shellCmd) rows(filter string) rowFlags {
	meaning := c.meaningFlags
	meaning.Param = needed(c.Param, filter)
	return rowFlags{filterFlags{Filter: filter, meaningFlags: meaning}, c.shapeFlags}
}

// asker does for a shell what it asks for, with one client.
type asker struct {
	cmd  *shellCmd
	env  *environment
	res  resource
	told *hush
}

// interact is the shell at a terminal. Ctrl-C there is for what is running, so the
// process's context, which ends by it, is not its context.
func (a *asker) interact(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	return shell.Interact(ctx, a.engine(), shell.Terminal{
		Output: a.env.stdout, Size: terminalSize, Styled: a.env.colored,
		History: a.cmd.history(a.env), Pager: pager(a.env), Interrupt: interrupts,
	})
}

// engine is the shell's other half.
func (a *asker) engine() shell.Engine {
	return shell.Engine{
		Schema: a.res.Schema(), Settings: a.settings(),
		Explain:  a.explain,
		Count:    a.count,
		Run:      a.run,
		Matching: a.matching,
		Message:  exit.Message,
	}
}

// run writes the rows of a filter, with the progress of the run until the first is
// there.
func (a *asker) run(ctx context.Context, w io.Writer, filter string) (summedUp string, err error) {
	a.told.open(true)
	defer a.told.open(false)
	env := a.writing(w)
	rows := a.cmd.rows(filter)
	plan, err := rows.plan(env, a.res)
	if err != nil {
		return "", err
	}
	warn(env, plan)
	before := a.res.client().Stats()
	answer, err := a.res.run(ctx, plan)
	if err != nil {
		return "", err
	}
	stop := sync.OnceFunc(env.watch(watched{client: a.res.client(), limit: plan.Limit, stats: answer.Stats}))
	env.stdout.w = writerFunc(func(b []byte) (int, error) {
		if len(b) == 0 {
			return 0, nil
		}
		stop()
		if err := ctx.Err(); err != nil {
			return 0, err // no header of a table without rows
		}
		return w.Write(b)
	})
	err = answer.write(ctx, env, a.cmd.Format)
	stop()
	if err != nil || !env.stdinTerminal || env.quiet {
		return "", err
	}
	done := answer.Stats()
	summedUp = summary(done, since(before, a.res.client().Stats()))
	if plan.Limit > 0 && done.Rows == plan.Limit {
		summedUp += `; \limit 0 shows all`
	}
	return summedUp, nil
}

// explain writes the plan of a filter.
func (a *asker) explain(_ context.Context, w io.Writer, filter string) error {
	plan, err := a.cmd.rows(filter).plan(a.env, a.res, query.RateLimit(a.cmd.Rate, a.cmd.Burst))
	if err != nil {
		return err
	}
	return plan.Explain(w)
}

// count writes how many rows a filter has, whatever the limit is.
func (a *asker) count(ctx context.Context, w io.Writer, filter string) error {
	a.told.open(true)
	defer a.told.open(false)
	plan, err := a.all(filter).plan(a.env, a.res)
	if err != nil {
		return err
	}
	n, err := a.res.count(ctx, plan)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d\n", n)
	return err
}

// patience is how long a count while typing may take: after it, the person has
// gone on.
const patience = 10 * time.Second

// matching counts with one request, or not at all.
func (a *asker) matching(ctx context.Context, filter string) (words string, ok bool) {
	plan, err := a.all(filter).plan(a.env, a.res)
	if err != nil || !plan.Exact() || len(plan.Scans) > 1 {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n, err := a.res.count(ctx, plan)
	if err != nil {
		return "", false
	}
	return count(n, "row"), true
}

// all is a filter without what only shapes its answer.
func (a *asker) all(filter string) rowFlags {
	rows := a.cmd.rows(filter)
	rows.shapeFlags = shapeFlags{Deleted: rows.Deleted}
	return rows
}

// writing is the environment with another standard output, and the terminal as
// wide as it now is.
func (a *asker) writing(w io.Writer) *environment {
	env := *a.env
	env.stdout = &printer{w: w}
	if width, _ := terminalSize(); width > 0 {
		env.width = width
	}
	return &env
}

// plan is the plan of the rows.
func (f rowFlags) plan(env *environment, res resource, more ...query.Option) (*query.Plan, error) {
	opts, err := f.options(env)
	if err != nil {
		return nil, err
	}
	return query.Prepare(res, f.Filter, append(opts, more...)...)
}

// writerFunc is a function as a writer.
type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// hush is a stream that is written to only while it is open: what a client has to
// say of a count must not come between what a person types.
type hush struct {
	w      io.Writer
	opened atomic.Bool
}

func (h *hush) open(yes bool) { h.opened.Store(yes) }

func (h *hush) Write(b []byte) (int, error) {
	if !h.opened.Load() {
		return len(b), nil
	}
	return h.w.Write(b)
}

// since is what a client has done between two snapshots.
func since(before, after transport.Stats) transport.Stats {
	after.Requests -= before.Requests
	after.Retries -= before.Retries
	after.Throttled -= before.Throttled
	after.Conflicts -= before.Conflicts
	return after
}

// terminalSize is that of the terminal on standard output; 0 is not known.
func terminalSize() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// history is the file of the lines typed; "" is none.
func (c *shellCmd) history(env *environment) string {
	switch c.History {
	case "none":
		return ""
	case "":
		return shell.HistoryPath(env.getenv)
	}
	return c.History
}

// pager is the command that shows what is longer than the terminal: $PAGER, else
// less; empty where it is not there, or where PAGER=cat says that there is none.
func pager(env *environment) []string {
	command := cmp.Or(env.getenv("PAGER"), "less")
	program, _, _ := strings.Cut(command, " ")
	if program == "cat" {
		return nil
	}
	if _, err := exec.LookPath(program); err != nil {
		return nil
	}
	name, args := shellCommand(command)
	return append([]string{name}, args...)
}
