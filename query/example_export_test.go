package query_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/transport"
)

func ExampleExport() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 2500})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken)})
	if err != nil {
		panic(err)
	}
	defer func() { _ = client.Close() }()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	encode := func(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }
	file := filepath.Join(folder, "users.ndjson")
	export := func(ctx context.Context, opts ...query.Option) (query.ExportStats, error) {
		to := sink.NewFile(file, sink.Text(sink.NDJSON("", encode), nil), sink.FileOptions{Mode: sink.ModeResume})
		defer func() { _ = to.Close() }()
		return query.Export(ctx, shipstream.Users(client, shipstream.AnyUser), "", to, opts...)
	}

	// Interrupt the first run after its first commit.
	ctx, interrupt := context.WithCancel(context.Background())
	stats, err := export(ctx, query.CommitEvery(0, 1), query.OnCommit(func(query.ExportStats) { interrupt() }))
	fmt.Println(err, stats.Committed, stats.Resumable)

	// The second run resumes.
	stats, err = export(context.Background())
	fmt.Println(err, stats.Resumed, stats.Run.Rows, stats.Committed, stats.Whole)
	// Output:
	// context canceled 1000 true
	// <nil> 1000 1500 2500 true
}

func ExampleCommitEvery() {
	seldom := query.CommitEvery(10*time.Second, 1000) // a kill costs ten seconds of work at most
	_ = seldom
	// Output:
}

func ExampleOnCommit() {
	progress := query.OnCommit(func(s query.ExportStats) { fmt.Println(s.Committed, "rows are safe") })
	_ = progress
	// Output:
}

func ExampleOnStart() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 2500})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken)})
	if err != nil {
		panic(err)
	}
	defer func() { _ = client.Close() }()
	encode := func(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }
	to := sink.NewStream(io.Discard, sink.NDJSON("", encode))

	var stats func() query.Stats // for whoever draws a bar, from another goroutine
	_, err = query.Export(context.Background(), shipstream.Users(client, shipstream.AnyUser), "", to,
		query.OnStart(func(run func() query.Stats) { stats = run }))
	fmt.Println(err, stats().Rows, stats().Percent())
	// Output:
	// <nil> 2500 100
}

// Inspect a plan, then export it without planning again.
func ExampleExportPlan() {
	users, end := crew()
	defer end()
	planned, err := query.Prepare(users, `is_active`, query.OrderBy("id"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("exact:", planned.Exact())
	encode := func(dst []byte, u *shipstream.User) ([]byte, error) { return append(dst, u.Name.Or("")...), nil }
	to := sink.NewStream(os.Stdout, sink.NDJSON("", encode))
	stats, err := query.ExportPlan(context.Background(), users, planned, query.Sink[shipstream.User](to))
	fmt.Println(stats.Committed, "rows, whole:", stats.Whole, err)
	// Output:
	// exact: true
	// Ada
	// Bob
	// Dee
	// 3 rows, whole: true <nil>
}
