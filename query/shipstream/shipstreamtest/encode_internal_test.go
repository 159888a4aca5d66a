package shipstreamtest

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestAppendTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	seconds := []int64{first, last, 0, -1, 1}
	for _, b := range boundaryTimes() {
		seconds = append(seconds, b.Unix()-1, b.Unix(), b.Unix()+1)
	}
	for range 100_000 {
		seconds = append(seconds, first+rng.Int64N(last-first))
	}
	for _, sec := range seconds {
		if got, want := string(appendTime(nil, sec)), time.Unix(sec, 0).UTC().Format(`"2006-01-02T15:04:05Z"`); got != want {
			t.Fatalf("%d is %s, want %s", sec, got, want)
		}
	}
}
