package query_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestResumedIsUninterrupted: a run that is interrupted again and again, and resumes each
// time from a checkpoint that went through JSON, delivers the rows of an uninterrupted
// run: the same ones, once, in the same order.
func TestResumedIsUninterrupted(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{
		Users: 150, IDs: shipstreamtest.Sparse, Deleted: 30, Rows: tricky(),
	}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	rapid.Check(t, func(rt *rapid.T) {
		filter := filterGen(2).Draw(rt, "filter")
		order := rapid.SampledFrom([]string{"", "", "id", "-id"}).Draw(rt, "order")
		options := []query.Option{
			query.PageSize(rapid.SampledFrom([]int{3, 20, 200}).Draw(rt, "page size")),
			query.Walk(rapid.SampledFrom([]plan.Strategy{plan.StrategyNone, plan.StrategySplitRanges, plan.StrategySerial}).Draw(rt, "walk")),
			query.WithDeleted(rapid.SampledFrom([]query.Deleted{query.DeletedNone, query.DeletedOnly, query.DeletedInclude}).Draw(rt, "deleted")),
			query.OrderBy(order),
			query.Limit(rapid.SampledFrom([]int64{0, 0, 5, 60}).Draw(rt, "limit")),
		}
		planned, err := query.Prepare(src, filter, options...)
		if err != nil {
			rt.Fatal(err)
		}
		whole, err := collectPlan(t.Context(), src, planned)
		if err != nil {
			rt.Fatal(err)
		}
		var broken []shipstream.User
		var from *query.Checkpoint
		for from == nil || !from.Done() {
			users, left, err := piece(t.Context(), src, planned, from, rapid.IntRange(0, 4).Draw(rt, "batches"))
			if err != nil {
				rt.Fatalf("%v after %d rows", err, len(broken))
			}
			if broken = append(broken, users...); left == nil {
				if from == nil {
					continue // broken off before anything came
				}
				left = from
			}
			if left.Rows != int64(len(broken)) {
				rt.Fatalf("%d rows by the checkpoint, %d came", left.Rows, len(broken))
			}
			from = reread(rt, src, left)
		}
		got, want := orderedIDs(broken), orderedIDs(whole)
		if order == "" {
			slices.Sort(got)
			slices.Sort(want)
		}
		if planned.Limit > 0 && order == "" {
			// The rows that a limit takes are not determined; their number is.
			if len(got) != len(want) || len(slices.Compact(got)) != len(want) {
				rt.Fatalf("%s: %v in pieces, %v whole", filter, got, want)
			}
			return
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s\nin pieces: %v\nwhole:     %v\n%v", filter, got, want, planned)
		}
	})
}

func collectPlan(ctx context.Context, src *shipstream.UserSource, planned *query.Plan) ([]shipstream.User, error) {
	rows, err := query.RunPlan(ctx, src, planned)
	if err != nil {
		return nil, err
	}
	var users []shipstream.User
	for user, err := range rows.All() {
		if err != nil {
			return users, err
		}
		users = append(users, user)
	}
	return users, nil
}

// piece takes n batches of the run, or one without a checkpoint if there is none.
func piece(ctx context.Context, src *shipstream.UserSource, planned *query.Plan, from *query.Checkpoint, n int) ([]shipstream.User, *query.Checkpoint, error) {
	rows, err := query.RunPlan(ctx, src, planned)
	if from != nil {
		rows, err = query.Resume(ctx, src, from)
	}
	if err != nil {
		return nil, nil, err
	}
	var users []shipstream.User
	var left *query.Checkpoint
	for batch, err := range rows.Resumable() {
		if err != nil {
			return users, left, err
		}
		if n == 0 {
			return users, left, nil
		}
		n--
		users, left = append(users, batch.Rows...), batch.Left
	}
	// At the end nothing is left, whether a batch reported so or not.
	done := &query.Checkpoint{Plan: planned, Rows: int64(len(users))}
	if from != nil {
		done.Rows += from.Rows
	}
	return users, done, nil
}

// reread sends a checkpoint through its JSON.
func reread(rt fataler, src *shipstream.UserSource, c *query.Checkpoint) *query.Checkpoint {
	if len(c.Scans) == 0 {
		return c // the end
	}
	text, err := json.Marshal(c)
	if err != nil {
		rt.Fatal(err)
	}
	back, err := query.ReadCheckpoint(src, text)
	if err != nil {
		rt.Fatalf("%v\n%s", err, text)
	}
	return back
}

// TestStoredPlan: a plan that went through JSON explains itself as before, writes the
// same JSON and is one of its query.
func TestStoredPlan(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		filter := filterGen(3).Draw(rt, "filter")
		o := plan.Options{
			Order: rapid.SampledFrom([]string{"", "id", "-id", "username", "-created_at,name"}).Draw(rt, "order"),
			Limit: rapid.Int64Range(0, 2000).Draw(rt, "limit"), Select: []string{"roles.name", "is_active"}, Deleted: plan.DeletedInclude,
		}
		planned, err := query.Prepare(src, filter,
			query.OrderBy(o.Order), query.Limit(o.Limit), query.Select(o.Select...), query.RateLimit(10, 60),
			query.WithDeleted(query.DeletedInclude), query.Zone(berlin))
		if err != nil {
			rt.Fatal(err)
		}
		text, err := json.Marshal(planned)
		if err != nil {
			rt.Fatal(err)
		}
		back, err := plan.Load(src, text)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		again, err := json.Marshal(back)
		if err != nil || !bytes.Equal(again, text) {
			rt.Fatalf("read and written again, %v:\n%s\nwas\n%s", err, again, text)
		}
		if diff := plan.Compare(src, planned, back, o); len(diff) > 0 {
			rt.Fatalf("read, it is another plan: %+v", diff)
		}
		want := strings.Split(planned.String(), "\ninstead of ")
		if got := back.String(); !strings.HasPrefix(got, want[0]) {
			rt.Fatalf("read, it explains itself as\n%s\nwas\n%s", got, planned)
		}
	})
}

// TestUnusableCheckpoints: a checkpoint that cannot be used is rejected with a reason.
func TestUnusableCheckpoints(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(src, "is_active")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(&query.Checkpoint{Plan: planned})
	if err != nil {
		t.Fatal(err)
	}
	good := strings.Replace(string(text), `"scans":null,"plan"`, `"scans":[null],"plan"`, 1)
	if _, err := query.ReadCheckpoint(src, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"cut", good[10:], "", "unexpected end"},
		{"a future version", `{"version":1`, `{"version":2`, "version 2, expected 1"},
		{"a future plan", `"plan":{"version":1`, `"plan":{"version":9`, "version 9, expected 1"},
		{"another resource", `"resource":"users"`, `"resource":"carts"`, "made for carts, not for users"},
		{"no scan", `"scans":[null]`, `"scans":[]`, "do not match its plan"},
		{"a scan without anything", `"scans":[null]`, `"scans":[{}]`, "scan 1 has version 0, expected 1"},
		{"a field that is gone", `"select":[]`, `"select":["shoe_size"]`, "shoe_size"},
		{"a filter that does not parse", `is_active = true`, `is_active = `, "syntax error"},
		{"no order", `"sort":"none"`, `"sort":"by id"`, "its order does not fit its sort"},
		{"no number", `"sort":"none"`, `"order":["-id"],"sort":"local top k"`, "a local top k without a limit"},
		{"an order by another key", `"sort":"none"`, `"order":["username"],"sort":"by id"`, "its order does not fit its sort"},
		{"no page size", `"page_size":1000`, `"page_size":0`, "is out of range"},
		{"a negative limit", `"limit":0`, `"limit":-1`, "is out of range"},
		{"another strategy", `"strategy":"two-ended id gaps"`, `"strategy":"magic"`, "magic"},
	} {
		damaged := strings.Replace(good, tt.old, tt.new, 1)
		_, err := query.ReadCheckpoint(src, []byte(damaged))
		if !errors.Is(err, query.ErrStored) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	empty := *planned
	empty.Scans = nil
	if text, err = json.Marshal(&query.Checkpoint{Plan: &empty}); err != nil {
		t.Fatal(err)
	}
	if _, err := query.ReadCheckpoint(src, text); !errors.Is(err, query.ErrStored) || !strings.Contains(err.Error(), "it has no scan") {
		t.Errorf("a plan that reads nothing: %v", err)
	}
}

// TestSortedRunsHaveNoCheckpoint: a run that sorts rows other than by the key cannot
// resume.
func TestSortedRunsHaveNoCheckpoint(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 30}, shipstream.Capabilities{})
	for _, opts := range [][]query.Option{{query.OrderBy("username")}, {query.OrderBy("username"), query.Limit(5)}} {
		rows, err := query.Run(t.Context(), src, "", opts...)
		if err != nil {
			t.Fatal(err)
		}
		for batch, err := range rows.Resumable() {
			if err != nil || batch.Left != nil || len(batch.Rows) == 0 {
				t.Errorf("%d rows, left %v, %v", len(batch.Rows), batch.Left, err)
			}
		}
	}
}
