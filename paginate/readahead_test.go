package paginate_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestSlowConsumerStopsReadAhead: an ordered run stops asking while its consumer is busy,
// and continues when it asks for more.
func TestSlowConsumerStopsReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rows, page, workers = 5000, 10, 4
		src := paginatetest.NewSource(paginatetest.Dense(rows, 0)...)
		var asked atomic.Int64
		src.Answer = func(context.Context, paginate.Request, *paginate.Page[int64]) error {
			asked.Add(1)
			time.Sleep(latency) //nolint:forbidigo // fake time
			return nil
		}
		scan := src.Scan()
		scan.PageSize, scan.Workers, scan.Order = page, fixed(workers), paginate.Ascending
		taken := int64(0)
		for batch, err := range paginate.ReadAhead(scan).Batches(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			taken += int64(len(batch.Rows))
			if taken%500 < page {
				time.Sleep(time.Hour) //nolint:forbidigo // fake time
				if most := taken/page + 4*workers + 4; asked.Load() > most*11/10 {
					t.Errorf("%d pages asked for when %d rows were taken", asked.Load(), taken)
				}
			}
		}
		if taken != rows {
			t.Errorf("%d rows", taken)
		}
	})
}
