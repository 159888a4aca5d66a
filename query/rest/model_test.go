package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// TestPagingModel: servers of every style end, repeat, overlap and lie at random. A run
// over one delivers each row once or says what is wrong; it never ends quietly with less
// than the answers promise, and never asks for ever. Before an honest server it has every
// row, no error and no doubt; and so have two runs, the second of which resumes the first.
func TestPagingModel(t *testing.T) {
	rounds := 20 // of a hundred worlds
	if testing.Short() {
		rounds = 4
	}
	for range rounds {
		rapid.Check(t, checkWorld)
	}
}

// checkWorld draws a server and runs over it.
func checkWorld(t *rapid.T) {
	w := drawWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.stop = cancel
	client, err := transport.New(transport.Options{BaseURL: "https://things.test", Transport: w, Rate: -1, Concurrency: 1, Retries: -1, Backoff: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	src, err := rest.New(client, w.definition())
	if err != nil {
		t.Fatal(err)
	}
	planned, err := query.Prepare(src, "")
	if err != nil {
		t.Fatal(err)
	}
	stop := rapid.IntRange(0, 4).Draw(t, "batches before an interruption") // 0 = none
	ids, stats, left, err := modelRun(ctx, src, planned, nil, stop)
	for left != nil && err == nil {
		var more []string
		more, stats, left, err = modelRun(ctx, src, planned, resumed(t, src, left, ids), 0)
		ids = append(ids, more...)
	}
	w.judge(t, ids, stats, err)
}

// modelRun returns the keys of the rows of a run and, if it stopped after so many batches,
// the checkpoint there.
func modelRun(ctx context.Context, src *rest.Source[model.DynamicRow], planned *query.Plan, from *query.Checkpoint, stop int) (ids []string, _ query.Stats, left *query.Checkpoint, err error) {
	rows, err := query.RunPlan(ctx, src, planned)
	if from != nil {
		rows, err = query.Resume(ctx, src, from)
	}
	if err != nil {
		return nil, query.Stats{}, nil, err
	}
	for batch, failed := range rows.Resumable() {
		if failed != nil {
			return ids, rows.Stats(), nil, failed
		}
		for i := range batch.Rows {
			ids = append(ids, src.Record(&batch.Rows[i]).Value(0).String())
		}
		if stop--; stop == 0 && !batch.Left.Done() {
			return ids, rows.Stats(), batch.Left, nil
		}
	}
	return ids, rows.Stats(), nil, nil
}

// resumed is a checkpoint that went through JSON, with the keys that a sink has.
func resumed(t *rapid.T, src *rest.Source[model.DynamicRow], left *query.Checkpoint, ids []string) *query.Checkpoint {
	text, err := json.Marshal(left)
	if err != nil {
		t.Fatal(err)
	}
	again, err := query.ReadCheckpoint(src, text)
	if err != nil {
		t.Fatal(err)
	}
	again.Kept = iter.Seq2[model.Value, error](func(yield func(model.Value, error) bool) {
		for _, id := range ids {
			key := model.String(id)
			if src.Schema().Field(0).Type == model.TypeInt {
				var n int64
				_, _ = fmt.Sscan(id, &n)
				key = model.Int(n)
			}
			if !yield(key, nil) {
				return
			}
		}
	})
	return again
}

// judge compares the outcome with what the server has and with what it said.
func (w *world) judge(t *rapid.T, ids []string, stats query.Stats, err error) {
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	var want []string
	for _, k := range w.keys {
		want = append(want, fmt.Sprint(w.key(k)))
	}
	slices.Sort(want)
	said := fmt.Sprintf("%d rows of %d in %d requests, err %v, %v; world %+v", len(ids), len(want), w.requests, err, stats.Warnings, *w)
	if len(distinct) != len(ids) {
		t.Fatalf("rows came twice: %s", said)
	}
	if w.requests > w.most() {
		t.Fatalf("more than %d requests: %s", w.most(), said)
	}
	for _, id := range ids {
		if !slices.Contains(want, id) {
			t.Fatalf("row %s is not the server's: %s", id, said)
		}
	}
	whole := slices.Equal(distinct, want)
	switch {
	case len(w.lies) == 0 && w.honest() && (err != nil || stats.Incomplete || !whole):
		t.Fatalf("an honest server: %s", said)
	case err == nil && len(stats.Warnings) == 0 && !whole:
		if why := w.contradiction(int64(len(ids))); why != "" {
			t.Fatalf("a quiet end with less, and %s: %s", why, said)
		}
	}
}

// honest reports whether the end of the listing can be told by what the server says. It
// cannot if a full page is followed by an error, or by itself, or if rows are born during
// the run.
func (w *world) honest() bool {
	numbered := w.style == rest.Offset || w.style == rest.Page
	return !numbered || w.overlap == 0 && (w.total || w.flag || w.past == "empty" || w.short && w.last.status != 400)
}

// contradiction says what in the last answer says that there are more rows; "" if nothing
// does, so that no client could know.
func (w *world) contradiction(rows int64) string {
	if walked := w.style == rest.Keyset || w.style == rest.Forward; walked { // counted at the start, and again if rows are missing
		w.last.total = w.least
	}
	switch {
	case w.last.status == 404 && w.pages == 1 && w.largest < w.page: // the only page, and short
	case w.last.status != 200 && !w.short && (w.last.total < 0 || w.last.total > rows):
		return "a page was refused"
	case w.last.status == 200 && w.last.total > rows:
		return "the total has more"
	case w.last.status == 200 && w.flag && w.last.more:
		return "the flag says more"
	case (w.style == rest.Offset || w.style == rest.Page) && !w.flag && w.last.status == 200 && w.last.fresh && w.last.total != rows:
		return "a page without a flag brought rows, and no total is reached"
	case w.last.status == 200 && w.last.next != "":
		return "a next page is named"
	}
	return ""
}
