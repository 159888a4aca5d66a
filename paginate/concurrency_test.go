package paginate_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

const latency = 100 * time.Millisecond

// slow makes each answer of src take the latency, under ctx, and counts the
// requests in flight.
func slow(src *paginatetest.Source) (highest func() int64) {
	var now atomic.Int64
	var mu sync.Mutex
	var top int64
	src.Answer = func(ctx context.Context, _ paginate.Request, _ *paginate.Page[int64]) error {
		n := now.Add(1)
		defer now.Add(-1)
		mu.Lock()
		top = max(top, n)
		mu.Unlock()
		select {
		case <-time.After(latency):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return func() int64 {
		mu.Lock()
		defer mu.Unlock()
		return top
	}
}

// TestRounds: a run takes as long as its rounds, and makes as many requests as it has
// pages.
func TestRounds(t *testing.T) {
	for _, tt := range []struct {
		name     string
		make     func(paginate.Scan[int64]) *paginate.Run[int64]
		bounds   paginate.Bounds
		limit    int64
		requests int
		rounds   int
		together int64
	}{
		// 800 rows in pages of 10 are 80 pages.
		{"serial", paginate.Serial[int64], paginate.Bounds{}, 0, 80, 80, 1},
		{"serial with a limit", paginate.Serial[int64], paginate.Bounds{}, 25, 3, 3, 1},
		// Two probes of 10 and 10; of the 25 there are 5 left.
		{"split ranges with a limit", split(4), paginate.Bounds{}, 25, 3, 2, 2},
		{"split ranges of a page's limit", split(4), paginate.Bounds{}, 10, 1, 1, 1},
		{"split ranges that a page covers", split(4), paginate.Bounds{Lo: 100, Hi: 110}, 0, 1, 1, 1},
		{"split ranges by one worker", split(1), paginate.Bounds{}, 0, 80, 80, 1},
		{"no id allowed", split(4), paginate.Bounds{Lo: 7, Hi: 7}, 0, 0, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := paginatetest.NewSource(paginatetest.Dense(800, 0)...)
				highest := slow(src)
				scan := src.Scan()
				scan.PageSize, scan.Bounds, scan.Limit = 10, tt.bounds, tt.limit
				start := time.Now()
				if _, err := collect(tt.make(scan)); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != time.Duration(tt.rounds)*latency {
					t.Errorf("took %v, want %d rounds of %v", took, tt.rounds, latency)
				}
				if n := len(src.Requests()); n != tt.requests {
					t.Errorf("%d requests, want %d", n, tt.requests)
				}
				if n := highest(); n != tt.together {
					t.Errorf("%d requests at once, want %d", n, tt.together)
				}
			})
		})
	}
}

// TestSplitRangesRounds: workers that become free at the same instant ask in any order, so
// the cost of splitting varies within a bound.
func TestSplitRangesRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(800, 0)...)
		highest := slow(src)
		scan := src.Scan()
		scan.PageSize = 10
		start := time.Now()
		if _, err := collect(split(4)(scan)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 21*latency || took > 22*latency {
			t.Errorf("took %v, want 21 or 22 rounds of %v", took, latency)
		}
		if n := len(src.Requests()); n < 80 || n > 83 || highest() != 4 {
			t.Errorf("%d requests, %d at once; want 80 to 83, by 4", n, highest())
		}
	})
}

func split(workers int) func(paginate.Scan[int64]) *paginate.Run[int64] {
	return func(s paginate.Scan[int64]) *paginate.Run[int64] {
		s.Workers = fixed(workers)
		return paginate.SplitRanges(s)
	}
}

// TestBackPressure: while the consumer works on a batch, a run fetches two pages a worker
// and no more. It continues when the consumer asks for the next.
func TestBackPressure(t *testing.T) {
	for _, workers := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
			slow(src)
			scan := src.Scan()
			scan.PageSize, scan.Workers = 10, fixed(workers)
			run := paginate.SplitRanges(scan)
			if workers == 1 { // a serial walk has one, whatever is allowed
				scan.Workers = fixed(10)
				run = paginate.Serial(scan)
			}
			batches, rows := 0, 0
			for batch, err := range run.Pages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				batches++
				rows += len(batch)
				time.Sleep(time.Hour) //nolint:forbidigo // in a synctest bubble
				stats := run.Stats()
				// One more is for a page that another had brought: it made no batch.
				if ahead := int(stats.Requests) - batches; ahead > 2*workers+1 || stats.Waiting+stats.InFlight > 2*workers {
					t.Fatalf("batch %d: %d pages ahead of the consumer: %+v", batches, ahead, stats)
				}
			}
			if rows != 1000 {
				t.Errorf("%d rows, want 1000", rows)
			}
		})
	}
}

// TestConsumerOverlap: a consumer that is faster than the source costs no time.
func TestConsumerOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(100, 0)...)
		slow(src)
		scan := src.Scan()
		scan.PageSize = 10
		start := time.Now()
		for _, err := range paginate.Serial(scan).Pages(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(latency / 2) //nolint:forbidigo // in a synctest bubble
		}
		if took, want := time.Since(start), 10*latency+latency/2; took != want {
			t.Errorf("took %v, want %v: the consumer's work overlaps with the fetch", took, want)
		}
	})
}

// TestBreak: leaving the loop cancels the requests in flight and waits for them.
func TestBreak(t *testing.T) {
	for _, b := range builds() {
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
				slow(src)
				scan := src.Scan()
				scan.PageSize, scan.Order = 10, b.order
				run := b.make(scan)
				start := time.Now()
				for _, err := range run.Pages(t.Context()) {
					if err != nil {
						t.Error(err)
					}
					break
				}
				if took := time.Since(start); took != latency {
					t.Errorf("the loop was left after %v, want %v", took, latency)
				}
				if stats := run.Stats(); stats.InFlight != 0 || stats.Waiting != 0 || stats.Done {
					t.Errorf("stats after the break: %+v", stats)
				}
			})
		})
	}
}

// TestBreakWaits: a run waits for a fetch function that is slow to notice its end.
func TestBreakWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
		var busy atomic.Int64
		src.Answer = func(ctx context.Context, r paginate.Request, _ *paginate.Page[int64]) error {
			if r.From == 0 { // a probe
				return nil
			}
			busy.Add(1)
			<-ctx.Done()
			time.Sleep(latency) //nolint:forbidigo // in a synctest bubble
			busy.Add(-1)
			return ctx.Err()
		}
		scan := src.Scan()
		scan.PageSize = 10
		start := time.Now()
		for _, err := range split(4)(scan).Pages(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if busy.Load() == 0 {
				t.Error("nothing is in flight")
			}
			break
		}
		if took := time.Since(start); busy.Load() != 0 || took != latency {
			t.Errorf("the loop was left after %v with %d requests in flight", took, busy.Load())
		}
	})
}

// TestPanic: a panic of the loop's body continues after the run has stopped.
func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
		slow(src)
		scan := src.Scan()
		scan.PageSize = 10
		run := split(4)(scan)
		defer func() {
			if recover() == nil || run.Stats().InFlight != 0 {
				t.Errorf("after the panic: %+v", run.Stats())
			}
		}()
		for _, err := range run.Pages(t.Context()) {
			panic(err)
		}
	})
}

// TestCancel: a run whose context is done ends with the cause, at once.
func TestCancel(t *testing.T) {
	cause := errors.New("the user went away")
	for _, b := range builds() {
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
				slow(src)
				scan := src.Scan()
				scan.PageSize, scan.Order = 10, b.order
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(latency*5/2, func() { cancel(cause) })
				start := time.Now()
				var failure error
				for _, err := range b.make(scan).Pages(ctx) {
					failure = err
				}
				if took := time.Since(start); !errors.Is(failure, cause) || took != latency*5/2 {
					t.Errorf("error %v after %v, want the cause after %v", failure, took, latency*5/2)
				}
			})
		})
	}
}

// TestCancelled: a run whose context is done before the start makes no request.
func TestCancelled(t *testing.T) {
	src := paginatetest.NewSource(1, 2, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range paginate.Serial(src.Scan()).Pages(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	if n := len(src.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// middle reports whether a request is for the part that a third worker splits off, of
// the ids 1 to 800.
func middle(r paginate.Request) bool { return !r.Descending && r.From > 300 && r.From < 500 }

// TestFirstError: the first error cancels the other requests; the batches that were
// complete before it are delivered, and then the error.
func TestFirstError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		src := paginatetest.NewSource(paginatetest.Dense(800, 0)...)
		failed := make(chan paginate.Request, 1)
		src.Answer = func(ctx context.Context, r paginate.Request, _ *paginate.Page[int64]) error {
			wait := latency
			switch {
			case middle(r): // early
				time.Sleep(latency / 2) //nolint:forbidigo // in a synctest bubble
				failed <- r
				return broken
			case r.From > 0: // not a probe: too late
				wait = time.Hour
			}
			select {
			case <-time.After(wait):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		scan := src.Scan()
		scan.PageSize = 10
		start := time.Now()
		got, err := collect(split(4)(scan))
		if took := time.Since(start); took != latency*3/2 {
			t.Errorf("took %v, want %v: the error cancels the other requests", took, latency*3/2)
		}
		if run := (*paginate.RunError)(nil); !errors.As(err, &run) || !errors.Is(err, broken) || run.Range != (<-failed).Window() {
			t.Errorf("error %v, want one of the middle", err)
		}
		want := slices.Concat(paginatetest.Dense(10, 0), []int64{791, 792, 793, 794, 795, 796, 797, 798, 799, 800})
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("rows %v, want those of the probes", got)
		}
	})
}

// TestErrorWhileHeld: an error cancels the other requests at once, although the consumer
// still works on a batch from before it.
func TestErrorWhileHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(800, 0)...)
		var cancelled atomic.Int64
		src.Answer = func(ctx context.Context, r paginate.Request, _ *paginate.Page[int64]) error {
			switch {
			case r.From == 0: // a probe
				return nil
			case middle(r):
				time.Sleep(latency) //nolint:forbidigo // in a synctest bubble
				return errors.New("broken")
			}
			<-ctx.Done()
			cancelled.Add(1)
			return ctx.Err()
		}
		scan := src.Scan()
		scan.PageSize = 10
		var failure error
		for _, err := range split(4)(scan).Pages(t.Context()) {
			if failure = err; err == nil {
				time.Sleep(2 * latency) //nolint:forbidigo // in a synctest bubble
				synctest.Wait()
				if n := cancelled.Load(); n != 3 {
					t.Errorf("%d requests were cancelled while the batch was held, want 3", n)
				}
			}
		}
		if failure == nil {
			t.Error("no error")
		}
	})
}

// TestConsumedOnce: the second iteration of a run is an error.
func TestConsumedOnce(t *testing.T) {
	run := paginate.Serial(paginatetest.NewSource(1).Scan())
	if got, err := collect(run); err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	if _, err := collect(run); !errors.Is(err, paginate.ErrConsumed) {
		t.Errorf("error %v, want ErrConsumed", err)
	}
}

// TestBadScan: a scan that cannot be run is refused before any request.
func TestBadScan(t *testing.T) {
	src := paginatetest.NewSource(1)
	for _, tt := range []struct {
		field string
		start func(paginate.Scan[int64]) *paginate.Run[int64]
		spoil func(*paginate.Scan[int64])
	}{
		{"Fetch", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.Fetch = nil }},
		{"ID", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.ID = nil }},
		{"PageSize", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.PageSize = 1001 }},
		{"PageSize", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.PageSize = -1 }},
		{"Limit", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.Limit = -1 }},
		{"Order", paginate.SplitRanges[int64], func(s *paginate.Scan[int64]) { s.Order = paginate.Ascending }},
		{"Order", paginate.FirstPageThenSplit[int64], func(s *paginate.Scan[int64]) { s.Order = paginate.Descending }},
		{"Order", paginate.ReadAhead[int64], func(*paginate.Scan[int64]) {}},
		{"From", paginate.Serial[int64], func(s *paginate.Scan[int64]) { s.From = &paginate.Checkpoint{} }},
	} {
		scan := src.Scan()
		tt.spoil(&scan)
		_, err := collect(tt.start(scan))
		if bad := (*paginate.ScanError)(nil); !errors.As(err, &bad) || bad.Field != tt.field {
			t.Errorf("error %v, want a ScanError of %s", err, tt.field)
		}
	}
	if n := len(src.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestNoPage: a fetch function that returns neither page nor error is an error.
func TestNoPage(t *testing.T) {
	scan := paginatetest.NewSource().Scan()
	scan.Fetch = func(context.Context, paginate.Request) (*paginate.Page[int64], error) {
		return nil, nil //nolint:nilnil // the fault under test
	}
	if _, err := collect(paginate.Serial(scan)); err == nil {
		t.Error("no error")
	}
}

// growing allows one more worker at each look.
type growing struct{ n atomic.Int64 }

func (g *growing) Workers() int { return int(g.n.Add(1)) }

// TestWorkersChange: the concurrency follows Workers during the run.
func TestWorkersChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := paginatetest.NewSource(paginatetest.Dense(2000, 0)...)
		highest := slow(src)
		scan := src.Scan()
		scan.PageSize, scan.Workers = 10, new(growing).Workers
		got, err := collect(paginate.SplitRanges(scan))
		if err != nil || len(got) != 2000 {
			t.Fatalf("%d rows, error %v", len(got), err)
		}
		if highest() < 8 {
			t.Errorf("%d requests at once at most", highest())
		}
	})
}

// TestOnDemand: a run on demand asks for nothing while its consumer works on a batch; when
// the consumer asks for the next, all workers may.
func TestOnDemand(t *testing.T) {
	for name, start := range map[string]func(paginate.Scan[int64]) *paginate.Run[int64]{
		"serial": paginate.Serial[int64], "first page": paginate.FirstPageThenSplit[int64], "split ranges": split(4), "read ahead": paginate.ReadAhead[int64],
	} {
		synctest.Test(t, func(t *testing.T) {
			src := paginatetest.NewSource(paginatetest.Dense(400, 0)...)
			slow(src)
			scan := src.Scan()
			scan.PageSize, scan.OnDemand = 10, true
			if name == "read ahead" {
				scan.Order = paginate.Ascending
			}
			rows := 0
			for batch, err := range start(scan).Pages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				rows += len(batch)
				synctest.Wait()
				before := len(src.Requests())
				time.Sleep(time.Hour) //nolint:forbidigo // fake time
				if after := len(src.Requests()); after != before {
					t.Errorf("%s: %d requests began while %d rows had been taken", name, after-before, rows)
				}
			}
			if rows != 400 {
				t.Errorf("%s: %d rows", name, rows)
			}
		})
	}
}
