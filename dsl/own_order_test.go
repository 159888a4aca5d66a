package dsl_test

import (
	"errors"
	"math"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// counting returns functions with the number of their calls.
func counting(t *testing.T) (env *dsl.Env, calls *int) {
	t.Helper()
	calls = new(int)
	env, err := dsl.NewEnv(dsl.Function{
		Name: "risk", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeInt, Deterministic: true,
		Call: func(args []model.Value) (model.Value, error) { *calls++; return args[0], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return env, calls
}

// TestOwnFunctionsLast: wherever in a term a function of one's own is called, what decides without it
// comes first.
func TestOwnFunctionsLast(t *testing.T) {
	t.Parallel()
	record := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 1, "note": "ada", "size": 3, "tags": []modeltest.Object{{"id": 1, "name": "a"}},
	})
	for text, want := range map[string]int{
		"risk(id) = 1 and note like 'x%'":                                     0,
		"any tags (risk(id) = 1) and note like 'x%'":                          0,
		"count(tags where risk(id) = 1) > 0 and note like 'x%'":               0,
		"count(tags where risk(id) = 1) + 1 > id and note like 'x%'":          0,
		"(id = 5 or risk(id) = 1) and note like 'x%'":                         0,
		"not (any tags (risk(id) = 1) and id = 1) and note like 'x%'":         0,
		"(id = 1 and risk(id) = 1) or note like 'a%'":                         0,
		"all tags (not risk(id) = 1) or size = 3":                             0,
		"any tags (risk(id) = 1) and note like 'a%'":                          1,
		"any tags (risk(id) = 1 and name like 'x%') or id = 1 and size = 4":   0,
		"(size = 3 or note like 'x%') and any tags (risk(id) = 1) or id = 17": 1,
	} {
		env, calls := counting(t)
		c, err := dsl.Check(mustParse(t, text), modeltest.Schema(), dsl.Functions(env))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		p, err := dsl.Compile(c.Root, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if p.Match(record); *calls != want {
			t.Errorf("%s takes %d calls, want %d", text, *calls, want)
		}
	}
}

// TestOwnFunctionsOfConstants: a check calls each deterministic function of constants once.
func TestOwnFunctionsOfConstants(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"risk(1) = risk(2)":          2,
		"1 = risk(1)":                1,
		"risk(1) + 1 < 3":            1,
		"id = risk(risk(1))":         2,
		"risk(1) = id and 2.5 > 1.5": 1,
	} {
		env, calls := counting(t)
		if _, err := dsl.Check(mustParse(t, text), modeltest.Schema(), dsl.Functions(env)); err != nil || *calls != want {
			t.Errorf("%s takes %d calls, want %d: %v", text, *calls, want, err)
		}
	}
}

// TestOwnCostDoesNotOverflow: no cost is so great that the steps that are left become positive again.
func TestOwnCostDoesNotOverflow(t *testing.T) {
	t.Parallel()
	calls := 0
	env, err := dsl.NewEnv(dsl.Function{
		Name: "slow", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeInt, Cost: math.MaxInt,
		Call: func(args []model.Value) (model.Value, error) { calls++; return args[0], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := dsl.Map(modeltest.Schema()).Compile("slow(id) + slow(id) + slow(id) = 3", dsl.Functions(env), dsl.MaxSteps(5))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Match(map[string]any{"id": 1}); got || !errors.Is(err, dsl.ErrSteps) || calls != 0 {
		t.Errorf("%v, %v after %d calls", got, err, calls)
	}
	c, err := dsl.Check(mustParse(t, "slow(1) + slow(2) + slow(3) = 6"), modeltest.Schema(), dsl.Functions(env))
	if err != nil || calls != 0 {
		t.Errorf("%v, %v after %d calls", c, err, calls)
	}
}
