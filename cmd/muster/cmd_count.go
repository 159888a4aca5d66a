package main

import (
	"context"

	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
)

// countCmd is `muster count`.
type countCmd struct {
	serverFlags
	filterFlags
	Deleted string `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
}

// Help shows how the command is used.
func (*countCmd) Help() string {
	return examples(
		`muster count 'last_login_at is null'`,
		`muster count 'created_at on 2024-03-10' --tz Europe/Berlin`,
		`muster count --deleted only`,
	)
}

// Run prints how many rows satisfy the filter.
func (c *countCmd) Run(ctx context.Context, env *environment) error {
	n, walk, err := countRows(ctx, env, c.serverFlags, c.filterFlags, c.Deleted)
	if err != nil {
		return err
	}
	env.doubts(walk)
	env.stdout.printf("%d\n", n)
	return nil
}

// countRows asks the server for the count if that is the answer, else it reads and
// counts the rows. walk has the statistics of that, or is zero.
func countRows(ctx context.Context, env *environment, server serverFlags, filter filterFlags, deleted string) (n int64, walk query.Stats, err error) {
	flags := rowFlags{filterFlags: filter, shapeFlags: shapeFlags{Deleted: deleted}}
	res, plan, closed, err := flags.open(ctx, env, server, false)
	if err != nil {
		return 0, walk, err
	}
	defer closed()
	return resource.Count(ctx, res, plan)
}
