package sqlsource

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// TimeForm is how a column stores instants: [TimeNative], [TimeUnix], or text in UTC by
// the layout of package time that the TimeForm is. The texts of a layout must sort as the
// instants do. SQLite's CURRENT_TIMESTAMP writes [time.DateTime]. A filter may miss a
// text of another layout or zone; reading one is an error that matches [ErrValue], unless
// the driver turns it into a time.
type TimeForm string

// The forms that are not layouts.
const (
	TimeNative TimeForm = ""     // the database's own type, where the [Flavour] has one; parts of a second count as that second
	TimeUnix   TimeForm = "unix" // an integer, in seconds since 1970
)

// timeFault says why the column cannot store instants in its form; "" if it can.
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

// ordered reports whether the layout's texts sort as instants do. It tries steps of
// half a second to decades, which show every layout that does not.
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

// bind returns an instant as the database compares it.
func (f TimeForm) bind(t time.Time) any {
	switch f {
	case TimeNative:
		return t
	case TimeUnix:
		return t.Unix()
	}
	return t.Format(string(f))
}

// read returns the instant that a value of the database stands for. It refuses a text that
// a filter would misplace among the others: one in another zone, or with more in it than
// the layout has.
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
	return time.Time{}, fmt.Errorf("%T %v is not an instant of the form %q", v, v, f)
}
