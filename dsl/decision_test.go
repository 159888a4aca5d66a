package dsl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestDecisions shows each decision of the language by name, with a small filter for each
// side. Other tests go further.
func TestDecisions(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 31, 10, 20, 30, 0, time.UTC)
	for _, tc := range []struct {
		decision string
		text     string
		args     []any
		means    string // the checked tree as printed
		refused  string // or a part of the error
		warned   string // a part of the first warning
	}{
		{decision: "keywords are case-insensitive", text: "active AND NOT id In (1)", means: "active = true and id not in (1)"},
		{decision: "field names are not", text: "Active", refused: "did you mean active?"},
		{decision: "back quotes name a field that clashes", text: "`in` = 1", refused: `unknown field "in"`},
		{decision: "-- starts a comment", text: "id = 1 -- and id = 2", means: "id = 1"},
		{decision: "an empty filter selects all", text: " ", means: "true"},
		{decision: "a quoted string against a datetime is read as one", text: "created_at > '2024-01-31'", means: "created_at > 2024-01-31T00:00:00Z"},
		{decision: "no other coercion: a string for an int", text: "id = '5'", refused: "hint"},
		{decision: "no other coercion: an int for a bool", text: "active = 1", refused: "hint"},
		{decision: "no other coercion: an int for a string", text: "name = 5", refused: "hint"},
		{decision: "a bare date is its first second", text: "created_at >= 2024-01-31", means: "created_at >= 2024-01-31T00:00:00Z"},
		{decision: "on is the calendar day", text: "created_at on 2024-01-01", means: "created_at between 2024-01-01T00:00:00Z and 2024-01-01T23:59:59Z"},
		{decision: "= date warns and names on", text: "created_at = 2024-01-01", means: "created_at = 2024-01-01T00:00:00Z", warned: "on 2024-01-01"},
		{decision: "between … and a bare date warns", text: "created_at between 2024-01-01 and 2024-01-02", means: "created_at between 2024-01-01T00:00:00Z and 2024-01-02T00:00:00Z", warned: "on 2024-01-02"},
		{decision: "a fraction of a second counts", text: "seen_at > 2024-01-01T00:00:00.5Z", means: "seen_at > 2024-01-01T00:00:00.5Z"},
		{decision: "on ends before the next day", text: "seen_at on 2024-01-01", means: "seen_at between 2024-01-01T00:00:00Z and 2024-01-01T23:59:59.999999999Z"},
		{decision: "now is read once", text: "created_at < now or created_at > now", means: "created_at < 2024-05-31T10:20:30Z or created_at > 2024-05-31T10:20:30Z"},
		{decision: "= null is an error whose hint says is null", text: "note = null", refused: "`note is null`"},
		{decision: "!= null as well", text: "note != null", refused: "`note is not null`"},
		{decision: "negative forms are not of the positive", text: "not name like 'a' and not id = 1 and not name ~ 'x'", means: "name not like 'a' and id != 1 and name not matches 'x'"},
		{decision: "a list of references is never null", text: "tags is null", refused: "hint"},
		{decision: "one reference may be", text: "owner is null", means: "owner is null"},
		{decision: "matches is RE2", text: `name ~ '(a)\1'`, refused: "regular expression"},
		{decision: "unbound parameters are refused at check", text: "id = $1", refused: "$1"},
		{decision: "before any other character the backslash stays", text: `name like '100\%'`, means: `name like '100\%'`},
		{decision: "string escapes", text: `name in ('it''s', "say ""x""", 'a\\b', 'c\td', '\u00e9')`, means: `name in ('it''s', 'say "x"', 'a\b', 'c\td', 'é')`},
		{decision: "from d up the units are the calendar's", text: "created_at > now - 3mo", means: "created_at > 2024-02-29T10:20:30Z"},
		{decision: "below d they are seconds", text: "created_at > today - 36h", means: "created_at > 2024-05-29T12:00:00Z"},
		{decision: "a nil parameter is an error", text: "id = $1", args: []any{nil}, refused: "nil"},
		{decision: "a slice expands only in a list", text: "id = $1", args: []any{[]int{1, 2}}, refused: "in ("},
		{decision: "under not a reference path keeps the not", text: "not tags.weight > 5", means: "not tags.weight > 5"},
		{decision: "a comma may end a list", text: "id in (1, 2,)", means: "id in (1, 2)"},
	} {
		t.Run(tc.decision, func(t *testing.T) {
			t.Parallel()
			f, err := dsl.Parse(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			c, err := dsl.Check(f, modeltest.Schema(), dsl.Now(now), dsl.Args(tc.args...))
			if tc.refused != "" {
				if !errors.Is(err, dsl.ErrType) || !strings.Contains(err.Error(), tc.refused) || !strings.Contains(err.Error(), "^") {
					t.Fatalf("%v; want a caret and %q", err, tc.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := dsl.Format(c.Root); got != tc.means {
				t.Errorf("%s means %s, want %s", tc.text, got, tc.means)
			}
			if tc.warned == "" {
				if len(c.Warnings) > 0 {
					t.Errorf("warned: %s", c.Warnings[0])
				}
			} else if len(c.Warnings) == 0 || !strings.Contains(c.Warnings[0].String(), tc.warned) {
				t.Errorf("warnings %v, want %q", c.Warnings, tc.warned)
			}
		})
	}
}
