package complete_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestNumbersCheck: each proposal behind a number or arithmetic on numbers, accepted and filled
// with a plain value, is a condition that checks.
func TestNumbersCheck(t *testing.T) {
	t.Parallel()
	fills := []string{"", " > 1", " = 1", " 1", " (1)", " 1 and 2", "id", "id)", "name)", "id) > 1", "created_at) > 1", "name) > 1", "id, 1) > 1", "name, 'a') > 1"}
	checks := func(text string) bool {
		f, err := dsl.Parse(text)
		if err != nil {
			return false
		}
		_, err = dsl.Check(f, modeltest.Schema())
		return err == nil
	}
	accepted := 0
	for _, number := range []string{"id", "size", "price", "score", "ratings", "3", "abs(id)", "id + 1", "length(name)", "(id + 1) * 2"} {
		for _, then := range []string{" ", " + ", " * ", " - ", " < ", " + 1 ", " < a", " < l", " * r", " + y"} {
			if number == "3" && then == " + 1 " {
				continue // it is not known that a sum is constant
			}
			text := number + then
			found := dsl.Complete(modeltest.Schema(), text, len(text))
			for _, c := range found.Candidates {
				whole := text[:found.Range.Start] + c.Text
				accepted++
				if !slices.ContainsFunc(fills, func(fill string) bool { return checks(whole + fill) }) {
					t.Errorf("%q proposes %q, with which nothing checks", text, c.Text)
				}
			}
		}
	}
	if accepted < 300 {
		t.Errorf("%d proposals: too few to tell", accepted)
	}
}

// TestDifferencesComplete: behind a difference of instants comparisons and durations are
// proposed, and nothing that does not check.
func TestDifferencesComplete(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for text, want := range map[string]string{
		"now - seen_at ":            "= != < <= > >= + -",
		"seen_at - created_at > ":   "1s 1min 1h 1d 1w 1mo 1y",
		"now - seen_at <= 90":       "90s 90min 90h 90d 90w 90mo 90y",
		"seen_at - created_at > 9m": "9min 9mo",
	} {
		var got []string
		for _, c := range dsl.Complete(schema, text, len(text)).Candidates {
			got = append(got, c.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q proposes %q, want %q", text, got, want)
		}
	}
}

// TestSharedTypesComplete: the further arguments of a function whose arguments share one type
// are proposed by the first.
func TestSharedTypesComplete(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for text, want := range map[string]string{
		"coalesce(seen_at, ":               "created_at seen_at visits",
		"max(size, s":                      "size secret score samples",
		"coalesce(lower(name), sk":         "sku",
		"coalesce(note, size, c":           "code",
		"coalesce(created_at, seen_at, cr": "created_at",
		"coalesce(size + 1, sk":            "sku",
	} {
		var got []string
		for _, c := range dsl.Complete(schema, text, len(text)).Candidates {
			if c.Kind == dsl.KindField {
				got = append(got, c.Text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q proposes %q, want %q", text, got, want)
		}
	}
}
