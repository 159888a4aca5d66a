package paginate_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestLargestIDs: every strategy delivers the ids up to the largest possible one, which is
// MaxInt64-1, once each, from the start and from every checkpoint. The sums that page past
// an id must not overflow there.
func TestLargestIDs(t *testing.T) {
	ids := []int64{1, 2, 3, 1 << 40, math.MaxInt64 - 5000}
	for id := int64(math.MaxInt64 - 40); id < math.MaxInt64; id++ {
		ids = append(ids, id)
	}
	strategies := map[string]func(paginate.Scan[int64]) *paginate.Run[int64]{
		"serial": paginate.Serial[int64], "split ranges": paginate.SplitRanges[int64],
		"first page": paginate.FirstPageThenSplit[int64], "read ahead": paginate.ReadAhead[int64],
	}
	for name, run := range strategies {
		for _, order := range []paginate.Order{paginate.Unordered, paginate.Ascending, paginate.Descending} {
			if order == paginate.Unordered && name == "read ahead" || order != paginate.Unordered && name != "read ahead" && name != "serial" {
				continue
			}
			for _, bounds := range []paginate.Bounds{{}, {Lo: math.MaxInt64 - 40}, {Lo: 2, Hi: math.MaxInt64}, {Hi: math.MaxInt64 - 1}} {
				scan := paginate.Scan[int64]{
					Fetch: paginatetest.NewSource(ids...).Fetch, ID: func(id *int64) int64 { return *id },
					Bounds: bounds, PageSize: 7, Order: order, SpeculativeWave: true,
				}
				var want []int64
				for _, id := range ids {
					if id >= bounds.Lo && (bounds.Hi == 0 || id < bounds.Hi) {
						want = append(want, id)
					}
				}
				var got []int64
				for batch, err := range run(scan).Batches(t.Context()) {
					if err != nil {
						t.Fatalf("%s, %v, %v: %v", name, order, bounds, err)
					}
					got = append(got, batch.Rows...)
					rest := scan
					rest.From = &batch.Left
					whole := slices.Clone(got)
					for page, err := range run(rest).Pages(t.Context()) {
						if err != nil {
							t.Fatalf("%s, %v, %v, from %+v: %v", name, order, bounds, batch.Left, err)
						}
						whole = append(whole, page...)
					}
					if slices.Sort(whole); !slices.Equal(whole, want) {
						t.Errorf("%s, %v, %v: from %+v: %d rows, want %d", name, order, bounds, batch.Left, len(whole), len(want))
					}
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%s, %v, %v: %v, want %v", name, order, bounds, got, want)
				}
			}
		}
	}
}

// TestIDBeyondTheLargest: MaxInt64 stands for "no end", so a row with that id is an error
// and is not lost silently.
func TestIDBeyondTheLargest(t *testing.T) {
	for _, run := range []func(paginate.Scan[int64]) *paginate.Run[int64]{paginate.Serial[int64], paginate.SplitRanges[int64]} {
		scan := paginate.Scan[int64]{Fetch: paginatetest.NewSource(5, math.MaxInt64).Fetch, ID: func(id *int64) int64 { return *id }}
		var last error
		for _, err := range run(scan).Pages(t.Context()) {
			last = err
		}
		if wrong := (*paginate.RangeError)(nil); !errors.As(last, &wrong) || wrong.ID != math.MaxInt64 {
			t.Errorf("got %v, want a RangeError", last)
		}
	}
}
