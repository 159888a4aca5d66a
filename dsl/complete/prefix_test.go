package complete_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestCompleteLeavesPrefixes applies every proposal at every place of some filters. The result
// is a filter, or the start of one: one of a few endings completes it.
func TestCompleteLeavesPrefixes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"any tags (name = 'a' and id > 2) or active",
		"all labels (this like 'x') and not no tags (any marks (this = 'a'))",
		"count(tags where id = 1 or name is null) >= 2 and count(labels) = 0",
		"length(name) > 12 and coalesce(name, note) = 'x'",
		"created_at < seen_at + 7d or now - created_at > 90d",
		"(id + size) * 2 > 3 and lower(name) = name",
		"id = 1 + size and id > (size + 1) * 2",
	} {
		for cursor := range len(text) + 1 {
			got := dsl.Complete(modeltest.Schema(), text, cursor)
			for _, c := range got.Candidates {
				if applied := text[:got.Range.Start] + c.Text; !startsFilter(applied) {
					t.Errorf("at %d of %s: %s", cursor, text, applied)
				}
			}
		}
	}
}

// startsFilter reports whether an ending makes a filter of a text.
func startsFilter(text string) bool {
	for _, end := range []string{
		"", " id = 1", " = 1", " 1", " 'a'", " (id = 1)", " tags (id = 1)", " 1)", " id)", " id) = 1", ") = 1", " with 'a'", "with 'a'", " (1)", " 1 and 2",
		" where id = 1) = 1", " null", ", 1) = 1", " 1, 1) = 1", " 1d", " 1d = now", " 1) = 1", " tags) = 1", " = 1) = 1", " id = 1) = 1", " 'a') = 1", " = 1", " 2024-01-01",
	} {
		for n := range 4 {
			for _, after := range []string{"", " = 1"} {
				if _, err := dsl.Parse(text + end + strings.Repeat(")", n) + after); err == nil {
					return true
				}
			}
		}
	}
	return false
}
