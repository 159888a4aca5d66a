package main

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
)

// explainCmd is `muster explain`.
type explainCmd struct {
	serverFlags
	rowFlags
	Format  string `default:"text" enum:"text,json" help:"Output: ${enum}."`
	Probe   bool   `help:"Count the rows of each alternative on the server, and choose by the counts."`
	Analyze bool   `help:"Run the query, and show its actual cost beside the estimate."`
}

// Help shows how the command is used.
func (*explainCmd) Help() string {
	return examples(
		`muster explain 'is_active = true or name contains "ann"'`,
		`muster explain 'roles.name = "Pickers"' --format json`,
		`muster explain --probe 'last_login_at > now - 7d or email is null'`,
		`muster explain --analyze 'name like "a%n"'   # actual and estimated cost`,
	)
}

// Run prints the plan. Without --probe and --analyze it sends no request.
func (c *explainCmd) Run(ctx context.Context, env *environment) error {
	if err := c.serverFlags.check(); err != nil {
		return err
	}
	text, opts, res, err := c.prepare(env)
	if err != nil {
		return err
	}
	opts = append(opts, query.RateLimit(c.Rate, c.Burst))
	plan, err := query.Prepare(res, text, opts...) // a wrong filter needs no server
	if err != nil {
		return err
	}
	if !c.Probe && !c.Analyze {
		return c.print(env, plan)
	}
	client, err := c.client(env, res)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	res = res.Bind(client)
	if c.Probe {
		if plan, err = query.PrepareCounted(ctx, res, text, opts...); err != nil {
			return err
		}
	}
	if !c.Analyze {
		return c.print(env, plan)
	}
	if !c.Probe {
		if plan, err = query.Choose(ctx, res, plan, text, opts...); err != nil {
			return err
		}
	}
	return c.analyze(ctx, env, res, plan)
}

// print writes the plan in the chosen form.
func (c *explainCmd) print(env *environment, plan *query.Plan) error {
	if c.Format == "json" {
		return plan.ExplainJSON(env.stdout)
	}
	return plan.Explain(env.stdout)
}

// analyze runs the plan to its end and writes what each scan took.
func (c *explainCmd) analyze(ctx context.Context, env *environment, res resource.Resource, plan *query.Plan) error {
	rows, err := res.Run(ctx, plan)
	if err != nil {
		return err
	}
	for _, err := range rows.Records() {
		if err != nil {
			return err
		}
	}
	env.doubts(rows.Stats())
	analysis := rows.Analyze()
	if c.Format == "json" {
		return analysis.ExplainJSON(env.stdout)
	}
	if err := analysis.Explain(env.stdout); err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}
