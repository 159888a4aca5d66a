package main

import "context"

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

// Run prints how many rows satisfy the filter: asked of the server where its
// count is the answer, else counted from the rows.
func (c *countCmd) Run(ctx context.Context, env *environment) error {
	flags := rowFlags{filterFlags: c.filterFlags, shapeFlags: shapeFlags{Deleted: c.Deleted}}
	res, plan, closed, err := flags.open(ctx, env, c.serverFlags, false)
	if err != nil {
		return err
	}
	defer closed()
	n, err := res.count(ctx, plan)
	if err != nil {
		return err
	}
	env.stdout.printf("%d\n", n)
	return nil
}
