package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// TestSargablePushed: what a server is asked in place of a condition on a computed value, and
// with which verdict. Where the server computes by itself, it is asked as the filter says.
func TestSargablePushed(t *testing.T) {
	t.Parallel()
	plain := exactly("compare", "match", "between", "in", "is", "or", "not is", "not match", "array")
	computing := exactly("compare", "match", "array", "computed")
	for _, tt := range []struct {
		filter   string
		verdicts map[string]plan.Verdict
		without  string
		verdict  plan.Verdict
		params   []string
	}{
		{"substring(note, 1, 3) = 'ann'", plain, "", plan.Exact, []string{"note starts with 'ann'"}},
		{"substring(note, 1, 3) = 'ann'", computing, "", plan.Exact, []string{"note starts with 'ann'"}},
		{"substring(note, 1, 3) = 'ann'", computing, "sargable", plan.Exact, []string{"substring(note, 1, 3) = 'ann'"}},
		{"substring(note, 1, 3) = 'ann'", plain, "sargable", plan.Unsupported, nil},
		{"substring(note, 1, 3) = 'ann'", exactly("compare"), "", plan.Unsupported, nil},
		{"substring(note, 1, 3) != 'ann'", plain, "", plan.Exact, []string{"note not starts with 'ann'"}},
		{"trim(note) = 'ann'", plain, "", plan.Superset, []string{"note = 'ann' or note starts with ' '"}},
		{"trim(note) = 'ann'", plain, "sargable", plan.Unsupported, nil},
		{"trim(note) = 'ann'", plain, "relaxation", plan.Unsupported, nil},
		{"trim(note) = 'ann'", computing, "", plan.Exact, []string{"trim(note) = 'ann'"}},
		{"trim(note) != 'ann'", plain, "", plan.Unsupported, nil},
		{"trim(note) = 'ann' or size = 3", plain, "", plan.Superset, []string{"note = 'ann' or note starts with ' ' or size = 3"}},
		{"seen_at + 1mo < 2024-01-01", plain, "", plan.Superset, []string{"seen_at < 2023-12-04T00:00:00Z"}},
		{"not seen_at + 1mo < 2024-01-01", plain, "", plan.Unsupported, nil},
		{"abs(price) < 3", plain, "", plan.Superset, []string{"price > -3", "price < 3"}},
		{"any tags (name = 'x') or trim(note) = 'ann'", plain, "", plan.Superset, []string{"tags.name = 'x' or note = 'ann' or note starts with ' '"}},
		{"any tags (name = 'x') or trim(note) = 'ann'", plain, "elements", plan.Superset, []string{"any tags (name = 'x') or note = 'ann' or note starts with ' '"}},
	} {
		y := &toy{verdicts: tt.verdicts}
		if tt.verdicts["computed"] == plan.Unsupported {
			y.cannot = tt.filter // its kind may be one of an OR that the server knows
		}
		o := plan.Options{}
		if tt.without != "" {
			o.Without = []string{tt.without, "union"}
		}
		p := planned(t, y, tt.filter, o)
		c := p.Scans[0].Conjuncts[0]
		var params []string
		for _, param := range c.Params {
			params = append(params, param.Value)
		}
		if c.Verdict != tt.verdict || !slices.Equal(params, tt.params) || len(p.Scans) != 1 {
			t.Errorf("%s, without %q: %v: %q\n%v", tt.filter, tt.without, c.Verdict, params, p)
		}
	}
}

// TestRewrittenIsStored: a plan that is stored says, read again, what it rewrote.
func TestRewrittenIsStored(t *testing.T) {
	t.Parallel()
	y := &toy{verdicts: exactly("compare")}
	p := planned(t, y, "year(created_at) > 2023 and lower(note) = 'x'", plan.Options{})
	want := []plan.Rewriting{
		{From: "year(created_at) > 2023", To: "created_at >= 2024-01-01T00:00:00Z"},
		{From: "lower(note) = 'x'", To: "note = 'x'"},
	}
	text, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	again, err := plan.Load(y, text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again.Rewritten); diff != "" || dsl.Format(again.Filter) != dsl.Format(p.Filter) {
		t.Errorf("%s (-want +got):\n%s", dsl.Format(again.Filter), diff)
	}
}
