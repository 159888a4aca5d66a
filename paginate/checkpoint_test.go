package paginate_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/internal/machinetest"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestResume: a run that is interrupted again and again, and resumes each time from its
// last checkpoint, delivers what an uninterrupted run does, asks for no id that was
// delivered, and fixes the high watermark once.
func TestResume(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := machinetest.IDs(t)
		src := machinetest.Source(t, ids)
		scan := src.Scan()
		scan.PageSize = rapid.IntRange(1, 40).Draw(t, "page size")
		scan.Limit = int64(rapid.SampledFrom([]int{0, 0, 0, 7, 100}).Draw(t, "limit"))
		scan.Bounds = machinetest.Bounds(t, machinetest.Last(ids))
		b := rapid.SampledFrom(builds()).Draw(t, "strategy")
		scan.Order = b.order

		var got []int64
		for over := false; !over; {
			asked := len(src.Requests())
			take := rapid.IntRange(0, 5).Draw(t, "batches")
			batches, err := someBatches(b.make(scan), take)
			if err != nil {
				t.Fatal(err)
			}
			if scan.From != nil {
				checkAsksOnlyUnread(t, src.Requests()[asked:], *scan.From)
			}
			for _, batch := range batches {
				got = append(got, batch.Rows...)
				left := throughJSON(t, batch.Left)
				scan.From = &left
			}
			if scan.From != nil && scan.From.Rows != int64(len(got)) {
				t.Fatalf("%d rows by the checkpoint, %d came", scan.From.Rows, len(got))
			}
			over = len(batches) < take || scan.From != nil && scan.From.Done()
		}
		checkComplete(t, got, ids, scan)
		checkOrder(t, got, scan.Order)
	})
}

// someBatches takes at most n batches of a run and stops it.
func someBatches(run *paginate.Run[int64], n int) ([]paginate.Batch[int64], error) {
	var batches []paginate.Batch[int64]
	for batch, err := range run.Batches(context.Background()) {
		if err != nil {
			return batches, err
		}
		if len(batches) == n {
			break
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

func throughJSON(t *rapid.T, c paginate.Checkpoint) paginate.Checkpoint {
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back paginate.Checkpoint
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// checkAsksOnlyUnread: each request lies within one of the unread ranges, and none asks
// above a known high watermark.
func checkAsksOnlyUnread(t *rapid.T, requests []paginate.Request, left paginate.Checkpoint) {
	for _, r := range requests {
		w := r.Window()
		if !slices.ContainsFunc(left.Unread, func(b paginate.Bounds) bool {
			return b.Lo <= max(w.Lo, 1) && (b.Hi == 0 || w.Hi != 0 && w.Hi <= b.Hi)
		}) {
			t.Fatalf("asked %v, of which only %v was unread", r, left.Unread)
		}
		if left.HighWatermark > 0 && (w.Hi == 0 || w.Hi > left.HighWatermark+1) {
			t.Fatalf("asked %v above the high watermark %d", r, left.HighWatermark)
		}
	}
}

// TestWaitingIsUnread: pages that a stopped run had in flight or waiting count as unread.
func TestWaitingIsUnread(t *testing.T) {
	src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
	scan := src.Scan()
	scan.PageSize, scan.Workers = 10, fixed(8)
	batches, err := someBatches(paginate.SplitRanges(scan), 3)
	if err != nil {
		t.Fatal(err)
	}
	left := batches[2].Left
	var unread int64
	for _, b := range left.Unread {
		unread += b.Hi - max(b.Lo, 1)
	}
	if left.Rows != 30 || unread != 970 || left.HighWatermark != 1000 || left.Count != 1000 {
		t.Errorf("after three pages of ten: %+v", left)
	}
}

// TestBadCheckpoint: a checkpoint that cannot belong to the scan is refused before any
// request.
func TestBadCheckpoint(t *testing.T) {
	for name, c := range map[string]paginate.Checkpoint{
		"zero":                     {},
		"version":                  {Version: 2},
		"empty range":              {Version: 1, Unread: []paginate.Bounds{{Lo: 3, Hi: 3}}},
		"out of order":             {Version: 1, Unread: []paginate.Bounds{{Lo: 5, Hi: 7}, {Lo: 1, Hi: 3}}},
		"overlap":                  {Version: 1, Unread: []paginate.Bounds{{Lo: 1, Hi: 5}, {Lo: 4, Hi: 7}}},
		"open and more":            {Version: 1, Unread: []paginate.Bounds{{Lo: 1}, {Lo: 4, Hi: 7}}},
		"out of bounds":            {Version: 1, Unread: []paginate.Bounds{{Lo: 90, Hi: 101}}},
		"above the high watermark": {Version: 1, HighWatermark: 50, Unread: []paginate.Bounds{{Lo: 1, Hi: 52}}},
		"negative rows":            {Version: 1, Rows: -1},
		"last id":                  {Version: 1, HighWatermark: 1<<63 - 1},
	} {
		src := paginatetest.NewSource(1, 2, 3)
		scan := src.Scan()
		scan.Bounds, scan.From = paginate.Bounds{Hi: 100}, &c
		_, err := collect(paginate.SplitRanges(scan))
		var bad *paginate.ScanError
		if !errors.As(err, &bad) || bad.Field != "From" || len(src.Requests()) > 0 {
			t.Errorf("%s: %v after %d requests", name, err, len(src.Requests()))
		}
	}
}

// store is a RangeStore in memory.
type store struct {
	kept *paginate.Checkpoint
	err  error
}

func (s *store) Load(context.Context) (*paginate.Checkpoint, error) { return s.kept, s.err }

func (s *store) Save(_ context.Context, c paginate.Checkpoint) error {
	s.kept = &c
	return s.err
}

// TestStore: a batch is saved once the next one is asked for, and a later run with the
// store resumes there.
func TestStore(t *testing.T) {
	src := paginatetest.NewSource(paginatetest.Dense(50, 0)...)
	kept := &store{}
	scan := src.Scan()
	scan.PageSize, scan.Store = 10, kept
	if _, err := someBatches(paginate.Serial(scan), 2); err != nil { // the third is seen and not kept
		t.Fatal(err)
	}
	if kept.kept.Rows != 20 {
		t.Errorf("%d rows are kept, want 20", kept.kept.Rows)
	}
	got, err := collect(paginate.Serial(scan))
	if err != nil || len(got) != 30 || got[0] != 30 || !kept.kept.Done() {
		t.Errorf("the rest: %v, %v; left %+v", got, err, kept.kept)
	}
}

// TestStoreFails: an error of the store ends the run.
func TestStoreFails(t *testing.T) {
	full := errors.New("disk full")
	scan := paginatetest.NewSource(1, 2, 3).Scan()
	scan.Store = &store{err: full}
	if _, err := collect(paginate.Serial(scan)); !errors.Is(err, full) {
		t.Errorf("loading: %v", err)
	}
	scan.Store = &failingSave{store{err: full}}
	if got, err := collect(paginate.Serial(scan)); !errors.Is(err, full) || len(got) != 3 {
		t.Errorf("saving: %v, %v", got, err)
	}
}

type failingSave struct{ store }

func (s *failingSave) Load(context.Context) (*paginate.Checkpoint, error) { return nil, nil } //nolint:nilnil // nothing is kept yet
