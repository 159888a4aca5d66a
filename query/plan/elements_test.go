package plan_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/query/plan"
)

// TestElementsPushed: what a server that knows paths is asked in place of a condition on
// elements, and with which verdict.
func TestElementsPushed(t *testing.T) {
	t.Parallel()
	y := &toy{verdicts: exactly("compare", "match", "between", "in", "is", "or", "not is", "array"), cannot: "tags.weight = 13"}
	for filter, want := range map[string]string{
		"any tags (name = 'x')":                            "exact: tags.name = 'x'",
		"any tags (name = 'x' and weight > 3)":             "superset: tags.name = 'x'; tags.weight > 3",
		"any tags (name = 'x' and weight = 13)":            "superset: tags.name = 'x'",
		"any tags (weight = 13)":                           "unsupported",
		"any tags (name = 'x' or weight between 1 and 2)":  "exact: tags.name = 'x' or tags.weight between 1 and 2",
		"any tags (name = 'x' or not weight = 3)":          "superset: tags is not empty",
		"any tags (not name = 'x')":                        "superset: tags is not empty",
		"any tags (name is null and weight in (1, 2))":     "superset: tags.name is null; tags.weight in (1, 2)",
		"any tags (true)":                                  "exact: tags is not empty",
		"any tags (marks = 'x')":                           "exact: tags.marks = 'x'",
		"any tags (any marks (this = 'x'))":                "exact: tags.marks = 'x'",
		"any tags (any marks (this is null))":              "superset: tags is not empty", // no path asks for an element that is null
		"any tags (marks is empty)":                        "exact: tags.marks is empty",
		"any tags (no marks (this = 'x') and weight = 1)":  "superset: tags.weight = 1",
		"any tags.marks (this starts with 'x')":            "exact: tags.marks starts with 'x'",
		"any tags.marks (this is null)":                    "unsupported",
		"any labels (this = 'x')":                          "exact: labels = 'x'",
		"any labels (this = 'x' and this like 'y%')":       "superset: labels = 'x'; labels like 'y%'",
		"any labels (this is null)":                        "superset: labels is not empty",
		"any owner (active is true)":                       "exact: owner.active is true",
		"any owner (not name = 'x')":                       "superset: owner is not null",
		"no tags (name = 'x')":                             "unsupported",
		"all tags (name = 'x')":                            "unsupported",
		"not all tags (name = 'x')":                        "unsupported",
		"count(tags) > 0":                                  "exact: tags is not empty",
		"count(tags) > 2":                                  "superset: tags is not empty",
		"count(tags) = 0":                                  "exact: tags is empty",
		"count(tags) != 0":                                 "exact: tags is not empty",
		"count(tags where name = 'x') != 0":                "exact: tags.name = 'x'",
		"not count(tags where name = 'x') = 0":             "exact: tags.name = 'x'",
		"not count(tags where name = 'x') < 1":             "exact: tags.name = 'x'",
		"count(tags) < 5":                                  "unsupported",
		"count(tags where name = 'x') >= 1":                "exact: tags.name = 'x'",
		"count(tags where name = 'x') = 1":                 "superset: tags.name = 'x'",
		"count(tags where name = 'x') != 1":                "unsupported",
		"any tags (count(marks where this = 'x') = 2)":     "superset: tags.marks = 'x'",
		"any tags (name = 'x') or size = 1":                "exact: tags.name = 'x' or size = 1",
		"any tags (name = 'x' and weight = 1) or size = 1": "superset: tags.name = 'x' and tags.weight = 1 or size = 1",
	} {
		p := planned(t, y, filter, plan.Options{})
		c := p.Scans[0].Conjuncts[0]
		params := make([]string, len(c.Params))
		for i, param := range c.Params {
			params[i] = param.Value
		}
		got := c.Verdict.String()
		if len(params) > 0 {
			got += ": " + strings.Join(params, "; ")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
		if (c.Verdict == plan.Exact) != (c.Reason == "") {
			t.Errorf("%s: %s because %q", filter, got, c.Reason)
		}
		off := planned(t, y, filter, plan.Options{Without: []string{"elements", "union", "fold"}}).Scans[0].Conjuncts[0]
		if off.Verdict != plan.Unsupported && !strings.Contains(filter, "or size") { // the toy takes any OR
			t.Errorf("%s is pushed although the rule is off: %+v", filter, off)
		}
	}
}
