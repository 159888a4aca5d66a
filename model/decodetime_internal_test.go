package model

import (
	"testing"
	"time"
)

// TestParseUTC compares with package time every day of the years that the form can say,
// each at another time of day, and the days that no month has.
func TestParseUTC(t *testing.T) {
	day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; day.Year() < 10_000; i++ {
		at := day.Add(time.Duration(i*7919%86_400) * time.Second)
		if got, ok := parseUTC([]byte(at.Format(time.RFC3339))); !ok || !got.Equal(at) {
			t.Fatalf("%v is read as %v, %v", at, got, ok)
		}
		day = day.AddDate(0, 0, 1)
	}
	for _, text := range []string{"2023-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-00-10", "2024-13-10", "2024-01-00", "2024-01-32"} {
		if got, ok := parseUTC([]byte(text + "T00:00:00Z")); ok {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

// TestParseUTCForm replaces each byte by each other one: only what package time reads, too,
// may be read.
func TestParseUTCForm(t *testing.T) {
	const text = "2017-07-21T17:32:28Z"
	for i := range text {
		for c := range 256 {
			other := []byte(text)
			other[i] = byte(c)
			want, err := time.Parse("2006-01-02T15:04:05Z", string(other))
			if got, ok := parseUTC(other); ok != (err == nil) || ok && !got.Equal(want) {
				t.Errorf("%q is read as %v, %v, want %v, %v", other, got, ok, want, err)
			}
		}
	}
}
