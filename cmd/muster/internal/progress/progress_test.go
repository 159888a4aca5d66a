package progress_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
)

// TestMeter: rates are those of the last seconds, not of the whole run.
func TestMeter(t *testing.T) {
	var m progress.Meter
	r := progress.Reading{}
	for second := range 20 {
		s := progress.Sample{Elapsed: time.Duration(second+1) * time.Second, Expected: 100_000}
		s.Attempts = int64(second + 1)
		s.Fetched = s.Attempts * 100
		if second >= 10 { // ten times as fast from here on
			s.Fetched = 1000 + (s.Attempts-10)*1000
		}
		r = m.Read(s)
	}
	if r.RowsPerSecond != 1000 || r.RequestsPerSecond != 1 {
		t.Errorf("%.0f rows/s, %.1f requests/s", r.RowsPerSecond, r.RequestsPerSecond)
	}
	if r.Part != 0.11 || r.Left != 89*time.Second {
		t.Errorf("%.2f done, %s left", r.Part, r.Left)
	}
}

// TestMeterUnknown: without a count there is neither a part nor an end, and the
// first sample divides by nothing.
func TestMeterUnknown(t *testing.T) {
	var m progress.Meter
	r := m.Read(progress.Sample{Expected: -1})
	if r.Part != -1 || r.Left != -1 || r.RowsPerSecond != 0 {
		t.Errorf("%+v", r)
	}
	if r := m.Read(progress.Sample{Expected: 0, Elapsed: time.Second}); r.Part != -1 {
		t.Errorf("%+v", r)
	}
}

func reading() progress.Reading {
	return progress.Reading{
		Sample: progress.Sample{
			Elapsed: 83 * time.Second, Rows: 9000, Fetched: 12_000, Expected: 40_000, Retries: 2, Throttled: 1,
			InFlight: 4, Workers: 5, RateLimit: 10,
		},
		RowsPerSecond: 9800, RequestsPerSecond: 9.84, Part: 0.3, Left: 75 * time.Second,
	}
}

func TestText(t *testing.T) {
	for width, want := range map[int]string{
		0:  "9 000 rows of 12 000 read, 9 800 rows/s, ETA 1m15s, 9.8/10 req/s, 1 throttled, 2 retried, 4/5 in flight",
		60: "9 000 rows of 12 000 read, 9 800 rows/s, ETA 1m15s",
		10: "",
	} {
		if got := reading().Text(width); got != want {
			t.Errorf("width %d:\n%q\n%q", width, got, want)
		}
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
			return progress.Sample{Elapsed: time.Second, Rows: n.Add(1000), Fetched: 1000, Expected: 2000}
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
		for _, want := range []string{"1 000 rows", "2 000 rows", "50% |███████        | "} {
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

// TestLog: a plain line every ten seconds, none for what ends before.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(stream)
		show := progress.Start(progress.Options{Output: log, Sample: func() progress.Sample {
			return progress.Sample{Elapsed: 10 * time.Second, Rows: 5, Fetched: 5, Expected: -1, Workers: 5}
		}})
		time.Sleep(9 * time.Second) //nolint:forbidigo // in a synctest bubble
		if log.String() != "" {
			t.Errorf("%q", log.String())
		}
		time.Sleep(12 * time.Second) //nolint:forbidigo // in a synctest bubble
		show.Stop()
		want := "muster: 5 rows, 0 rows/s, 0.0 req/s, 0/5 in flight, 10s so far\n"
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
