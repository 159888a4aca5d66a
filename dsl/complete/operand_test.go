package complete_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestDifferencesComplete: behind a difference of instants comparisons and durations are
// proposed, and nothing that does not check.
func TestDifferencesComplete(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for text, want := range map[string]string{
		"now - seen_at ":            "= != < <= > >=",
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
		"coalesce(lower(code), sk":         "sku",
		"coalesce(sku, size, c":            "code",
		"coalesce(created_at, seen_at, cr": "created_at",
		"coalesce(size + 1, s":             "size secret score samples",
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
