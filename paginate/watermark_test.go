package paginate_test

import (
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestBornAboveTheWatermark: rows that are born after the first answer from the top
// are not delivered by the strategies that fix a high watermark.
func TestBornAboveTheWatermark(t *testing.T) {
	for _, b := range builds() {
		if b.order == paginate.Ascending {
			continue // a serial run upwards follows the rows as they are born, and says so
		}
		t.Run(b.name, func(t *testing.T) {
			src := paginatetest.NewSource(paginatetest.Dense(100, 0)...)
			scan := src.Scan()
			scan.PageSize, scan.Order = 10, b.order
			run := b.make(scan)
			var got []int64
			for batch, err := range run.Pages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, batch...)
				if run.Stats().HighWatermark != 0 {
					src.Insert(100 + int64(len(got)))
				}
			}
			if slices.Sort(got); !slices.Equal(got, paginatetest.Dense(100, 0)) {
				t.Errorf("got %v, want 1 to 100", got)
			}
		})
	}
}
