package limit

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return epoch.Add(d) }

func TestBackoffDelay(t *testing.T) {
	t.Parallel()
	b := Backoff{Base: 500 * time.Millisecond, Max: 30 * time.Second}
	for attempt, ceiling := range []time.Duration{
		500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
		8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
	} {
		if got := b.Delay(attempt, 0); got != 0 {
			t.Errorf("attempt %d: least delay is %v", attempt, got)
		}
		if got := b.Delay(attempt, 0.5); got != ceiling/2 {
			t.Errorf("attempt %d: middle delay is %v, want %v", attempt, got, ceiling/2)
		}
	}
	if got := b.Delay(1<<40, 0.999); got > 30*time.Second {
		t.Errorf("late attempt: %v", got)
	}
	if got := (Backoff{Base: 1 << 62, Max: 1<<63 - 1}).ceiling(5); got != 1<<63-1 {
		t.Errorf("overflow: %v", got)
	}
	if got := (Backoff{Base: time.Minute, Max: time.Second}).ceiling(0); got != time.Second {
		t.Errorf("base above max: %v", got)
	}
	for _, test := range []struct {
		base, limit time.Duration
		attempt     int
		want        time.Duration
	}{
		{1, 3, 0, 1},
		{1, 3, 1, 2},
		{1, 3, 2, 3},
		{1, 4, 2, 4},
		{3, 5, 1, 5},
		{2, 5, 1, 4},
		{1, 1 << 62, 1, 2},
		{1, 1<<63 - 1, 62, 1 << 62},
		{1, 1<<63 - 1, 63, 1 << 62},
		{0, time.Minute, 100, 0},
		{1, 1 << 61, 62, 1 << 61},
	} {
		if got := (Backoff{Base: test.base, Max: test.limit}).ceiling(test.attempt); got != test.want {
			t.Errorf("%d doubled %d times up to %d: %d, want %d", test.base, test.attempt, test.limit, got, test.want)
		}
	}
}

func TestRetryBudget(t *testing.T) {
	t.Parallel()
	b := NewRetryBudget(0.5, epoch)
	for i := range int(retryReserve) {
		if wait := b.Spend(epoch); wait != 0 {
			t.Fatalf("retry %d of the reserve waits %v", i, wait)
		}
	}
	// Empty: retries wait in line, one a second.
	for i := range 3 {
		if wait, want := b.Spend(epoch), time.Duration(i+1)*time.Second; wait != want {
			t.Errorf("retry %d beyond: waits %v, want %v", i, wait, want)
		}
	}
	// Eight requests earn the three back, and one more.
	for range 8 {
		b.Earn(epoch)
	}
	if wait := b.Spend(epoch); wait != 0 {
		t.Errorf("earned retry waits %v", wait)
	}
	// The floor earns by time, up to the reserve.
	if wait := b.Spend(at(time.Second)); wait != 0 {
		t.Errorf("retry of the floor waits %v", wait)
	}
	b.Earn(at(time.Hour))
	if b.tokens != retryReserve {
		t.Errorf("%v tokens after an hour", b.tokens)
	}
	b.Earn(epoch) // a clock that steps back changes nothing
	if b.tokens != retryReserve || !b.last.Equal(at(time.Hour)) {
		t.Errorf("%v tokens at %v", b.tokens, b.last)
	}
}

func TestConcurrencyDeclared(t *testing.T) {
	t.Parallel()
	c := newConcurrency(8, epoch)
	want := func(d time.Duration, k int) {
		t.Helper()
		if got := c.limit(at(d)); got != k {
			t.Errorf("after %v: K = %d, want %d", d, got, k)
		}
	}
	want(0, 8)
	c.overloaded(at(time.Second), at(2*time.Second))
	want(2*time.Second, 4)
	// The rest of what was in flight then is refused too: nothing new.
	c.overloaded(at(time.Second), at(2*time.Second))
	c.overloaded(at(2*time.Second), at(2500*time.Millisecond))
	want(2500*time.Millisecond, 4)
	want(3*time.Second, 5)
	want(5900*time.Millisecond, 7)
	want(time.Minute, 8)
	if got := c.untilGrowth(at(2400 * time.Millisecond)); got != 600*time.Millisecond {
		t.Errorf("grows in %v", got)
	}
	if got := c.untilGrowth(at(time.Minute)); got != 0 {
		t.Errorf("at the cap, grows in %v", got)
	}
	for i := range 10 {
		c.overloaded(at(time.Hour+time.Duration(2*i+1)), at(time.Hour+time.Duration(2*i+2)))
	}
	want(time.Hour+time.Second/2, 1)
}

func TestConcurrencyLearned(t *testing.T) {
	t.Parallel()
	c := newConcurrency(8, epoch)
	c.learn(0, epoch)
	if got := c.limit(epoch); got != 8 {
		t.Errorf("nothing learned: %d", got)
	}
	c.learn(3, epoch)
	if got := c.limit(at(time.Hour)); got != 3 {
		t.Errorf("learned 3: %d", got)
	}
	c.learn(100, at(time.Hour)) // headers only tighten
	if got := c.limit(at(2 * time.Hour)); got != 8 {
		t.Errorf("learned 100: %d", got)
	}
}

func TestConcurrencyProbing(t *testing.T) {
	t.Parallel()
	c := newConcurrency(-1, epoch)
	now := epoch
	for _, k := range []int{2, 4, 8, 16, 32, 64, 64} {
		if got := c.limit(now); got != k {
			t.Fatalf("K = %d, want %d", got, k)
		}
		sent := now
		now = now.Add(100 * time.Millisecond)
		for range k { // one round trip's answers double K once
			c.answered(sent, now)
		}
	}
	c.overloaded(now, now.Add(1))
	if got := c.limit(now.Add(1)); got != 32 {
		t.Errorf("K = %d after a refusal", got)
	}

	c = newConcurrency(-1, epoch)
	c.learn(16, epoch)
	if got := c.limit(epoch); got != 16 {
		t.Errorf("a declared limit is not taken up at once: %d", got)
	}
}

func TestConcurrencyWorkers(t *testing.T) {
	t.Parallel()
	c := newConcurrency(16, epoch)
	if got := c.workers(epoch, 20, true); got != 16 {
		t.Errorf("no round trip known: %d", got)
	}
	c.answered(epoch, at(250*time.Millisecond))
	for _, test := range []struct {
		rate float64
		dry  bool
		want int
	}{
		{20, true, 6}, // ⌈20 × 0.25⌉ + 1
		{21, true, 7},
		{20, false, 16}, // burst tokens remain
		{0, true, 16},   // no rate
		{1e300, true, 16},
		{0.001, true, 2},
	} {
		if got := c.workers(at(time.Second), test.rate, test.dry); got != test.want {
			t.Errorf("rate %v dry %v: %d, want %d", test.rate, test.dry, got, test.want)
		}
	}
}

func TestConcurrencyStaysInBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(-1, 40).Filter(func(n int) bool { return n != 0 }).Draw(t, "limit")
		c := newConcurrency(limit, epoch)
		now := epoch
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			sent := now
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, "step")))
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				c.answered(sent, now)
			case 1:
				c.overloaded(sent, now)
			case 2:
				c.learn(rapid.IntRange(-1, 50).Draw(t, "learned"), now)
			}
			if k := c.limit(now); k < 1 || k > c.ceiling() {
				t.Fatalf("K = %d of %d", k, c.ceiling())
			}
			if d := c.untilGrowth(now); d < 0 || d > growth || (d > 0 && c.limit(now.Add(d)) != c.limit(now)+1) {
				t.Fatalf("grows in %v from %d to %d", d, c.limit(now), c.limit(now.Add(d)))
			}
			if w := c.workers(now, 10, true); w < 1 || w > c.limit(now) {
				t.Fatalf("workers %d of %d", w, c.limit(now))
			}
		}
	})
}
