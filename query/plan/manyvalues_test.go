package plan_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// TestManyValues: where a row may have several values, those of an `in` do not part the
// rows, so that a list of them is never split into branches.
func TestManyValues(t *testing.T) {
	t.Parallel()
	parts := roomy(30)
	apart := &toy{verdicts: map[string]plan.Verdict{"compare": plan.Exact}} // no `in`: each value by itself
	for _, test := range []struct {
		name   string
		y      *toy
		filter string
		want   string
	}{
		{"a field is split", parts, "size in (" + numbers(40) + ")", "13 13 13 1"},
		{"a list is not", parts, "ratings in (" + numbers(40) + ")", "/40"},
		{"nor a path through references", parts, "tags.id in (" + numbers(40) + ")", "/40"},
		{"a field is asked for each value", apart, "size in (1, 2)", "1 1"},
		{"a list is not", apart, "labels in ('a', 'b')", "/2"},
		{"nor a path through references", apart, "tags.id in (1, 2)", "/2"},
	} {
		if got := shape(planned(t, test.y, test.filter, plan.Options{})); got != test.want {
			t.Errorf("%s: %s: %s, want %s", test.name, test.filter, got, test.want)
		}
	}
}

// TestListBesideOthers pushes what the server can say beside a list that it cannot.
func TestListBesideOthers(t *testing.T) {
	t.Parallel()
	y := &toy{verdicts: map[string]plan.Verdict{"compare": plan.Exact, "match": plan.Exact}, fields: map[string]bool{"active": true}}
	p := planned(t, y, "labels starts with 'a' and active and ratings > 3", plan.Options{})
	if got := dsl.Format(p.Scans[0].Residual); got != "labels starts with 'a' and ratings > 3" || shape(p) != "1/1+1" {
		t.Errorf("left is %s of %s", got, shape(p))
	}
}
