package sqlsource

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// TimeForm is how a column holds instants: in the database's own type, as whole
// seconds since 1970, or else as a text by the layout that the form is, in UTC,
// whose order must be that of time. A text by [time.DateTime] is what SQLite's
// CURRENT_TIMESTAMP writes. A text by another layout or of another zone is an error
// where it is read, unless the driver makes a time of it; filters may miss it.
type TimeForm string

// The forms that are no layout.
const (
	TimeNative TimeForm = ""     // bound and read as a time.Time, where the [Flavour] has a type for it; what is within a second counts as that second
	TimeUnix   TimeForm = "unix" // an integer
)

// timeFault is why the column's form of time cannot be; "" when it can.
func (c *Column) timeFault(flavour Flavour) string {
	switch {
	case c.Type != model.TypeDateTime && c.Time != TimeNative:
		return fmt.Sprintf("a form of time, and the type is %v", c.Type)
	case c.Type != model.TypeDateTime || c.Time == TimeUnix:
		return ""
	case c.Time != TimeNative && !c.Time.ordered():
		return fmt.Sprintf("texts by the layout %q do not have the order of time, second by second; those by time.DateTime have", string(c.Time))
	case c.Time == TimeNative && flavour.NoTime:
		return flavour.Name + " has no type for instants: set Column.Time to TimeUnix for a column of whole seconds since 1970, " +
			"or to the layout of its texts in UTC, such as time.DateTime for what CURRENT_TIMESTAMP writes"
	}
	return ""
}

// ordered reports whether texts by the layout are in the order of time, which would
// show within a day, a week, a year and a century.
func (f TimeForm) ordered() bool {
	const day = 24 * time.Hour
	steps := []time.Duration{
		time.Second / 2, time.Second / 2, time.Second, 59 * time.Second, 13 * time.Minute, 11 * time.Hour, day + time.Hour, 31 * day, 12345 * day,
	}
	at := time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; at.Year() < 9000; i++ {
		next := at.Add(steps[i%len(steps)])
		a, b := at.Format(string(f)), next.Format(string(f))
		if a > b || a == b && at.Unix() != next.Unix() {
			return false
		}
		at = next
	}
	return true
}

// bind is an instant as the database compares it.
func (f TimeForm) bind(t time.Time) any {
	switch f {
	case TimeNative:
		return t
	case TimeUnix:
		return t.Unix()
	}
	return t.Format(string(f))
}

// read is the instant that the database holds. What a filter would misplace among
// the others is refused: a text that is in another zone, or that has more than the
// layout before its end.
func (f TimeForm) read(v any) (time.Time, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case time.Time: // the driver's reading of a text, too, where the column was declared a date
		if _, offset := v.Zone(); f == TimeNative || f == TimeUnix || offset == 0 {
			return v, nil
		}
		return v, fmt.Errorf("%v is not in UTC, and texts of the form %q are compared as if they were", v, f)
	case int64:
		if f == TimeUnix {
			return time.Unix(v, 0), nil
		}
	case string: // a driver that does not make times of the database's own type
		if f == TimeUnix {
			break
		}
		layout := cmp.Or(string(f), time.DateTime)
		t, err := time.ParseInLocation(layout, v, time.UTC)
		if err == nil && !strings.HasPrefix(v, t.UTC().Format(layout)) {
			err = fmt.Errorf("%q is not how the instant is written in UTC by the layout %q", v, layout)
		}
		return t, err
	}
	return time.Time{}, fmt.Errorf("%T %v is no instant of the form %q", v, v, f)
}
