// Package calendar computes with days, months and years on the wall clock of a zone.
//
//	calendar.StartOfDay(2024, 3, 31, zone) // the first second of that day
package calendar
