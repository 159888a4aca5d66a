package sqlsource

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// TimeForm is how a column stores instants: [TimeNative], [TimeUnix], or text in UTC by a
// layout of package time, such as [time.DateTime], which SQLite's CURRENT_TIMESTAMP
// writes. The texts must sort as the instants do. A filter may miss a text of another
// layout or zone. To read one is an error that matches [ErrValue], unless the driver
// turns it into a time.
type TimeForm string

// The forms that are not layouts.
const (
	TimeNative TimeForm = ""     // the database's own type, to the microsecond, where the [Flavour] has one
	TimeUnix   TimeForm = "unix" // an integer, in seconds since 1970
)

// timeFault returns why the column cannot store instants in its form; "" if it can.
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

// ordered reports whether the layout's texts sort as instants do. Steps of half a second
// to decades find every layout whose texts do not.
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

// bounds returns the least value that the database may hold for an instant at or after t,
// and the greatest for one at or before t. If it holds t, both are t; a text that may end
// in more or fewer zeros has several.
func (f TimeForm) bounds(t time.Time) (least, greatest any) {
	switch f {
	case TimeNative:
		floor := t.Truncate(time.Microsecond)
		return floor.Add(t.Sub(floor) + time.Microsecond - 1).Truncate(time.Microsecond), floor
	case TimeUnix:
		return t.Add(time.Second - 1).Unix(), t.Unix()
	}
	layout, digits := f.fixed()
	rest := fmt.Sprintf("%09d", t.Nanosecond())[digits:]
	text, point := t.Format(layout), ""
	if digits == 0 {
		point = "."
	}
	least = text
	if trimmed := strings.TrimRight(rest, "0"); trimmed != "" {
		least = text + point + trimmed
	}
	return least, text + point + rest
}

// fixed returns the layout without a fraction of varying length, and how many digits of a
// fraction it has then.
func (f TimeForm) fixed() (layout string, digits int) {
	layout = string(f)
	at := strings.Index(layout, "05") + len("05")
	if at == len(layout) || layout[at] != '.' && layout[at] != ',' {
		return layout, 0
	}
	rest := layout[at+1:]
	if digits = len(rest) - len(strings.TrimLeft(rest, "0")); digits > 0 {
		return layout, digits
	}
	return layout[:at] + strings.TrimLeft(rest, "9"), 0
}

// read returns the instant of a value. It refuses a text that a filter would misplace: one
// in another zone, or with more in it than the layout has.
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
