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
}

// countOf returns how the server counts the values of a field; false if it does not.
func countOf(f *model.Field) (c count, ok bool) {
	return count{f.Type == model.TypeDateTime, f.Format}, f.Type == model.TypeInt || f.Type == model.TypeDateTime
}

const secondsOfDay = 24 * 60 * 60

// span returns the server's numbers, from first to last, that are equal to v here: a whole
// number, or seconds since 1970. Numbers below first are less than v, those above last are
// more; first is 1 + last if none is equal. Instants with fractions of any precision have
// no last number: see fractional.
func (c count) span(v int64) (first, last int64) {
	switch c.format {
	case model.FormatUnixMilli:
		return v * 1000, v*1000 + 999 // v is of the years 1 to 9999
	case model.FormatDate:
		within := (v%secondsOfDay + secondsOfDay) % secondsOfDay
		last = (v - within) / secondsOfDay
		if first = last; within > 0 {
			first++
		}
		return first, last
	case model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatUnix:
	}
	return v, v
}

// text writes one of the server's numbers as a parameter; "" if no parameter can have it.
func (c count) text(n int64) string {
	if !c.instants || c.format == model.FormatUnix || c.format == model.FormatUnixMilli {
		return strconv.FormatInt(n, 10)
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
