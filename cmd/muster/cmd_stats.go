package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/console"
	"github.com/muster-go/muster/cmd/muster/internal/groupcount"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
)

// statsCmd is `muster stats`.
type statsCmd struct {
	serverFlags
	filterFlags
	By      string `required:"" placeholder:"FIELD[:UNIT]" help:"What to group by: is_active, type, role, warehouse, merchant, or any field that the server returns; a time by its day, month or year, such as created_at:month."`
	Deleted string `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
	Counts  int    `default:"60" help:"Most counts to ask for when grouping by a calendar; 0 = no bound."`
	Top     int    `default:"20" help:"Most groups to show if no calendar orders them; 0 = all."`
	Format  string `default:"auto" enum:"auto,chart,json" help:"Output: ${enum}. auto is a chart on a terminal, JSON otherwise."`
}

// Help shows how the command is used.
func (*statsCmd) Help() string {
	return examples(
		`muster stats --by is_active`,
		`muster stats --by type 'last_login_at is null'`,
		`muster stats --by role --top 5 'is_active'`,
		`muster stats --by roles.permissions 'is_active'`,
		`muster stats --by created_at:month 'created_at > now - 3y' --format chart`,
	)
}

// Run prints how many rows each group has.
func (c *statsCmd) Run(ctx context.Context, env *environment) error {
	request, err := c.request(env)
	if err != nil {
		return err
	}
	grouping, err := groupcount.New(request)
	if err != nil {
		return err
	}
	client, err := c.client(env, request.Resource)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	answer, err := grouping.Count(ctx, client)
	if err != nil {
		return err
	}
	env.doubts(query.Stats{Warnings: answer.Warnings})
	return c.print(env, answer)
}

// request returns the flags as a request. It needs no server.
func (c *statsCmd) request(env *environment) (groupcount.Request, error) {
	r := groupcount.Request{By: c.By, Counts: c.Counts, Top: c.Top, Type: c.Type, Watch: env.watch}
	flags := rowFlags{filterFlags: c.filterFlags, shapeFlags: shapeFlags{Deleted: c.Deleted}}
	text, opts, res, err := flags.prepare(env.unseen())
	if err != nil {
		return r, err
	}
	r.Resource, r.Options = res, opts
	if r.Filter, err = dsl.Parse(text); err != nil {
		return r, err
	}
	if _, err = query.Check(res, text, opts...); err != nil {
		return r, err
	}
	r.OfType = func(userType string) (resource.Resource, error) {
		flags.Type = userType
		return flags.source(env)
	}
	r.Zone, err = time.LoadLocation(c.TZ)
	return r, err
}

func (c *statsCmd) print(env *environment, a *groupcount.Answer) error {
	if c.Format == "json" || c.Format == "auto" && !env.stdoutTerminal {
		return json.NewEncoder(env.stdout).Encode(a)
	}
	width := env.width
	if width == 0 {
		width = 80
	}
	env.stdout.printf("%s", groupcount.Chart(a.Groups, a.Rows, width-1))
	env.warnf("%s", console.Wrap(a.Note(), env.tableWidth(), 0))
	return nil
}
