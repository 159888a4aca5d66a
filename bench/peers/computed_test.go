package peers

import (
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/muster-go/muster/dsl"
)

// computedQuery has functions, a field against a field and a quantifier. All of its conditions
// are true of the account, so that each is evaluated.
const computedQuery = `lower(email) = 'ana@example.com' and year(created_at) = 2024 and length(name) > 2 and ` +
	`changed_at < created_at + 7d and any roles (name = 'Staff' and length(name) > 3)`

// computing is an account with a duration, which is constant and thus read when the expression
// is compiled.
type computing struct{ account }

// Duration reads a duration.
func (computing) Duration(text string) (time.Duration, error) { return time.ParseDuration(text) }

// computedWay is one language's way to the answer.
type computedWay struct {
	compile func() error
	eval    evaluation
}

func computedWays(tb testing.TB) map[string]computedWay {
	tb.Helper()
	row := anAccount()
	accounts, err := dsl.For[account]()
	if err != nil {
		tb.Fatal(err)
	}
	m, err := accounts.Compile(computedQuery)
	if err != nil {
		tb.Fatal(err)
	}

	const exprQuery = `lower(email) == "ana@example.com" and created_at.Year() == 2024 and len(name) > 2 and ` +
		`changed_at < created_at + Duration("168h") and any(roles, .name == "Staff" and len(.name) > 3)`
	options := []expr.Option{expr.Env(computing{}), expr.ConstExpr("Duration"), expr.AsBool()}
	program, err := expr.Compile(exprQuery, options...)
	if err != nil {
		tb.Fatal(err)
	}
	var machine vm.VM
	env := &computing{*row}

	const celQuery = `email.lowerAscii() == "ana@example.com" && created_at.getFullYear() == 2024 && size(name) > 2 && ` +
		`changed_at < created_at + duration("168h") && roles.exists(r, r.name == "Staff" && size(r.name) > 3)`
	celEnv, err := celAccounts()
	if err != nil {
		tb.Fatal(err)
	}
	compileCEL := func() (cel.Program, error) {
		tree, issues := celEnv.Compile(celQuery)
		if err := issues.Err(); err != nil {
			return nil, err
		}
		return celEnv.Program(tree, cel.EvalOptions(cel.OptOptimize))
	}
	celProgram, err := compileCEL()
	if err != nil {
		tb.Fatal(err)
	}
	ready := celAccount(row) // made beforehand, a work that no measurement sees

	return map[string]computedWay{
		"muster": {
			compile: func() error { _, err := accounts.Compile(computedQuery); return err },
			eval:    func() (bool, error) { return m.Match(row), nil },
		},
		"expr": {
			compile: func() error { _, err := expr.Compile(exprQuery, options...); return err },
			eval:    func() (bool, error) { return truth(machine.Run(program, env)) },
		},
		"cel": {
			compile: func() error { _, err := compileCEL(); return err },
			eval: func() (bool, error) {
				answer, _, err := celProgram.Eval(ready)
				if err != nil {
					return false, err
				}
				return truth(answer.Value(), nil)
			},
		},
	}
}

func BenchmarkComputed(b *testing.B) {
	for name, way := range computedWays(b) {
		b.Run("compile/"+name, func(b *testing.B) { loop(b, func() (bool, error) { return true, way.compile() }) })
		b.Run("eval/"+name, func(b *testing.B) { loop(b, way.eval) })
	}
}

// The bars of a query that computes, in times of Muster's.
const (
	leastComputedCompile = 3.0
	leastComputedEval    = 8.0
)

// TestComputed holds all to the same answer, and under -speed to the bars.
func TestComputed(t *testing.T) {
	watch := stopwatch{rounds: 1, turn: time.Microsecond}
	if *speed {
		watch = stopwatch{rounds: 100, turn: 2 * time.Millisecond}
	}
	ways := computedWays(t)
	names := []string{"muster", "expr", "cel"}
	var compiles, evals []evaluation
	for _, name := range names {
		way := ways[name]
		if matched, err := way.eval(); !matched || err != nil {
			t.Fatalf("%s: %v, %v", name, matched, err)
		}
		compiles = append(compiles, func() (bool, error) { return true, way.compile() })
		evals = append(evals, way.eval)
	}
	for _, step := range []struct {
		name  string
		calls []evaluation
		bar   float64
	}{{"compile", compiles, leastComputedCompile}, {"evaluate", evals, leastComputedEval}} {
		costs, err := watch.costs(step.calls)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			times := costs[i].over(costs[0])
			t.Logf("%s: %s takes %s and allocates %d times", step.name, name, ratio(times), costs[i].allocs)
			if *speed && i > 0 && times < step.bar {
				t.Errorf("%s: %s takes %s, below %s", step.name, name, ratio(times), ratio(step.bar))
			}
		}
		if step.name == "evaluate" && costs[0].allocs > 0 && !raced { // under the race detector a record moves to the heap
			t.Errorf("Muster allocates %d times", costs[0].allocs)
		}
	}
}
