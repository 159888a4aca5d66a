package main

import (
	"context"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
)

// queryCmd is `muster query`.
type queryCmd struct {
	serverFlags
	rowFlags
	statsFlag
	Format string `default:"auto" enum:"auto,table,ndjson,json,csv" help:"Output: ${enum}. auto is a table on a terminal, NDJSON otherwise."`
}

// Help shows how the command is used.
func (*queryCmd) Help() string {
	return examples(
		`muster query 'is_active and created_at > now - 90d'`,
		`muster query 'name starts with "a"' --select name,roles.name --limit 5`,
		`muster query 'last_login_at is null' --sort -id --limit 20 --format table`,
		`muster query 'email = :who' --param who=a@b.example   # no quotes`,
		`muster query --format csv > users.csv`,
	)
}

// Run prints the rows of the answer.
func (c *queryCmd) Run(ctx context.Context, env *environment) error {
	res, plan, closed, err := c.open(ctx, env, c.serverFlags, true)
	if err != nil {
		return err
	}
	defer closed()
	rows, err := res.Run(ctx, plan)
	if err != nil {
		return err
	}
	run := progress.Run{Client: res.Client(), Limit: plan.Limit, Stats: rows.Stats}
	stop := env.watch(run)
	err = rows.Write(ctx, env.rows(outputFormat(c.Format, env)))
	stop()
	return c.sumUp(env, run, err)
}

// outputFormat replaces auto by the format that it stands for.
func outputFormat(format string, env *environment) string {
	switch {
	case format != "auto":
		return format
	case env.stdoutTerminal:
		return "table"
	}
	return "ndjson"
}

// prepare returns what planning needs: the filter, the options and the resource, which
// has no client yet.
func (f rowFlags) prepare(env *environment) (text string, opts []query.Option, res resource.Resource, err error) {
	if err := f.check(); err != nil {
		return "", nil, nil, err
	}
	if text, err = f.text(env); err != nil {
		return "", nil, nil, err
	}
	if opts, err = f.options(env); err != nil {
		return "", nil, nil, err
	}
	res, err = f.source(env)
	return text, opts, res, err
}

// open plans the query that the flags describe, and then makes the client, because a
// wrong filter needs no server. The caller must call closed.
func (f rowFlags) open(ctx context.Context, env *environment, server serverFlags, fetched bool) (res resource.Resource, plan *query.Plan, closed func(), err error) {
	text, opts, res, err := f.prepare(env)
	if err != nil {
		return nil, nil, nil, err
	}
	if plan, err = query.Prepare(res, text, opts...); err != nil {
		return nil, nil, nil, err
	}
	client, err := server.client(env, res)
	if err != nil {
		return nil, nil, nil, err
	}
	closed = func() { _ = client.Close() } // nothing is written through it
	warn(env, plan)
	res = res.Bind(client)
	if fetched || !plan.Exact() {
		if plan, err = query.Choose(ctx, res, plan, text, opts...); err != nil {
			closed()
			return nil, nil, nil, err
		}
	}
	return res, plan, closed, nil
}

func warn(env *environment, plan *query.Plan) {
	for _, w := range plan.Warnings {
		if !strings.HasPrefix(w, "warning ") { // those of the language do, with their position
			w = "warning: " + w
		}
		env.warnf("muster: %s", w)
	}
}
