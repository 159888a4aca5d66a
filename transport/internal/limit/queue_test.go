package limit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

func TestFIFOServesInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		line := limit.NewFIFO()
		if err := line.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("enough")
		var order []int
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				of := t.Context()
				if i == 2 {
					of = ctx
				}
				if err := line.Enter(of); err != nil {
					if i != 2 || !errors.Is(err, cause) {
						t.Errorf("%d: %v", i, err)
					}
					return
				}
				order = append(order, i) // only the head of the line writes
				line.Leave()
			})
			synctest.Wait()
		}
		cancel(cause)
		synctest.Wait()
		line.Leave()
		wg.Wait()
		if want := []int{0, 1, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("served %v, want %v", order, want)
		}
		if err := line.Enter(ctx); !errors.Is(err, cause) {
			t.Errorf("cancelled before, with a free line: %v", err)
		}
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	for _, test := range []struct {
		name  string
		d     time.Duration
		wake  time.Duration // 0 = never
		end   time.Duration // 0 = never
		takes time.Duration
		err   error
	}{
		{"time passes", 3 * time.Second, 0, 0, 3 * time.Second, nil},
		{"the least time", 1, 0, 0, 1, nil},
		{"woken", 3 * time.Second, time.Second, 0, time.Second, nil},
		{"woken without a time", 0, time.Second, 0, time.Second, nil},
		{"woken, time gone by", -1, time.Second, 0, time.Second, nil},
		{"ended", 3 * time.Second, 0, time.Second, time.Second, cause},
		{"ended without a time", 0, 0, time.Hour, time.Hour, cause},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var wake chan struct{}
				if test.wake > 0 {
					wake = make(chan struct{}, 1)
					time.AfterFunc(test.wake, func() { wake <- struct{}{} })
				}
				if test.end > 0 {
					time.AfterFunc(test.end, func() { cancel(cause) })
				}
				start := time.Now()
				err := limit.Pause(ctx, test.d, wake)
				if took := time.Since(start); took != test.takes || !errors.Is(err, test.err) {
					t.Errorf("after %v: %v, want %v after %v", took, err, test.err, test.takes)
				}
			})
		})
	}
}

// budget grants after a delay, and counts.
type budget struct {
	delay time.Duration
	err   error
	n     int
}

func (b *budget) Acquire(ctx context.Context, n int) error {
	b.n += n
	if b.err != nil || b.delay == 0 {
		return b.err
	}
	return limit.Pause(ctx, b.delay, nil)
}

// A token that was granted before a cooldown started is void: the request waits for
// another one.
func TestPacerVoidsTokens(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		starts time.Duration // of the cooldown; the token comes after 1s
		lasts  time.Duration
		takes  time.Duration
		tokens int
	}{
		{"no cooldown", time.Hour, time.Second, time.Second, 1},
		{"over before the token", 100 * time.Millisecond, 200 * time.Millisecond, time.Second, 1},
		{"ends with the token", 100 * time.Millisecond, 900 * time.Millisecond, time.Second, 1},
		{"a nanosecond longer", 100 * time.Millisecond, 900*time.Millisecond + 1, 2*time.Second + 1, 2},
		{"longer than the token", 900 * time.Millisecond, 5 * time.Second, 6900 * time.Millisecond, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &budget{delay: time.Second}
				p := limit.Pacer{Cooldown: limit.NewCooldown(time.Minute), Budget: b}
				start := time.Now()
				stop := time.AfterFunc(test.starts, func() { p.Cooldown.Start(start.Add(test.starts+test.lasts), 429) })
				defer stop.Stop()
				if err := p.Admit(t.Context()); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != test.takes || b.n != test.tokens {
					t.Errorf("admitted after %v with %d tokens, want %v with %d", took, b.n, test.takes, test.tokens)
				}
			})
		})
	}
}

func TestPacerFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &budget{err: errors.New("coordinator gone")}
		p := limit.Pacer{Cooldown: limit.NewCooldown(time.Minute), Budget: b}
		if err := p.Admit(t.Context()); !errors.Is(err, b.err) {
			t.Errorf("got %v", err)
		}
		p.Cooldown.Start(time.Now().Add(time.Hour), 503)
		err := p.Admit(t.Context())
		long, ok := errors.AsType[*limit.TooLongError](err)
		if !ok || long.Wait != time.Hour || b.n != 1 || err.Error() != "the cooldown after a 503 lasts 1h0m0s" {
			t.Errorf("%d tokens, %v", b.n, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p.Cooldown = limit.NewCooldown(time.Minute)
		p.Cooldown.Start(time.Now().Add(time.Minute), 503)
		if err := p.Admit(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
