package check_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
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
		_, err = dsl.Check(f, model.UserSchema(), dsl.MaxRegexp(test.limit))
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
			c, err := dsl.Check(f, model.UserSchema())
			if err == nil {
				if _, err := dsl.Compile(c.Root, model.UserSchema()); err != nil {
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

// TestNeverTrue: a filter that no row satisfies has a warning.
func TestNeverTrue(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"last_login_at is null and last_login_at > now", "id = 1 and false", "false"} {
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, model.UserSchema())
		if err != nil || len(c.Warnings) == 0 {
			t.Errorf("%s: no warning, %v", filter, err)
		}
	}
}

// TestMarshalBuilt: MarshalText of a built filter returns text that means the same filter, or
// an error.
func TestMarshalBuilt(t *testing.T) {
	t.Parallel()
	for _, node := range []dsl.Node{
		dsl.Field("created_at").Gt(dsl.Relative("now or true")),
		dsl.Field("id` = 1 or `id").Eq(1),
		dsl.Field("id").Eq(dsl.Param("$1 or true")),
		dsl.Field("a\nb").Eq(1),
		dsl.Field("").Eq(1),
		dsl.Field("name").Eq("a\xffb"),
	} {
		if text, err := dsl.Where(node).MarshalText(); !errors.Is(err, dsl.ErrUnwritable) {
			t.Errorf("written down as %s, %v", text, err)
		}
	}
	good := dsl.Where(dsl.All(dsl.Field("id").In(1, 2), dsl.Field("name").Like("a'b%"), dsl.Field("created_at").After(time.Unix(1e9, 0))))
	text, err := good.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var read dsl.Filter
	if err := read.UnmarshalText(text); err != nil || !dsl.Equal(read.Root, good.Root) {
		t.Errorf("%s: %v", text, err)
	}
}
