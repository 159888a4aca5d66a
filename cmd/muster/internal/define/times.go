package define

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// layout is a spelling of instants in texts.
type layout struct {
	name  string // a format, or a layout of package time
	shape *regexp.Regexp
	parse string // the layout of package time that reads it; "" = the shape says enough
}

// layouts are the spellings of instants that drafts know, the plainest first. The shapes
// keep package time from reading more than the library does.
//
//nolint:gochecknoglobals // a constant in all but name
var layouts = []layout{
	{"rfc3339", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$`), time.RFC3339},
	{"rfc3339nano", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`), time.RFC3339Nano},
	{"date", regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), time.DateOnly},
	{"2006-01-02T15:04:05-0700", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d{4}$`), "2006-01-02T15:04:05-0700"},
	{"2006-01-02T15:04:05", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?$`), "2006-01-02T15:04:05"},
	{"2006-01-02 15:04:05", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?$`), "2006-01-02 15:04:05"},
	{"2006-01-02 15:04:05-07:00", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d\d:\d\d$`), "2006-01-02 15:04:05-07:00"},
	{"2006-01-02 15:04:05 -0700", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})? [+-]\d{4}$`), "2006-01-02 15:04:05 -0700"},
	{"2006-01-02 15:04:05 UTC", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$`), "2006-01-02 15:04:05 UTC"},
	{time.RFC1123, regexp.MustCompile(`^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|UTC)$`), time.RFC1123},
	{time.RFC1123Z, regexp.MustCompile(`^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$`), time.RFC1123Z},
	{model.LayoutDotNet, regexp.MustCompile(`^\\?/Date\(-?\d+([+-]\d{4})?\)\\?/$`), ""},
}

// layoutOf returns the index of the first layout that a text has; -1 if it has none.
func layoutOf(s string) int {
	if len(s) < len("2006-01-02") || len(s) > 40 { // most texts are other texts
		return -1
	}
	return slices.IndexFunc(layouts, func(l layout) bool {
		if !l.shape.MatchString(s) {
			return false
		}
		if l.parse == "" {
			return true
		}
		_, err := time.Parse(l.parse, s)
		return err == nil
	})
}

// noInstants are what servers write in place of an instant that there is not.
func noInstants() []string {
	return []string{"", "-", "N/A", "n/a", "null", "0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "never"}
}

// isTimeName reports whether a field's name is that of an instant.
func isTimeName(path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(strings.ToLower(name), part) })
	}
	ends := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.HasSuffix(name, part) })
	}
	return name == "ts" || ends("_at", "At", "_on", "On") || has("date", "time", "created", "updated", "modified", "expires", "since", "until", "last_seen")
}

// The years 2001 to 2096, in which a number is taken for an instant, in seconds.
const (
	firstUnix = 1_000_000_000
	lastUnix  = 4_000_000_000
)

// epochOf returns the format of a field's whole numbers, which are from lo to hi; false if
// they are not instants.
func epochOf(path string, lo, hi int64) (model.TimeFormat, bool) {
	switch {
	case !isTimeName(path):
	case lo >= firstUnix && hi <= lastUnix:
		return model.FormatUnix, true
	case lo >= firstUnix*1000 && hi <= lastUnix*1000:
		return model.FormatUnixMilli, true
	}
	return 0, false
}
