package calendar

import (
	"math"
	"time"

	"github.com/muster-go/muster/model"
)

// Step is a duration of the language: N of a unit, negative to go back.
type Step struct {
	N    int64 // at most nine digits
	Unit string
}

// ParseStep reads a duration in its canonical spelling, such as "90d".
func ParseStep(text string) (s Step, ok bool) {
	i := 0
	for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		s.N = min(s.N*10+int64(text[i]-'0'), math.MaxInt32)
	}
	s.Unit = text[i:]
	_, known := s.seconds()
	return s, i > 0 && (known || s.Unit == "mo" || s.Unit == "y")
}

// seconds returns the length of a step in seconds, with days of 24 hours; false for months and
// years.
func (s Step) seconds() (int64, bool) {
	switch s.Unit {
	case "s":
		return s.N, true
	case "min":
		return s.N * 60, true
	case "h":
		return s.N * 60 * 60, true
	case "d":
		return s.N * secondsPerDay, true
	case "w":
		return s.N * 7 * secondsPerDay, true
	}
	return 0, false
}

// Exact returns the length of a step in seconds if it is the same for every instant of zone:
// of hours and below always, of days and weeks where the clocks never change.
func (s Step) Exact(zone *time.Location) (int64, bool) {
	n, ok := s.seconds()
	return n, ok && (s.Unit != "d" && s.Unit != "w" || unchanging(zone))
}

// unchanging reports whether a zone has had one offset at all times.
func unchanging(zone *time.Location) bool {
	from, to := time.Unix(0, 0).In(zone).ZoneBounds()
	return from.IsZero() && to.IsZero()
}

// From returns the instant one step from sec. Steps of one length never fail: they stop at the
// ends of 64 bits. Calendar steps fail from or to an instant outside the years that a text can
// express.
func (s Step) From(sec int64, zone *time.Location) (int64, bool) {
	if n, ok := s.Exact(zone); ok {
		return saturated(sec, n), true
	}
	const centuries = 1 << 22 // days; in months, more than there are
	if s.N <= -centuries || s.N >= centuries || sec < MinInstant || sec > MaxInstant {
		return 0, false
	}
	n := int(s.N)
	switch s.Unit {
	case "d":
		return Add(sec, 0, n, zone)
	case "w":
		return Add(sec, 0, 7*n, zone)
	case "y":
		n *= 12
	}
	return Add(sec, n, 0, zone)
}

// saturated adds two numbers, up to the ends of 64 bits.
func saturated(a, b int64) int64 {
	switch sum := a + b; {
	case b > 0 && sum < a:
		return math.MaxInt64
	case b < 0 && sum > a:
		return math.MinInt64
	default:
		return sum
	}
}

// Signed returns the step, or its opposite if back is set.
func (s Step) Signed(back bool) Step {
	if back {
		s.N = -s.N
	}
	return s
}

// Shift returns the instant one step from v, with its fraction of a second; null if there is none.
func (s Step) Shift(v model.Value, zone *time.Location) model.Value {
	sec, ok := s.From(v.Int(), zone)
	if v.IsNull() || !ok {
		return model.Null()
	}
	return model.DateTime(time.Unix(sec, int64(v.Nanosecond())))
}

// Shifter returns [Step.Shift] in a zone. Whether the step has one length is asked once.
func (s Step) Shifter(zone *time.Location) func(v model.Value) model.Value {
	n, exact := s.Exact(zone)
	if !exact {
		return func(v model.Value) model.Value { return s.Shift(v, zone) }
	}
	return func(v model.Value) model.Value {
		if v.IsNull() {
			return v
		}
		sec := saturated(v.Int(), n)
		if v.Nanosecond() == 0 {
			return model.DateTimeUnix(sec)
		}
		return model.DateTime(time.Unix(sec, int64(v.Nanosecond())))
	}
}
