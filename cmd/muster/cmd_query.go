package main

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
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
		`muster query 'last_login_at is null' --sort -created_at --limit 20 --format table`,
		`muster query 'email = :who' --param who=ann@example.com   # values never need quoting`,
		`muster query --format csv > users.csv`,
	)
}

// Run prints the rows of the answer.
func (c *queryCmd) Run(ctx context.Context, env *environment) error {
	if c.Format == "auto" {
		c.Format = "ndjson"
		if env.stdoutTerminal {
			c.Format = "table"
		}
	}
	src, plan, closed, err := c.open(env, c.serverFlags)
	if err != nil {
		return err
	}
	defer closed()
	rows, err := query.RunPlan(ctx, src, plan)
	if err != nil {
		return err
	}
	w := watchedRun(src, plan, rows.Stats)
	stop := env.watch(w)
	err = drain(ctx, rows, newWriter(c.Format, env, src, plan))
	stop()
	c.sumUp(env, w, err)
	return err
}

// prepare gathers what planning needs: the filter, the options and the source,
// which has no client yet.
func (f rowFlags) prepare(env *environment) (text string, opts []query.Option, src *shipstream.UserSource, err error) {
	if err := f.check(); err != nil {
		return "", nil, nil, err
	}
	if text, err = f.text(env); err != nil {
		return "", nil, nil, err
	}
	if opts, err = f.options(env); err != nil {
		return "", nil, nil, err
	}
	src, err = f.source()
	return text, opts, src, err
}

// open plans the query that the flags describe and then makes the client: a
// filter that is wrong needs no server. The caller must call closed.
func (f rowFlags) open(env *environment, server serverFlags) (src *shipstream.UserSource, plan *query.Plan, closed func(), err error) {
	text, opts, src, err := f.prepare(env)
	if err != nil {
		return nil, nil, nil, err
	}
	if plan, err = query.Prepare(src, text, opts...); err != nil {
		return nil, nil, nil, err
	}
	client, err := server.client(env)
	if err != nil {
		return nil, nil, nil, err
	}
	warn(env, plan)
	return src.Bind(client), plan, func() { _ = client.Close() }, nil // nothing is written through it
}

func warn(env *environment, plan *query.Plan) {
	for _, w := range plan.Warnings {
		env.warnf("muster: warning: %s", w)
	}
}

// drain writes every row, and says so when the run failed after some.
func drain[T any](ctx context.Context, rows *query.Rows[T], w sink.Writer[T]) (err error) {
	var written int64
	defer func() {
		_ = rows.Close() // it only waits; Err has the outcome
		if err != nil && written > 0 && exitCode(err) != exitInterrupted {
			err = &partialError{err, written}
		}
	}()
	for batch := range rows.Batches() {
		n := int64(len(batch)) // the writer owns the batch from here on
		if err := w.Write(ctx, batch); err != nil {
			return fmt.Errorf("writing the rows: %w", err)
		}
		written += n
	}
	if err := rows.Err(); err != nil {
		_ = w.Close() // the failure of the run is the one to report
		return err
	}
	return w.Close()
}

// newWriter is the writer of a format for the fields that the plan shows.
func newWriter(format string, env *environment, src *shipstream.UserSource, plan *query.Plan) sink.Writer[model.User] {
	fields, out := shown(src.Schema(), plan), env.stdout
	switch format {
	case "table":
		return newTable(env, src, fields)
	case "csv":
		return sink.NewCSV(out, src.Schema(), fields, src.Record)
	case "json":
		return sink.NewJSON(out, encoder(plan))
	}
	return sink.NewNDJSON(out, encoder(plan))
}

// newTable is a table that fits standard output.
func newTable(env *environment, src *shipstream.UserSource, fields []*model.Field) *sink.Table[model.User] {
	opts := []sink.TableOption{sink.FitWidth(env.tableWidth())}
	if env.colored {
		opts = append(opts, sink.Styled())
	}
	return sink.NewTable(env.stdout, src.Schema(), fields, src.Record, opts...)
}

// encoder writes a user as the API does: whole, or the id and exactly what was
// selected.
func encoder(plan *query.Plan) sink.Encode[model.User] {
	if len(plan.Select) == 0 {
		return func(dst []byte, u *model.User) ([]byte, error) { return u.AppendJSON(dst), nil }
	}
	names := make([]string, len(plan.Select))
	for i, f := range plan.Select {
		names[i] = f.Name
	}
	return func(dst []byte, u *model.User) ([]byte, error) { return u.AppendJSONFields(dst, names) }
}

// shown is the columns of a table: the id and what was selected, or the basic
// fields.
func shown(schema *model.Schema, plan *query.Plan) []*model.Field {
	var fields []*model.Field
	if len(plan.Select) == 0 {
		for i := range schema.Len() {
			if f := schema.Field(i); f.Returned == model.ReturnedAlways {
				fields = append(fields, f)
			}
		}
		return fields
	}
	if id, ok := schema.Lookup("id"); ok {
		fields = append(fields, id)
	}
	for _, f := range plan.Select {
		if f.Name != "id" {
			fields = append(fields, f)
		}
	}
	return fields
}
