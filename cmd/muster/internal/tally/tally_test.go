package tally_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/cmd/muster/internal/tally"
)

// TestByCalendar: whatever the rows, the groups are those that going through them
// one by one would give, for about one count a group.
func TestByCalendar(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("far", 14*3600)}
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(rt, "zone")
		u := rapid.SampledFrom([]tally.Unit{tally.Day, tally.Month, tally.Year}).Draw(rt, "unit")
		lo := time.Date(2023, 11, 7, 5, 0, 0, 0, zone)
		hi := lo.AddDate(1, 2, 3)
		times := make([]time.Time, rapid.IntRange(0, 40).Draw(rt, "rows"))
		want := map[string]int64{}
		for i := range times {
			times[i] = lo.Add(time.Duration(rapid.Int64Range(0, int64(hi.Sub(lo))-1).Draw(rt, "at")))
			want[u.Label(times[i])]++
		}
		var counts atomic.Int64
		groups, err := tally.ByCalendar(rt.Context(), u, lo, hi, int64(len(times)), func(_ context.Context, from, to time.Time) (n int64, _ error) {
			counts.Add(1)
			for _, at := range times {
				if !at.Before(from) && at.Before(to) {
					n++
				}
			}
			return n, nil
		})
		if err != nil || len(groups) != len(want) {
			rt.Fatalf("%v: %v, want %v", err, groups, want)
		}
		if !slices.IsSortedFunc(groups, func(a, b tally.Group) int { return strings.Compare(a.Label, b.Label) }) {
			rt.Fatalf("not in order: %v", groups)
		}
		for _, g := range groups {
			if want[g.Label] != g.Rows {
				rt.Fatalf("%s: %d rows, want %d", g.Label, g.Rows, want[g.Label])
			}
		}
		if most := int64(len(groups)*9 + 9); counts.Load() > most {
			rt.Fatalf("%d counts for %d groups", counts.Load(), len(groups))
		}
	})
}

// TestByCalendarFails: the error that ends it is the server's, not what it caused.
func TestByCalendarFails(t *testing.T) {
	refused := errors.New("refused")
	lo := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := tally.ByCalendar(t.Context(), tally.Day, lo, lo.AddDate(1, 0, 0), 5, func(context.Context, time.Time, time.Time) (int64, error) {
		return 0, refused
	})
	if !errors.Is(err, refused) {
		t.Error(err)
	}
	if _, err = tally.ByCalendar(t.Context(), tally.Day, lo, lo.AddDate(200, 0, 0), 5, nil); err == nil {
		t.Error("two centuries of days")
	}
}

func TestChart(t *testing.T) {
	got := tally.Chart([]tally.Group{{"山田", 12_000}, {"ann", 3000}, {"none", 0}, {"few", 1}}, 15_001, 40)
	want := "" +
		"山田  12 000  80.0%  ████████████████████\n" +
		"ann    3 000  20.0%  █████\n" +
		"none       0   0.0%\n" +
		"few        1   0.0%  ▏\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if tally.Chart(nil, 0, 0) != "" {
		t.Error("a chart of nothing")
	}
}
