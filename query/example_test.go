package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/transport"
)

// crew returns the users that the examples query, on an emulator with four users and a
// deleted one.
func crew() (users *shipstream.UserSource, end func()) {
	day := func(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }
	server := shipstreamtest.NewServer(shipstreamtest.Options{Rows: []shipstreamtest.User{
		{ID: 1, Name: "Ada", Email: "ada@example.com", Username: "ada", Active: true, CreatedAt: day("2023-03-01")},
		{ID: 2, Name: "Bob", Email: "bob@example.com", Username: "bob", Active: true, CreatedAt: day("2024-02-02")},
		{ID: 3, Name: "Cyd", Email: "cyd@example.com", Username: "cyd", CreatedAt: day("2024-03-03")},
		{ID: 4, Name: "Dee", Email: "dee@example.com", Username: "dee", Active: true, CreatedAt: day("2025-04-04")},
		{ID: 5, Name: "Eve", Email: "eve@example.com", Username: "eve", Deleted: true, CreatedAt: day("2022-05-05")},
	}})
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("demo")})
	if err != nil {
		panic(err)
	}
	return shipstream.Users(client, shipstream.AnyUser), func() {
		_ = client.Close()
		server.Close()
	}
}

func ExampleRun() {
	users, end := crew()
	defer end()
	since := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	rows, err := query.Run(context.Background(), users, `is_active = true and created_at > $1`,
		query.Args(since), query.OrderBy("-id"), query.Limit(500))
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(user.ID, user.Name)
	}
	// Output:
	// 4 Dee
	// 2 Bob
}

// Batches of about a page suit consumers that write them at once.
func ExampleRows() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	rows, err := query.Run(ctx, users, `name >= 'b'`, query.OrderBy("id"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close() //nolint:errcheck // Close of a run returns nil
	w := sink.NewStream(os.Stdout, sink.NDJSON("", func(dst []byte, u *shipstream.User) ([]byte, error) {
		return u.AppendJSONFields(dst, []string{"name", "is_active"})
	}))
	for batch := range rows.Batches() {
		if err := w.Write(ctx, batch); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := errors.Join(rows.Err(), w.Close()); err != nil {
		fmt.Println(err)
		return
	}
	// Output:
	// {"id":2,"name":"Bob","is_active":true}
	// {"id":3,"name":"Cyd","is_active":false}
	// {"id":4,"name":"Dee","is_active":true}
}

// A plan needs no server and shows the requests that it would send.
func ExamplePrepare() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(users, `id between 10 and 20 and name contains 'b'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(planned)
	// Output:
	// query     users where id between 10 and 20 and name contains 'b'
	// pushed    id between 10 and 20  [exact]
	//             as the range of ids
	// residual  name contains 'b'
	//             because `contains` is not a documented operator of the API; profile switch `contains` or `like`
	// ids       10 to 20
	// order     none: rows come as they arrive, which is fastest
	// limit     none
	// select    the basic fields
	// fetch     one page: at most 11 rows can match
	// cost      1 request
	// request   GET /v1/system/users/any?cursor_start=20&filter=id{gteq:10}&limit=1000&sort=-id
}

// Errors of the filter come before any request and point at the text.
func ExampleRun_error() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	_, err := query.Run(context.Background(), users, `is_activ = true`)
	fmt.Println(errors.Is(err, dsl.ErrType))
	fmt.Println(err)
	// Output:
	// true
	// type error at line 1, column 1: unknown field "is_activ"
	//   is_activ = true
	//   ^^^^^^^^
	//   hint: did you mean is_active?
}

func ExampleCountPlan() {
	users, end := crew()
	defer end()
	planned, err := query.Prepare(users, `is_active`)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := query.CountPlan(context.Background(), users, planned)
	fmt.Println(n, err)
	// Output: 3 <nil>
}

func ExampleCheck() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	checked, err := query.Check(users, `created_at = 2024-01-01`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(checked.Warnings[0].Msg)
	// Output: this compares with only the first second of 2024-01-01
}

// A consumer that makes rows durable stores the checkpoint with them; another process
// resumes from it.
func ExampleResume() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	rows, err := query.Run(ctx, users, "is_active", query.PageSize(2), query.OrderBy("-id"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var kept []byte
	for batch, err := range rows.Resumable() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(batch.Rows), "users are safe")
		if kept, err = json.Marshal(batch.Left); err != nil {
			fmt.Println(err)
		}
		break // the power fails
	}

	from, err := query.ReadCheckpoint(users, kept)
	if err != nil {
		fmt.Println(err)
		return
	}
	rest, err := query.Resume(ctx, users, from)
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rest.All() {
		fmt.Println(user.Name, err)
	}
	// Output:
	// 2 users are safe
	// Ada <nil>
}

func ExampleReadCheckpoint() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	_, err := query.ReadCheckpoint(users, []byte(`{"version":7}`))
	fmt.Println(err)
	// Output:
	// the stored checkpoint cannot be used: version 7, expected 1
}

func Example_storedPlan() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	planned, err := query.Prepare(users, "created_at > now - 1d", query.Now(noon))
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := json.Marshal(planned)
	if err != nil {
		fmt.Println(err)
		return
	}
	// A week later `now` still has its first meaning.
	loaded, err := plan.Load(users, stored)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.Scans[0].Query["filter"])
	// Output:
	// [created_at{gt:"2026-01-01T12:00:00Z"}]
}
