package groupcount_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/cmd/muster/internal/groupcount"
)

// TestByCalendar: whatever the rows, the groups are those that going through them
// one by one would give, for about one count a group.
func TestByCalendar(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("far", 14*3600)}
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(rt, "zone")
		u := rapid.SampledFrom([]groupcount.Unit{groupcount.Day, groupcount.Month, groupcount.Year}).Draw(rt, "unit")
		lo := u.Start(time.Date(2023, 11, 7, 5, 0, 0, 0, zone))
		hi := u.Start(lo.AddDate(2, 2, 3))
		times := make([]time.Time, rapid.IntRange(0, 40).Draw(rt, "rows"))
		want := map[string]int64{}
		for i := range times {
			times[i] = lo.Add(time.Duration(rapid.Int64Range(0, int64(hi.Sub(lo))-1).Draw(rt, "at")))
			want[u.Label(times[i])]++
		}
		var counts atomic.Int64
		whole := []groupcount.Span{{From: lo, To: hi, Rows: int64(len(times))}}
		spans, err := groupcount.ByCalendar(rt.Context(), u, whole, func(_ context.Context, from, to time.Time) (n int64, _ error) {
			counts.Add(1)
			for _, at := range times {
				if !at.Before(from) && at.Before(to) {
					n++
				}
			}
			return n, nil
		})
		if err != nil || len(spans) != len(want) {
			rt.Fatalf("%v: %v, want %v", err, spans, want)
		}
		groups := make([]groupcount.Group, len(spans))
		for i, s := range spans {
			groups[i] = s.Group(u)
		}
		if !slices.IsSortedFunc(groups, func(a, b groupcount.Group) int { return strings.Compare(a.Label, b.Label) }) {
			rt.Fatalf("not in order: %v", groups)
		}
		for _, g := range groups {
			if want[g.Label] != g.Rows {
				rt.Fatalf("%s: %d rows, want %d", g.Label, g.Rows, want[g.Label])
			}
		}
		if most := int64(len(groups)*10 + 1); counts.Load() > most || counts.Load() > int64(groupcount.Counts(u, whole)) {
			rt.Fatalf("%d counts for %d groups", counts.Load(), len(groups))
		}
	})
}

// TestByCalendarFails: the error that ends it is the server's, not what it caused.
func TestByCalendarFails(t *testing.T) {
	refused := errors.New("refused")
	lo := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := groupcount.ByCalendar(t.Context(), groupcount.Day, []groupcount.Span{{lo, lo.AddDate(1, 0, 0), 5}}, func(context.Context, time.Time, time.Time) (int64, error) {
		return 0, refused
	})
	if !errors.Is(err, refused) {
		t.Error(err)
	}
}

// TestCounts: the most counts, over the days on which clocks are changed too.
func TestCounts(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, berlin) }
	two := []groupcount.Span{{date(2024, 1, 1), date(2025, 1, 1), 9}, {date(2026, 1, 1), date(2027, 1, 1), 1}}
	for u, want := range map[groupcount.Unit]int{groupcount.Year: 0, groupcount.Month: 22, groupcount.Day: 366 + 365 - 2} {
		if got := groupcount.Counts(u, two); got != want {
			t.Errorf("%s: %d, want %d", u, got, want)
		}
	}
}

func TestChart(t *testing.T) {
	got := groupcount.Chart([]groupcount.Group{{"山田", 12_000}, {"ann", 3000}, {"none", 0}, {"few", 1}}, 15_001, 40)
	want := "" +
		"山田  12 000  80.0%  ████████████████████\n" +
		"ann    3 000  20.0%  █████\n" +
		"none       0   0.0%\n" +
		"few        1   0.0%  ▏\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if groupcount.Chart(nil, 0, 0) != "" {
		t.Error("a chart of nothing")
	}
}
