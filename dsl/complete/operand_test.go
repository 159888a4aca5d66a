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

// TestWrittenInstantsComplete: a quoted date is an instant beside a field of instants, and a text
// beside a constant.
func TestWrittenInstantsComplete(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for text, want := range map[string]string{
		"'2024-01-01' - cre":                "created_at",
		"'2024-01-01' - n":                  "",
		"'2024-01-01' - ":                   "1s 1min 1h 1d 1w 1mo 1y created_at seen_at visits",
		"'2024-01-01' + ":                   "1s 1min 1h 1d 1w 1mo 1y",
		"1d < '2024-01-01' ":                "-",
		"1d < '2024-01-01' - s":             "seen_at",
		"'2024-01-01' - seen_at > ":         "1s 1min 1h 1d 1w 1mo 1y",
		"seen_at - '2024-01-01' > ":         "1s 1min 1h 1d 1w 1mo 1y",
		"'2024-01-01' + 1d < c":             "created_at coalesce(",
		"'2024-01-01' < n":                  "name note",
		"coalesce('2024-01-01', n":          "name note",
		"coalesce('2024-01-01', seen_at, n": "now",
		"'2024' - ":                         "",
		"'2024-13-01' < se":                 "",
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
