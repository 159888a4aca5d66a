package main

import (
	"context"
	"io"

	"github.com/muster-go/muster/cmd/muster/internal/answer"
	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/query"
)

// shellCmd is `muster shell`.
type shellCmd struct {
	serverFlags
	meaningFlags
	shapeFlags
	Format  string `default:"auto" enum:"auto,table,ndjson,json,csv" help:"Output: ${enum}. auto is a table on a terminal, NDJSON otherwise."`
	History string `placeholder:"FILE" env:"MUSTER_HISTORY" help:"File that keeps the lines typed; none keeps none. By default a file in the user's state directory."`
}

// Help shows how the command is used.
func (*shellCmd) Help() string {
	return examples(
		`muster shell`,
		`muster shell --select name,roles.name --limit 20`,
		`echo 'last_login_at is null' | muster shell   # runs each line`,
	)
}

// terminalLimit is how many rows a terminal shows unless a limit is set: who looks
// around does not want to fetch every row.
const terminalLimit = 100

// Run reads filters and shows their rows: with editing at a terminal, else as a
// script.
func (c *shellCmd) Run(ctx context.Context, env *environment) error {
	if err := c.shapeFlags.check(); err != nil {
		return err
	}
	res, err := c.source(env)
	if err != nil {
		return err
	}
	if _, err := c.plan(env, res, "", answer.Show); err != nil { // a wrong flag needs no server
		return err
	}
	notes := answer.NewNotes(env.stderr)
	noted := *env
	noted.stderr = notes
	client, err := c.client(&noted, res)
	notes.Open(false)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	c.Format = outputFormat(c.Format, env)
	res = res.Bind(client)
	engine := c.engine(env, res, notes)
	if !env.stdinTerminal {
		return shell.Script(ctx, engine, env.stdin, env.stdout.raw())
	}
	if c.Limit == 0 && env.rankOf("limit") == fromDefault {
		c.Limit = terminalLimit
	}
	if !env.stdoutTerminal || env.getenv("TERM") == "dumb" {
		return shell.Prompted(ctx, engine, env.stdin, env.stdout.raw(), env.notes())
	}
	return c.interact(ctx, env, engine)
}

// plan plans a filter by the flags as they are now.
func (c *shellCmd) plan(env *environment, res resource.Resource, filter string, to answer.Purpose) (*query.Plan, error) {
	meaning, shape := c.meaningFlags, c.shapeFlags
	meaning.Param = answer.Params(c.Param, filter)
	if to == answer.Number {
		shape = shapeFlags{Deleted: c.Deleted}
	}
	opts, err := rowFlags{filterFlags: filterFlags{Filter: filter, meaningFlags: meaning}, shapeFlags: shape}.options(env)
	if err != nil {
		return nil, err
	}
	if to == answer.Explain {
		opts = append(opts, query.RateLimit(c.Rate, c.Burst))
	}
	return query.Prepare(res, filter, opts...)
}

// engine connects the shell to what answers it.
func (c *shellCmd) engine(env *environment, res resource.Resource, notes *answer.Notes) shell.Engine {
	a := &answer.Answerer{
		Resource: res, Notes: notes,
		Plan:  func(filter string, to answer.Purpose) (*query.Plan, error) { return c.plan(env, res, filter, to) },
		Warn:  func(p *query.Plan) { warn(env, p) },
		Doubt: env.doubts,
		Watch: func(r progress.Run) func() { return env.printingTo(io.Discard).watch(r) },
		Output: func(w io.Writer) resource.Output {
			to := env.printingTo(w)
			if width, _ := terminalSize(); width > 0 {
				to.width = width // as it is now
			}
			return to.rows(c.Format)
		},
		Terminal: env.stdoutTerminal, Summarize: env.stdinTerminal && !env.quiet,
	}
	return shell.Engine{
		Schema: res.Schema(), Settings: c.settings(env, res),
		Explain: a.Explain, Count: a.Count, Run: a.Run, Matching: a.Matching,
		Message: exit.Message, Terminal: env.stdoutTerminal,
	}
}
