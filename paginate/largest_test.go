package paginate_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestLargestIDs: ids up to the largest one there can be, which is MaxInt64-1, come
// once each by every strategy, from the start and from every checkpoint. The sums
// that page past an id must not overflow there.
func TestLargestIDs(t *testing.T) {
	ids := []int64{1, 2, 3, 1 << 40, math.MaxInt64 - 5000}
	for id := int64(math.MaxInt64 - 40); id < math.MaxInt64; id++ {
		ids = append(ids, id)
	}
	strategies := map[string]func(paginate.Scan[int64]) *paginate.Run[int64]{
		"serial": paginate.Serial[int64], "gaps": paginate.Gaps[int64], "peek": paginate.Peek[int64],
		"ordered": paginate.Ordered[int64], "halving": paginate.Halving[int64],
		"ranges": func(s paginate.Scan[int64]) *paginate.Run[int64] { return paginate.Ranges(s, 3) },
	}
	for name, run := range strategies {
		for _, order := range []paginate.Order{paginate.Unordered, paginate.Ascending, paginate.Descending} {
			if order == paginate.Unordered && name == "ordered" || order != paginate.Unordered && name != "ordered" && name != "serial" {
				continue
			}
			for _, bounds := range []paginate.Bounds{{}, {Lo: math.MaxInt64 - 40}, {Lo: 2, Hi: math.MaxInt64}, {Hi: math.MaxInt64 - 1}} {
				scan := paginate.Scan[int64]{
					Fetch: paginatetest.NewSource(ids...).Fetch, ID: func(id *int64) int64 { return *id },
					Bounds: bounds, PageSize: 7, Order: order, Wave: true,
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

// TestIDBeyondTheLargest: MaxInt64 stands for "no end", so a row with that id is an
// error and is not lost.
func TestIDBeyondTheLargest(t *testing.T) {
	for _, run := range []func(paginate.Scan[int64]) *paginate.Run[int64]{paginate.Serial[int64], paginate.Gaps[int64]} {
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
