package paginate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collect iterates a run to its end.
func collect(run *paginate.Run[int64]) ([]int64, error) {
	var got []int64
	for batch, err := range run.Pages(context.Background()) {
		if err != nil {
			return got, err
		}
		got = append(got, batch...)
	}
	return got, nil
}

// drawIDs draws a layout: dense, sparse, islands or by powers, from 0 to some
// hundreds of ids.
func drawIDs(t *rapid.T) []int64 {
	n := rapid.IntRange(0, 300).Draw(t, "n")
	style := rapid.SampledFrom([]string{"dense", "sparse", "islands", "powtop", "powlow", "small"}).Draw(t, "layout")
	seed := rapid.Uint64().Draw(t, "seed")
	if style == "small" {
		return drawSmall(t)
	}
	ids := paginatetest.Layouts()[style](n, seed)
	if style == "islands" {
		ids = shortIslands(n, seed)
	}
	return ids
}

// drawSmall draws few ids in a narrow space, where shrinking reads well.
func drawSmall(t *rapid.T) []int64 {
	ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, 60), 0, 40, rapid.ID[int64]).Draw(t, "ids")
	slices.Sort(ids)
	return ids
}

// shortIslands are islands to the scale of the small pages of these tests.
func shortIslands(n int, seed uint64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	var ids []int64
	for id := int64(0); len(ids) < n; {
		id += 1 + rng.Int64N(5000)
		for range 1 + rng.IntN(25) {
			ids = append(ids, id)
			id++
		}
	}
	return ids[:n]
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
		all = append(all, build{fmt.Sprintf("%d ranges", k), paginate.Unordered, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			return paginate.Ranges(s, k)
		}}, build{fmt.Sprintf("gaps by %d", k), paginate.Unordered, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers = paginate.FixedWorkers(k)
			return paginate.Gaps(s)
		}}, build{fmt.Sprintf("gaps by %d in a wave", k), paginate.Unordered, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers, s.Wave = paginate.FixedWorkers(k), true
			return paginate.Gaps(s)
		}}, build{fmt.Sprintf("peek by %d", k), paginate.Unordered, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers = paginate.FixedWorkers(k)
			return paginate.Peek(s)
		}}, build{fmt.Sprintf("up by %d", k), paginate.Ascending, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers = paginate.FixedWorkers(k)
			return paginate.Ordered(s)
		}}, build{fmt.Sprintf("down by %d", k), paginate.Descending, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers = paginate.FixedWorkers(k)
			return paginate.Ordered(s)
		}}, build{fmt.Sprintf("halving by %d", k), paginate.Unordered, func(s paginate.Scan[int64]) *paginate.Run[int64] {
			s.Workers = paginate.FixedWorkers(k)
			return paginate.Halving(s)
		}})
	}
	return all
}

// drawSource draws a source that tells the truth in one of several manners.
func drawSource(t *rapid.T, ids []int64) *paginatetest.Source {
	src := paginatetest.NewSource(ids...)
	src.Cursors = rapid.Bool().Draw(t, "cursors")
	if rapid.Bool().Draw(t, "short pages") {
		seed := rapid.Uint64().Draw(t, "short seed")
		rng := rand.New(rand.NewPCG(seed, 2))
		// Called under the source's lock.
		src.Short = func(r paginate.Request) int { return rng.IntN(r.Limit + 1) }
	}
	return src
}

func drawBounds(t *rapid.T, top int64) paginate.Bounds {
	if rapid.Bool().Draw(t, "unbounded") {
		return paginate.Bounds{}
	}
	lo := rapid.Int64Range(0, top+2).Draw(t, "lo")
	return paginate.Bounds{Lo: lo, Hi: rapid.Int64Range(1, top+5).Draw(t, "hi")}
}

// TestExactlyOnce: whatever the layout, the strategy and the manner of paging,
// every id of the bounds comes once, and with a limit as many as it allows.
func TestExactlyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := drawIDs(t)
		src := drawSource(t, ids)
		scan := src.Scan()
		scan.PageSize = rapid.IntRange(1, 40).Draw(t, "page size")
		scan.Limit = int64(rapid.SampledFrom([]int{0, 0, 1, 7, 30, 100, 1000}).Draw(t, "limit"))
		scan.Bounds = drawBounds(t, last(ids))
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

func last(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[len(ids)-1]
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
