package progress_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
)

// TestMeter: the rate is that of the last seconds, not of the whole run.
func TestMeter(t *testing.T) {
	var m progress.Meter
	r := progress.Reading{}
	for second := int64(1); second <= 20; second++ {
		run := query.Stats{Elapsed: time.Duration(second) * time.Second, Counted: 100_000, Fetched: second * 100}
		if second > 10 { // ten times as fast from here on
			run.Fetched = 1000 + (second-10)*1000
		}
		run.Rows, run.Read = run.Fetched, run.Fetched
		r = m.Read(progress.Sample{Run: run})
	}
	if r.RowsPerSecond != 1000 || r.Part != 0.11 || r.Left != 89*time.Second {
		t.Errorf("%.0f rows/s, %.2f done, %s left", r.RowsPerSecond, r.Part, r.Left)
	}
}

// TestMeterExtent: what is to come is known from the server's count or from the
// limit, and takes the least time that the run knows of, however fast a burst was.
func TestMeterExtent(t *testing.T) {
	run := query.Stats{Elapsed: time.Second, Rows: 2000, Fetched: 2000, Read: 2000}
	counted := run
	counted.Counted, counted.ETA = 10_000, 9*time.Second
	sifted, resumed := counted, counted
	sifted.Rows, resumed.Read = 100, 9000
	for name, test := range map[string]struct {
		sample progress.Sample
		part   float64
		left   time.Duration
	}{
		"not counted":             {progress.Sample{Run: run}, -1, -1},
		"nothing yet":             {progress.Sample{}, -1, -1},
		"counted":                 {progress.Sample{Run: counted}, 0.2, 9 * time.Second},
		"a limit":                 {progress.Sample{Run: run, Limit: 4000}, 0.5, time.Second},
		"a limit within":          {progress.Sample{Run: counted, Limit: 4000}, 0.5, time.Second},
		"a limit beyond":          {progress.Sample{Run: counted, Limit: 40_000}, 0.2, 9 * time.Second},
		"a limit, rows left out":  {progress.Sample{Run: sifted, Limit: 4000}, 0.2, 9 * time.Second},
		"after a checkpoint":      {progress.Sample{Run: resumed}, 0.9, 9 * time.Second},
		"more came than expected": {progress.Sample{Run: run, Limit: 1000}, 1, 0},
	} {
		var m progress.Meter
		if r := m.Read(test.sample); r.Part != test.part || r.Left != test.left {
			t.Errorf("%s: %v done, %v left; want %v, %v", name, r.Part, r.Left, test.part, test.left)
		}
	}
}

func reading() progress.Reading {
	return progress.Reading{
		Sample: progress.Sample{
			Run: query.Stats{
				Elapsed: 83 * time.Second, Rows: 9000, Fetched: 12_000, Counted: 40_000, Retries: 2, InFlight: 4, Workers: 5, Rate: 10,
			},
			Sent: 9.84, Throttled: 1,
		},
		RowsPerSecond: 9800, Part: 0.3, Left: 75 * time.Second,
	}
}

func TestText(t *testing.T) {
	for width, want := range map[int]string{
		0:  "9 000 rows of 12 000 read at 9 800/s, ETA 1m15s, 9.8/10 req/s, 1 throttled, 2 retried, 4/5 in flight",
		60: "9 000 rows of 12 000 read at 9 800/s, ETA 1m15s",
		10: "",
	} {
		if got := reading().Text(width); got != want {
			t.Errorf("width %d:\n%q\n%q", width, got, want)
		}
	}
	down := reading()
	down.Outage, down.MaxOutage = 35*time.Second, 2*time.Minute
	if got, want := down.Text(90), "9 000 rows of 12 000 read at 9 800/s, server down for 35s of at most 2m00s, ETA 1m15s"; got != want {
		t.Errorf("in an outage:\n%q\n%q", got, want)
	}
	want := "30%, " + reading().Text(0) + ", 1m23s so far"
	if got := reading().Line(); got != want {
		t.Errorf("%q", got)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 1234567: "1 234 567", -1000: "-1 000"} {
		if got := progress.Number(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

// TestTerminal: one line, drawn over itself, that makes room for rows and is gone
// at the end.
func TestTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen strings.Builder
		var n atomic.Int64
		show := progress.Start(progress.Options{Output: &screen, Terminal: true, Sample: func() progress.Sample {
			return progress.Sample{Run: query.Stats{Elapsed: time.Second, Rows: n.Add(1000), Fetched: 1000, Read: 1000, Counted: 2000}}
		}})
		time.Sleep(250 * time.Millisecond) //nolint:forbidigo // in a synctest bubble
		if _, err := show.Over(&screen).Write([]byte("a row\n")); err != nil {
			t.Fatal(err)
		}
		show.Stop()
		got := screen.String()
		if strings.Count(got, "\n") != 1 || !strings.Contains(got, "\r\x1b[Ka row\n") {
			t.Errorf("%q", got)
		}
		for _, want := range []string{"1 000 rows", "2 000 rows", "50% |███   | "} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %q", want, got)
			}
		}
		for line := range strings.SplitSeq(got, "\r\x1b[K") {
			if n := len([]rune(line)); n > 79 {
				t.Errorf("%d cells: %q", n, line)
			}
		}
	})
}

// TestResize: the line fits the terminal as it is now.
func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen strings.Builder
		var width atomic.Int64
		width.Store(200)
		show := progress.Start(progress.Options{Output: &screen, Terminal: true, Width: func() int { return int(width.Load()) }, Sample: func() progress.Sample {
			return progress.Sample{Run: query.Stats{Elapsed: time.Second, Rows: 1000, Fetched: 1000, Read: 1000, Counted: 2000}}
		}})
		time.Sleep(150 * time.Millisecond) //nolint:forbidigo // in a synctest bubble
		width.Store(40)
		time.Sleep(100 * time.Millisecond) //nolint:forbidigo // in a synctest bubble
		show.Stop()
		lines := strings.Split(screen.String(), "\r\x1b[K")
		if len(lines) != 4 || len([]rune(lines[1])) < 60 || len([]rune(lines[2])) > 45 { // with what the terminal does not show
			t.Errorf("%q", lines)
		}
	})
}

// TestLog: a plain line every ten seconds, none for what ends before.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(stream)
		show := progress.Start(progress.Options{Output: log, Sample: func() progress.Sample {
			return progress.Sample{Run: query.Stats{Elapsed: 10 * time.Second, Rows: 5, Fetched: 5, Workers: 5}}
		}})
		time.Sleep(9 * time.Second) //nolint:forbidigo // in a synctest bubble
		if log.String() != "" {
			t.Errorf("%q", log.String())
		}
		time.Sleep(12 * time.Second) //nolint:forbidigo // in a synctest bubble
		show.Stop()
		want := "muster: 5 rows at 0/s, 0.0 req/s, 0/5 in flight, 10s so far\n"
		if got := log.String(); got != want+want {
			t.Errorf("%q", got)
		}
	})
}

// stream is what a show writes to while a test reads it.
type stream struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
