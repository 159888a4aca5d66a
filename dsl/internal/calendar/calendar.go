package calendar

import "time"

const secondsPerDay = 24 * 60 * 60

// The years that a text can express, and their first and last second in UTC.
const (
	MinYear    = 1
	MaxYear    = 9999
	MinInstant = -62_135_596_800
	MaxInstant = 253_402_300_799
)

// StartOfDay returns the first second of a calendar day in a zone. If the clock shows
// midnight twice, it is the first; if never, the first instant after it. So days meet without
// gap or overlap, also where the clocks change at midnight. A day that a zone has skipped is
// empty.
func StartOfDay(year, month, day int, zone *time.Location) int64 {
	return WallInstant(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix(), zone)
}

// WallInstant returns the instant at which the wall clock of zone shows wall, in seconds since
// 1970-01-01 00:00 on the same clock: the first one if there are two, and the instant of the
// jump if the clock skips wall. [time.Date] does not say which of two it returns, and returns
// an instant before or after a jump.
//
// Beyond a zone's table of changes, package time ends a year after 365 days: on 31 December of
// a leap year the end of the period is not after the instant. The period continues then, and a
// loop that followed that end would never stop.
func WallInstant(wall int64, zone *time.Location) int64 {
	at := time.Unix(wall-secondsPerDay, 0).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		instant := wall - int64(offset)
		if end.IsZero() || !end.After(at) || instant < end.Unix() {
			// The wall clock shows wall in this period, or skipped it at its start.
			return max(instant, at.Unix())
		}
		at = end
	}
}

// Add moves an instant by months and days on the wall clock of zone. A day beyond the end of
// the month becomes its last, as in SQL: 31 January + 1mo is the last of February. It returns
// false if the wall clock then shows a year beyond [MinYear] and [MaxYear].
func Add(sec int64, months, days int, zone *time.Location) (int64, bool) {
	t := time.Unix(sec, 0).In(zone)
	year, month, day := t.Date()
	index := year*12 + int(month) - 1 + months
	if index < MinYear*12 || index >= (MaxYear+1)*12 {
		return 0, false
	}
	year, month = index/12, time.Month(index%12+1)
	day = min(day, time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day())
	wall := time.Date(year, month, day+days, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if wall.Year() < MinYear || wall.Year() > MaxYear {
		return 0, false
	}
	return WallInstant(wall.Unix(), zone), true
}
