package main

import (
	"context"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// demoCmd is `muster demo`.
type demoCmd struct{}

// What the demo shows.
const (
	demoFilter = "is_active = true and created_at > 2024-01-01"
	demoUsers  = 20_000
	demoRows   = 10
)

// Help shows how the command is used.
func (demoCmd) Help() string { return examples(`muster demo`) }

// Run serves an emulator on the loopback interface with the limits of the API, and
// queries it through the real client.
func (demoCmd) Run(ctx context.Context, env *environment) error {
	server, err := shipstreamtest.Start(shipstreamtest.Options{Users: demoUsers, IDs: shipstreamtest.Sparse, Latency: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken)})
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	users := shipstream.Users(client, shipstream.AnyUser)
	rows, err := query.Run(ctx, users, demoFilter)
	if err != nil {
		return err
	}
	out := env.stdout
	out.printf("%d users behind a real HTTP server on this machine: 50 ms latency, 10 requests/s, burst 60, 5 at once.\n\n", demoUsers)
	out.printf("$ muster query '%s'\n\nThe plan:\n%v\n", demoFilter, rows.Plan())
	out.printf("The first %d rows:\n", demoRows)
	if err := demoTable(ctx, env, users, rows); err != nil {
		return err
	}
	s := rows.Stats()
	env.doubts(s)
	out.printf("\nThe run:\nrows      %d\nrequests  %d\nretries   %d\ntime      %s\nrows/s    %.0f\n",
		s.Rows, s.Requests, s.Retries, s.Elapsed.Round(time.Millisecond), s.RowsPerSecond())
	return nil
}

// demoTable reads every row and prints the first few.
func demoTable(ctx context.Context, env *environment, users *shipstream.UserSource, rows *query.Rows[shipstream.User]) error {
	var head []shipstream.User
	for user, err := range rows.All() {
		if err != nil {
			return err
		}
		if len(head) < demoRows {
			head = append(head, user)
		}
	}
	table := resource.Table(env.rows("table"), users, rows.Plan())
	if err := table.Write(ctx, head); err != nil {
		return err
	}
	return table.Close()
}
