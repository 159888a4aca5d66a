package rest

import (
	"strconv"
	"time"

	"github.com/muster-go/muster/model"
)

// count says how a server counts the values of a field: whole numbers as they are,
// instants in the units of a format.
type count struct {
	instants bool
	format   model.TimeFormat
	spelling *model.Spelling // how the server writes instants otherwise; nil = it does not
}

// countOf returns how the server counts the values of a field; false if it does not.
func countOf(f *model.Field) (c count, ok bool) {
	c = count{instants: f.Type == model.TypeDateTime, format: f.Format}
	if f.Spelling != nil && len(f.Spelling.Layouts) > 0 {
		c.spelling = f.Spelling
	}
	return c, c.instants || f.Type == model.TypeInt
}

// fractional reports whether the server's instants may have fractions of any precision.
func (c count) fractional() bool { return c.format == model.FormatRFC3339Nano || c.spelling != nil }

const secondsOfDay = 24 * 60 * 60

// floor returns the greatest of the server's numbers that is at most v, and whether it is
// v. In [model.FormatRFC3339Nano] the number is a second.
func (c count) floor(v model.Value) (n int64, exact bool) {
	t := v.Time()
	switch c.format {
	case model.FormatUnixMilli:
		n = t.UnixMilli()
		return n, time.UnixMilli(n).Equal(t)
	case model.FormatDate:
		day := t.Truncate(secondsOfDay * time.Second)
		return day.Unix() / secondsOfDay, day.Equal(t)
	case model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatUnix:
	}
	return v.Int(), v.Nanosecond() == 0
}

// text writes one of the server's numbers as a parameter; "" if no parameter can have it.
func (c count) text(n int64) string {
	if !c.instants || c.format == model.FormatUnix || c.format == model.FormatUnixMilli {
		return strconv.FormatInt(n, 10)
	}
	if c.spelling != nil {
		return c.spelling.Format(time.Unix(n, 0))
	}
	layout := time.RFC3339
	if c.format == model.FormatDate {
		layout, n = time.DateOnly, n*secondsOfDay
	}
	t := time.Unix(n, 0).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(layout)
}
