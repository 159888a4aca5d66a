package plan_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// TestUnstableFunctionsHaveNoBranches: branches are disjoint only if a function gives the same result
// in each, also in the block of a count.
func TestUnstableFunctionsHaveNoBranches(t *testing.T) {
	t.Parallel()
	one := func([]model.Value) (model.Value, error) { return model.Int(1), nil }
	number := []dsl.Argument{{Name: "n", Type: model.TypeInt}}
	env, err := dsl.NewEnv(
		dsl.Function{Name: "coin", Args: number, Result: model.TypeInt, Call: one},
		dsl.Function{Name: "same", Args: number, Result: model.TypeInt, Deterministic: true, Call: one},
	)
	if err != nil {
		t.Fatal(err)
	}
	for condition, scans := range map[string]int{
		"id > 0": 2, "same(size) > 0": 2, "coin(size) > 0": 1, "not coin(size) = 2": 1, "any tags (coin(id) > 0)": 1,
		"count(tags where coin(id) > 0) < size": 1, "count(tags where same(id) > 0) < size": 2,
	} {
		y := &toy{verdicts: exactly("compare")}
		f, err := dsl.Parse("(size = 3 or note = 'x') and " + condition)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, y.Schema(), dsl.Functions(env))
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Make(y, c, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Scans) != scans {
			t.Errorf("beside %s: %d scans, want %d", condition, len(p.Scans), scans)
		}
	}
}
