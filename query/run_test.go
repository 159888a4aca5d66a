package query_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// source starts an emulator and returns its users as a source.
func source(tb testing.TB, o shipstreamtest.Options, caps shipstream.Capabilities) (*shipstreamtest.Server, *shipstream.UserSource) {
	tb.Helper()
	if o.Rate == 0 {
		o.Rate, o.Concurrency = -1, -1
	}
	server := shipstreamtest.NewServer(o)
	tb.Cleanup(server.Close)
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken),
		Rate: -1, Concurrency: 4, Backoff: time.Millisecond, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return server, shipstream.Users(client, shipstream.AnyUser, shipstream.With(caps))
}

func collect[T any](ctx context.Context, src query.Source[T], filter string, opts ...query.Option) ([]T, error) {
	rows, err := query.Run(ctx, src, filter, opts...)
	if err != nil {
		return nil, err
	}
	var all []T
	for batch, err := range rows.Leased() {
		if err != nil {
			return all, err
		}
		all = append(all, batch...)
	}
	return all, nil
}

func sortedIDs(users []shipstream.User) []int64 {
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	slices.Sort(ids)
	return ids
}

// TestBatchesAreAll: both ways of consuming a run deliver the same rows.
func TestBatchesAreAll(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 3000}, shipstream.Capabilities{})
	all, err := collect(t.Context(), src, "is_active", query.PageSize(250))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), src, "is_active", query.PageSize(250))
	if err != nil {
		t.Fatal(err)
	}
	var batched []shipstream.User
	for batch := range rows.Batches() {
		batched = append(batched, batch...)
	}
	if rows.Err() != nil || !slices.Equal(sortedIDs(batched), sortedIDs(all)) {
		t.Errorf("%d rows in batches, %d one by one: %v", len(batched), len(all), rows.Err())
	}
	if s := rows.Stats(); s.Rows != int64(len(all)) || s.Requests < s.Rows/250 || s.Elapsed <= 0 {
		t.Errorf("statistics: %+v", s)
	}
}

// TestSecondConsumption: the rows of a run can be consumed once.
func TestSecondConsumption(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 10}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range rows.All() {
		if !errors.Is(err, query.ErrConsumed) {
			t.Errorf("second consumption: %v", err)
		}
	}
	for range rows.Batches() {
		t.Error("a third consumption delivered rows")
	}
	if !errors.Is(rows.Err(), query.ErrConsumed) {
		t.Errorf("a third consumption left %v", rows.Err())
	}
}

// TestNothingRunsBeforeConsumption: planning and Run send no request.
func TestNothingRunsBeforeConsumption(t *testing.T) {
	server, src := source(t, shipstreamtest.Options{Users: 10}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests before anyone asked for rows", n)
	}
	for _, err := range rows.All() {
		if !errors.Is(err, query.ErrClosed) {
			t.Errorf("rows after Close: %v", err)
		}
	}
}

// TestContradictionSendsNothing: an impossible filter answers without a request.
func TestContradictionSendsNothing(t *testing.T) {
	server, src := source(t, shipstreamtest.Options{Users: 10}, shipstream.Capabilities{})
	for _, filter := range []string{"false", "id < 3 and id > 5", "is_active and not is_active", "id = -1"} {
		users, err := collect(t.Context(), src, filter)
		if err != nil || len(users) != 0 {
			t.Errorf("%s: %d rows, %v", filter, len(users), err)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestBreakStopsTheRun: a break ends the fetch; goleak checks the goroutines.
func TestBreakStopsTheRun(t *testing.T) {
	server, src := source(t, shipstreamtest.Options{Users: 50_000, Latency: time.Millisecond}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "", query.PageSize(100))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if rows.Err() != nil {
		t.Errorf("breaking out left an error: %v", rows.Err())
	}
	if n := len(server.Requests()); n > 100 {
		t.Errorf("%d requests for one row", n)
	}
}

// TestCloseStopsBatches: Close ends a run without a consumer, and waits.
func TestCloseStopsBatches(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 50_000}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "", query.PageSize(100))
	if err != nil {
		t.Fatal(err)
	}
	batches := rows.Batches()
	<-batches
	for range 2 {
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !errors.Is(rows.Err(), query.ErrClosed) {
		t.Errorf("the run ended with %v", rows.Err())
	}
}

// TestCancellation: the run's error matches the caller's cause.
func TestCancellation(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 50_000, Latency: time.Millisecond}, shipstream.Capabilities{})
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	rows, err := query.Run(ctx, src, "", query.PageSize(100))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range rows.All() {
		if n++; n == 150 {
			cancel(enough)
		}
		if err != nil && !errors.Is(err, enough) {
			t.Errorf("cancelled with %v", err)
		}
	}
	if !errors.Is(rows.Err(), enough) {
		t.Errorf("Err is %v", rows.Err())
	}
}

// TestParameters: bound values take the fields' types and are never pasted as text.
func TestParameters(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Rows: []shipstreamtest.User{
		{ID: 1, Name: `x' or true or 'y`, Username: "a"}, {ID: 2, Name: "b", Username: "b"},
	}}, shipstream.Capabilities{})
	for _, test := range []struct {
		filter string
		opts   []query.Option
		want   []int64
	}{
		{"name = $1", []query.Option{query.Args(`x' or true or 'y`)}, []int64{1}},
		{"id in ($1)", []query.Option{query.Args([]int{2, 3})}, []int64{2}},
		{"id in ($1)", []query.Option{query.Args([]int{})}, []int64{}},
		{"username = :who", []query.Option{query.Named("who", "b")}, []int64{2}},
		{"id = $1", []query.Option{query.Args(dsl.Text("2"))}, []int64{2}},
	} {
		users, err := collect(t.Context(), src, test.filter, test.opts...)
		if err != nil || !slices.Equal(sortedIDs(users), test.want) {
			t.Errorf("%s: %v, %v", test.filter, sortedIDs(users), err)
		}
	}
	if _, err := collect(t.Context(), src, "id = $1"); !errors.Is(err, dsl.ErrType) {
		t.Errorf("an unbound parameter: %v", err)
	}
}

// TestLocalOrder: a local sort equals the server's, with nulls and ties.
func TestLocalOrder(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 700}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	for _, order := range []string{"last_login_at", "-last_login_at", "username,id", "-email", "created_at,-username"} {
		server, err := collect(t.Context(), src, "id > 0", query.OrderBy(order), query.Limit(1000))
		if err != nil {
			t.Fatal(err)
		}
		for name, opts := range map[string][]query.Option{
			"sorted": {query.OrderBy(order), query.PageSize(100)},
			"top k":  {query.OrderBy(order), query.PageSize(100), query.Limit(50)},
		} {
			filter := "id > 0"
			if name == "top k" {
				filter = "name like '%' or name not like '%'" // every row, and nothing the server can say
			}
			local, err := collect(t.Context(), src, filter, opts...)
			if err != nil {
				t.Fatal(err)
			}
			want := server[:min(len(server), len(local))]
			if got, want := orderedIDs(local), orderedIDs(want); !slices.Equal(got, want) {
				t.Errorf("%s %s: first difference at %d of %d", name, order, firstDifference(got, want), len(got))
			}
		}
	}
}

func orderedIDs(users []shipstream.User) []int64 {
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}

func firstDifference(a, b []int64) int {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// TestSortLimit: a local sort that exceeds its bound fails with SortLimitError.
func TestSortLimit(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 300}, shipstream.Capabilities{})
	_, err := collect(t.Context(), src, "", query.OrderBy("name"), query.MaxSortRows(100), query.PageSize(50))
	if !errors.Is(err, query.ErrSortLimit) {
		t.Errorf("got %v", err)
	}
}

// TestFaults: a fifth of the responses fail, and the rows are complete.
func TestFaults(t *testing.T) {
	kinds := []shipstreamtest.FaultKind{
		shipstreamtest.FaultConflict, shipstreamtest.FaultBadGateway, shipstreamtest.FaultReset, shipstreamtest.FaultCutBody,
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			server, src := source(t, shipstreamtest.Options{Users: 4000, IDs: shipstreamtest.Islands, Seed: seed, Faults: 0.2, FaultKinds: kinds}, shipstream.Capabilities{})
			rows, err := query.Run(t.Context(), src, "", query.PageSize(100))
			if err != nil {
				t.Fatal(err)
			}
			seen := map[int64]bool{}
			for user, err := range rows.All() {
				if err != nil {
					t.Fatal(err)
				}
				if seen[user.ID] {
					t.Fatalf("user %d came twice", user.ID)
				}
				seen[user.ID] = true
			}
			if len(seen) != 4000 || rows.Stats().Retries == 0 || server.Counters().Faults == 0 {
				t.Errorf("%d rows, %d retries, %d faults", len(seen), rows.Stats().Retries, server.Counters().Faults)
			}
		})
	}
}

// TestMalformedPage: a body that is not JSON is requested once more; a second one ends the
// run with a named error.
func TestMalformedPage(t *testing.T) {
	bad := shipstreamtest.Fault{Kind: shipstreamtest.FaultMalformed}
	_, src := source(t, shipstreamtest.Options{Users: 10, Script: []shipstreamtest.Fault{bad}}, shipstream.Capabilities{})
	if users, err := collect(t.Context(), src, "", query.Limit(10)); err != nil || len(users) != 10 {
		t.Errorf("after one malformed page: %d rows, %v", len(users), err)
	}
	_, src = source(t, shipstreamtest.Options{Users: 10, Script: []shipstreamtest.Fault{bad, bad}}, shipstream.Capabilities{})
	_, err := collect(t.Context(), src, "", query.Limit(10))
	if wrong := (*model.DecodeError)(nil); !errors.As(err, &wrong) {
		t.Errorf("after two malformed pages: %v", err)
	}
}

// TestShortSortedPage: a short page need not be the last, and the server has no second
// page of a sort other than by id. So all rows are read, or the run fails with a named
// error.
func TestShortSortedPage(t *testing.T) {
	for _, order := range []string{"username", "-created_at"} {
		_, src := source(t, shipstreamtest.Options{Users: 700, ShortPages: true}, shipstream.Capabilities{})
		_, whole := source(t, shipstreamtest.Options{Users: 700}, shipstream.Capabilities{})
		short, err := collect(t.Context(), src, "is_active", query.OrderBy(order), query.Limit(300))
		if err != nil {
			t.Fatal(err)
		}
		want, err := collect(t.Context(), whole, "is_active", query.OrderBy(order), query.Limit(300))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(orderedIDs(short), orderedIDs(want)) {
			t.Errorf("%s: %d rows, want %d in this order", order, len(short), len(want))
		}
		if !short[0].CreatedAt.IsAbsent() {
			t.Errorf("%s: the key that only the sort needed is shown", order)
		}
	}
	_, src := source(t, shipstreamtest.Options{Users: 700, ShortPages: true, HideTimestamps: true}, shipstream.Capabilities{Timestamps: model.ReturnedNo})
	if _, err := collect(t.Context(), src, "", query.OrderBy("-created_at"), query.Limit(300)); !errors.Is(err, query.ErrShortPage) {
		t.Errorf("a sorted page that comes short and cannot be mended: %v", err)
	}
}

// TestSourceWithoutClient: a source without a client fails when rows are requested.
func TestSourceWithoutClient(t *testing.T) {
	_, err := collect(t.Context(), shipstream.Users(nil, shipstream.AnyUser), "", nil)
	if !errors.Is(err, rest.ErrNoClient) {
		t.Errorf("got %v", err)
	}
}

// TestFirstPageThenSplit: if about a page is expected, one request fetches it; further
// rows come too, once each.
func TestFirstPageThenSplit(t *testing.T) {
	twins := make([]shipstreamtest.User, 2600)
	for i := range twins {
		twins[i] = shipstreamtest.User{ID: int64(3*i + 1), Name: "Twin", Active: i%2 == 0}
	}
	for _, short := range []bool{false, true} {
		server, src := source(t, shipstreamtest.Options{Rows: twins, ShortPages: short}, shipstream.Capabilities{})
		for _, test := range []struct {
			filter string
			opts   []query.Option
			want   int
		}{
			{"name = 'twin'", nil, 2600},
			{"name = 'twin'", []query.Option{query.PageSize(200)}, 2600},
			{"name = 'twin'", []query.Option{query.Walk(plan.StrategySerial)}, 2600},
			{"name = 'twin' and id > 3000", nil, 1600},
			{"name = 'twin' and name contains 'win' and is_active", nil, 1300},
			{"name = 'nobody'", nil, 0},
			{"username = 'x' or name = 'twin'", nil, 2600},
		} {
			users, err := collect(t.Context(), src, test.filter, test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			ids := sortedIDs(users)
			if len(slices.Compact(ids)) != test.want || len(users) != test.want {
				t.Errorf("%s: %d rows, want %d", test.filter, len(users), test.want)
			}
			if n := askedFor(server, "nobody"); test.want == 0 && n != 1 {
				t.Errorf("%s: %d requests for no row", test.filter, n)
			}
		}
	}
}

// askedFor counts the requests that contain the text.
func askedFor(server *shipstreamtest.Server, text string) (n int) {
	for _, r := range server.Requests() {
		if strings.Contains(r.Query, text) {
			n++
		}
	}
	return n
}
