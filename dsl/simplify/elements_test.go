package simplify_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
)

// TestCountsOfOne: a count that is only asked whether there is an element becomes a quantifier
// or a test for an empty list.
func TestCountsOfOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"count(labels where this = 'a') > 0":     "any labels (this = 'a')",
		"count(labels where this = 'a') >= 1":    "any labels (this = 'a')",
		"count(labels where this = 'a') != 0":    "any labels (this = 'a')",
		"not count(labels where this = 'a') = 0": "any labels (this = 'a')",
		"not count(labels where this = 'a') < 1": "any labels (this = 'a')",
		"not count(labels where this = 'a') > 0": "no labels (this = 'a')",
		"count(labels where this = 'a') = 0":     "no labels (this = 'a')",
		"count(labels where this = 'a') < 1":     "no labels (this = 'a')",
		"count(labels where this = 'a') <= 0":    "no labels (this = 'a')",
		"count(labels where this = 'a') >= 0":    "true",
		"count(labels where this = 'a') < 0":     "false",
		"count(labels where this = 'a') > -1":    "true",
		"count(labels where this = 'a') != -1":   "true",
		"count(labels where this = 'a') > 1":     "count(labels where this = 'a') > 1",
		"count(labels where this = 'a') != 1":    "count(labels where this = 'a') != 1",
		"count(labels where this = 'a') <= 1":    "count(labels where this = 'a') <= 1",
		"count(labels) > 0":                      "labels is not empty",
		"count(labels) != 0":                     "labels is not empty",
		"count(tags) < 1":                        "tags is empty",
		"count(owner) = 0":                       "owner is null",
		"count(tags where true) >= 1":            "tags is not empty",
	} {
		n := checkedNode(t, text)
		if got := dsl.Format(dsl.Simplify(n)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
