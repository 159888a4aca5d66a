package transport

import (
	"math"
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	var m meter
	want := func(d time.Duration, rate float64) {
		t.Helper()
		if got := m.perSecond(at(d)); math.Abs(got-rate) > 1e-9 {
			t.Errorf("after %v: %v a second, want %v", d, got, rate)
		}
	}
	want(0, 0)
	for range 60 {
		m.count(epoch) // a burst
	}
	want(0, 60) // over a second at least
	want(2*time.Second, 30)
	for i := range 100 {
		m.count(at(2*time.Second + time.Duration(i)*100*time.Millisecond))
	}
	want(11900*time.Millisecond, 100/9.9) // the burst has gone out of the span
	want(20*time.Second, 10/9.0)          // only second 11 is left of them
	want(time.Hour, 0)
	m.count(at(time.Hour))
	want(time.Hour, 1/9.0)
}
