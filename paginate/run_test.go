package paginate_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/internal/machinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collect iterates a run to its end and releases each batch.
func collect(run *paginate.Run[int64]) ([]int64, error) {
	var got []int64
	for batch, err := range run.Batches(context.Background()) {
		if err != nil {
			return got, err
		}
		got = append(got, batch.Rows...)
		if batch.Release != nil {
			batch.Release()
		}
	}
	return got, nil
}

// leasing returns a fetch whose pages are overwritten when they are released, each at most
// once.
func leasing(fetch paginate.Fetch[int64]) paginate.Fetch[int64] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[int64], error) {
		page, err := fetch(ctx, r)
		if page == nil {
			return nil, err
		}
		rows, released := page.Rows, false
		page.Release = func() {
			if released {
				panic("a page was released twice")
			}
			released = true
			clear(rows)
		}
		return page, err
	}
}

// build makes a run of one of the strategies.
type build struct {
	name  string
	order paginate.Order
	make  func(s paginate.Scan[int64]) *paginate.Run[int64]
}

func builds() []build {
	all := []build{
		{"serial", paginate.Unordered, paginate.Serial[int64]},
		{"serial up", paginate.Ascending, paginate.Serial[int64]},
		{"serial down", paginate.Descending, paginate.Serial[int64]},
	}
	for _, k := range []int{1, 2, 3, 8} {
		by := func(start func(paginate.Scan[int64]) *paginate.Run[int64]) func(paginate.Scan[int64]) *paginate.Run[int64] {
			return func(s paginate.Scan[int64]) *paginate.Run[int64] {
				s.Workers = fixed(k)
				return start(s)
			}
		}
		wave := func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.SpeculativeWave = true
			return paginate.SplitRanges(s)
		}
		all = append(
			all,
			build{fmt.Sprintf("split ranges by %d", k), paginate.Unordered, by(paginate.SplitRanges[int64])},
			build{fmt.Sprintf("split ranges by %d in a wave", k), paginate.Unordered, by(wave)},
			build{fmt.Sprintf("first page by %d", k), paginate.Unordered, by(paginate.FirstPageThenSplit[int64])},
			build{fmt.Sprintf("up by %d", k), paginate.Ascending, by(paginate.ReadAhead[int64])},
			build{fmt.Sprintf("down by %d", k), paginate.Descending, by(paginate.ReadAhead[int64])},
		)
	}
	return all
}

// fixed is a number of workers that does not change.
func fixed(n int) func() int { return func() int { return n } }

// TestExactlyOnce: whatever the layout, the strategy and the form of the pages, every id
// of the bounds comes once, and with a limit as many as it allows. Each batch is released.
func TestExactlyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := machinetest.IDs(t)
		src := machinetest.Source(t, ids)
		scan := src.Scan()
		scan.Fetch = leasing(scan.Fetch)
		scan.PageSize = rapid.IntRange(1, 40).Draw(t, "page size")
		scan.Limit = int64(rapid.SampledFrom([]int{0, 0, 1, 7, 30, 100, 1000}).Draw(t, "limit"))
		scan.Bounds = machinetest.Bounds(t, machinetest.Last(ids))
		b := rapid.SampledFrom(builds()).Draw(t, "strategy")
		scan.Order = b.order

		run := b.make(scan)
		got, err := collect(run)
		if err != nil {
			t.Fatal(err)
		}
		checkComplete(t, got, ids, scan)
		checkOrder(t, got, scan.Order)
		if stats := run.Stats(); !stats.Done && !scan.Bounds.Empty() || stats.Rows != int64(len(got)) || stats.InFlight != 0 {
			t.Fatalf("stats at the end: %+v", stats)
		}
	})
}

func checkComplete(t *rapid.T, got, ids []int64, scan paginate.Scan[int64]) {
	want := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !scan.Bounds.Contains(id) })
	sorted := slices.Sorted(slices.Values(got))
	if scan.Limit == 0 || int64(len(want)) <= scan.Limit {
		if !slices.Equal(sorted, want) {
			t.Fatalf("got %v, want %v", sorted, want)
		}
		return
	}
	if int64(len(got)) != scan.Limit {
		t.Fatalf("%d rows, want the limit of %d", len(got), scan.Limit)
	}
	for i, id := range sorted {
		if _, ok := slices.BinarySearch(want, id); !ok || i > 0 && id == sorted[i-1] {
			t.Fatalf("id %d is not wanted or comes twice", id)
		}
	}
}

func checkOrder(t *rapid.T, got []int64, order paginate.Order) {
	for i := 1; i < len(got); i++ {
		if order == paginate.Ascending && got[i] < got[i-1] || order == paginate.Descending && got[i] > got[i-1] {
			t.Fatalf("%v: %d after %d", order, got[i], got[i-1])
		}
	}
}
