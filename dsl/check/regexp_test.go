package check_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestMaxRegexp tests the limit at itself and one past it. It holds for all regular
// expressions of a filter together, by their compiled size, not their length.
func TestMaxRegexp(t *testing.T) {
	t.Parallel()
	tenThousand := "name ~ 'a{1000}'" + strings.Repeat(" or name ~ 'a{1000}'", 9)
	for _, test := range []struct {
		filter string
		limit  int
		fits   bool
	}{
		{"name ~ '" + strings.Repeat("a", 500) + "'", 502, true},
		{"name ~ '" + strings.Repeat("a", 500) + "'", 499, false},
		{"name ~ 'a{500}'", 500, true},
		{"name ~ 'a{500}'", 499, false},
		{"name ~ 'a{300}' or email ~ 'b{200}'", 500, true},
		{"name ~ 'a{300}' or email ~ 'b{200}'", 499, false},
		{"name ~ 'a{1000}'", 0, true},
		{"name ~ '(a{100}){100}'", 0, false},
		{tenThousand, 0, true},
		{tenThousand + " or name ~ 'a'", 0, false},
		{tenThousand + " or name ~ 'a'", 10_001, true},
		{"name ~ 'a'", 1, true},
		{"name ~ 'ab'", 1, false},
	} {
		f, err := dsl.Parse(test.filter)
		if err != nil {
			t.Fatal(err)
		}
		_, err = dsl.Check(f, modeltest.People(), dsl.MaxRegexp(test.limit))
		if (err == nil) != test.fits || (err != nil && !errors.Is(err, dsl.ErrType)) {
			t.Errorf("%.60s under %d: %v", test.filter, test.limit, err)
		}
	}
}

// TestHostileRegexps: within the limits of the text, checking and compiling a regular
// expression takes little memory, and one that passes the check compiles.
func TestHostileRegexps(t *testing.T) {
	const most = 64 << 20
	for name, filter := range map[string]string{
		"repetitions":        "name ~ '" + strings.Repeat("a{1000}", 30_000) + "'",
		"many":               strings.Repeat("name ~ 'a{1000}' or ", 8_000) + "is_active",
		"nested repetitions": strings.Repeat("name ~ '(a{1,10}){1,100}' or ", 4_000) + "is_active",
		"unicode classes":    "name ~ '" + strings.Repeat(`\pL`, 80_000) + "'",
		"negated classes":    "name ~ '" + strings.Repeat(`\PL`, 20) + "'",
		"alternatives":       "name ~ '" + strings.Repeat("a|", 100_000) + "b'",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := dsl.Parse(filter)
			if err != nil {
				t.Fatal(err)
			}
			c, err := dsl.Check(f, modeltest.People())
			if err == nil {
				if _, err := dsl.Compile(c.Root, modeltest.People()); err != nil {
					t.Errorf("it checks and does not compile: %v", err)
				}
			} else if len(err.Error()) > 4<<10 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d KB allocate %d KB", len(filter)>>10, n>>10)
			}
		})
	}
}
