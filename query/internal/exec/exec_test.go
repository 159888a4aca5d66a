package exec_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/muster-go/muster/query/internal/exec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("a scan failed")

// counting is a stream of n batches of one row that ends with err. It takes a second
// before each batch, and one after it was stopped.
func counting(ctx context.Context, active *atomic.Int64, n int, err error) exec.Stream[[]int] {
	return func(yield func([]int) bool) error {
		active.Add(1)
		defer active.Add(-1)
		for i := range n {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				time.Sleep(time.Second) //nolint:forbidigo // fake time
				return context.Cause(ctx)
			}
			if !yield([]int{i}) {
				time.Sleep(time.Second) //nolint:forbidigo // fake time
				return exec.ErrStopped
			}
		}
		return err
	}
}

// TestInterleave: Interleave ends when all streams are complete or with the first error,
// and leaves no stream running.
func TestInterleave(t *testing.T) {
	for name, test := range map[string]struct {
		ends  []error // of the streams
		stop  int     // rows after which the consumer stops; 0 = never
		after time.Duration
		want  error
	}{
		"complete":  {ends: []error{nil, nil, nil}},
		"none":      {},
		"failed":    {ends: []error{nil, errBroken, nil}, want: errBroken},
		"stopped":   {ends: []error{nil, nil, nil}, stop: 4, want: exec.ErrStopped},
		"cancelled": {ends: []error{nil, nil, nil}, after: 2500 * time.Millisecond, want: errCancelled},
		"late":      {ends: []error{nil, nil, nil}, after: time.Hour},
	} {
		for atOnce := range 4 {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancelCause(t.Context())
					if test.after > 0 {
						timer := time.AfterFunc(test.after, func() { cancel(errCancelled) })
						defer timer.Stop()
					}
					defer cancel(nil)
					var active atomic.Int64
					rows := 0
					err := exec.Interleave(ctx, len(test.ends), atOnce, func(ctx context.Context, i int) exec.Stream[[]int] {
						return counting(ctx, &active, 3+i, test.ends[i])
					}, asIs)(func([]int) bool {
						rows++
						return rows != test.stop
					})
					if !errors.Is(err, test.want) {
						t.Errorf("%d at once: %v, want %v", atOnce, err, test.want)
					}
					if err == nil && len(test.ends) == 3 && rows != 12 {
						t.Errorf("%d at once: complete after %d rows of 12", atOnce, rows)
					}
					if n := active.Load(); n > 0 {
						t.Errorf("%d at once: %d streams are not waited for", atOnce, n)
					}
				})
			})
		}
	}
}

func asIs(_ int, batch []int) ([]int, error) { return batch, nil }

var errCancelled = errors.New("cancelled")

// TestMergeWaits: a merge that its consumer or an error ends has ended each of its
// streams.
func TestMergeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		compare := func(a, b *int) int { return *a - *b }
		for _, test := range []struct {
			end  error
			stop bool
			want error
		}{{nil, false, nil}, {errBroken, false, errBroken}, {nil, true, exec.ErrStopped}} {
			var active atomic.Int64
			var rows []int
			err := exec.Merge([]exec.Stream[[]int]{
				counting(t.Context(), &active, 3, nil), counting(t.Context(), &active, 5, test.end),
			}, compare)(func(batch []int) bool {
				rows = append(rows, batch...)
				return !test.stop
			})
			if !errors.Is(err, test.want) || active.Load() > 0 {
				t.Errorf("%v, want %v; %d streams are left", err, test.want, active.Load())
			}
			if err == nil && !slices.Equal(rows, []int{0, 0, 1, 1, 2, 2, 3, 4}) {
				t.Errorf("merged %v", rows)
			}
		}
	})
}

// TestEnds: an operator ends as its input does.
func TestEnds(t *testing.T) {
	compare := func(a, b *int) int { return *a - *b }
	operators := map[string]func(exec.Stream[[]int]) exec.Stream[[]int]{
		"dedupe": func(s exec.Stream[[]int]) exec.Stream[[]int] {
			return exec.Dedupe(s, func(n *int) (bool, error) { return *n != 1, nil })
		},
		"limit":   func(s exec.Stream[[]int]) exec.Stream[[]int] { return exec.Limit(s, 9) },
		"project": func(s exec.Stream[[]int]) exec.Stream[[]int] { return exec.Project(s, func(*int) {}) },
		"top k":   func(s exec.Stream[[]int]) exec.Stream[[]int] { return exec.TopK(s, 2, compare) },
		"sort":    func(s exec.Stream[[]int]) exec.Stream[[]int] { return exec.Sort(s, compare, exec.SortOptions[int]{}) },
		"concat": func(s exec.Stream[[]int]) exec.Stream[[]int] {
			return exec.Concat(1, func(int) exec.Stream[[]int] { return s }, asIs)
		},
		"map": func(s exec.Stream[[]int]) exec.Stream[[]int] {
			return exec.Map(s, func(b []int) ([]int, error) { return b, nil })
		},
		"merge": func(s exec.Stream[[]int]) exec.Stream[[]int] { return exec.Merge([]exec.Stream[[]int]{s}, compare) },
	}
	for name, operator := range operators {
		for _, end := range []error{nil, errBroken} {
			in := func(yield func([]int) bool) error {
				for i := range 4 {
					if !yield([]int{i}) {
						return exec.ErrStopped
					}
				}
				return end
			}
			if err := operator(in)(func([]int) bool { return true }); !errors.Is(err, end) {
				t.Errorf("%s: ended with %v, want %v", name, err, end)
			}
			err := operator(in)(func([]int) bool { return false })
			if gathers := name == "top k" || name == "sort"; !errors.Is(err, exec.ErrStopped) && (!gathers || !errors.Is(err, end)) {
				t.Errorf("%s: stopped by its consumer, it ended with %v", name, err)
			}
		}
	}
}

// TestLimitEnds: a limit that is reached completes the stream and reads no further batch;
// otherwise the stream ends as its input does.
func TestLimitEnds(t *testing.T) {
	asked := 0
	in := func(yield func([]int) bool) error {
		for asked = 1; yield([]int{1, 2, 3}); asked++ {
			if asked == 4 {
				return errBroken
			}
		}
		return exec.ErrStopped
	}
	for limit, want := range map[int64]struct {
		asked int
		end   error
	}{0: {0, nil}, 3: {1, nil}, 4: {2, nil}, 12: {4, nil}, 13: {4, errBroken}} {
		asked = 0
		rows := 0
		err := exec.Limit(in, limit)(func(batch []int) bool { rows += len(batch); return true })
		if !errors.Is(err, want.end) || asked != want.asked || err == nil && int64(rows) != limit {
			t.Errorf("limit %d: %d rows of %d batches, %v", limit, rows, asked, err)
		}
	}
}
