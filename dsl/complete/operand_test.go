package complete_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
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

// TestSourcesComplete: a condition runs through two references or lists at most, of which those
// around another do not count. The next condition has its own.
func TestSourcesComplete(t *testing.T) {
	t.Parallel()
	things, orders := modeltest.Schema(), modeltest.Orders()
	for _, tc := range []struct {
		schema     *model.Schema
		text, want string
	}{
		{things, "concat(owner.name, tags.name) = l", ""},
		{things, "concat(owner.name, tags.name) = n", "name note"},
		{things, "concat(owner.name, tags.name) = tags.", "tags.name"},
		{things, "owner.name = l", "labels"},
		{things, "tags.weight + ratings > s", "size secret score"},
		{things, "tags.weight > s", "size secret score samples"},
		{things, "concat(owner.name, tags.name) = name and l", "labels"},
		{things, "any tags (weight > 1) and owner.name = l", "labels"},
		{things, "count(tags where rate > weight) > 1 and ratings + owner.id > tags.", ""},
		{orders, "concat(lines.discounts.code, lines.marks) = lines.taxes.", ""},
		{orders, "lines.discounts.code = lines.taxes.", "lines.taxes.code"},
		{orders, "concat(lines.sku, lines.taxes.code) = lines.discounts.c", "lines.discounts.code"},
		{orders, "any lines (concat(discounts.code, marks) = taxes.", ""},
		{orders, "any lines (concat(discounts.code, marks) = s", "sku"},
		{orders, "any lines (discounts.code = taxes.", "taxes.code"},
	} {
		var got []string
		for _, c := range dsl.Complete(tc.schema, tc.text, len(tc.text)).Candidates {
			if c.Kind == dsl.KindField {
				got = append(got, c.Text)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%q proposes %q, want %q", tc.text, got, tc.want)
		}
	}
}
