package eval_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/simplify"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// TestComputedAgainstReference compares conditions that compute with the plain evaluator: as
// they are, in the normal form, simplified, and printed and parsed again by both parsers.
func TestComputedAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { againstReference(t, nil) })
}

// TestCallsAgainstReference compares conditions that call functions of an environment alike.
func TestCallsAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			againstReference(t, dsltest.Functions())
		}
	})
}

// TestFailuresAgainstReference: a filter fails only for a call that does, and answers only if
// what the call would have given makes no difference.
func TestFailuresAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			againstReference(t, append(dsltest.Functions(), dsltest.FailingFunctions()...))
		}
	})
}

func againstReference(t *rapid.T, functions []dsl.Function) {
	s := modeltest.Schema()
	env, err := dsl.NewEnv(functions...)
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	zone := rapid.SampledFrom([]*time.Location{time.UTC, berlin, time.FixedZone("", -12_345)}).Draw(t, "zone")
	options := []dsl.CheckOption{dsl.Now(time.Unix(1_700_000_000, 0)), dsl.Zone(zone), dsl.Functions(env)}
	tree := dsltest.CallingTree(valuetest.Choices(t), s, functions)
	text := dsl.Format(tree)
	parsed, err := dsl.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	ref, err := dsl.ParseReference(text)
	if err != nil || !dsl.Equal(ref.Root, parsed.Root) || parsed.String() != text {
		t.Fatalf("%s: the reference grammar has %v, %v; Parse has %v", text, ref, err, parsed)
	}
	c, err := dsl.Check(dsl.Where(tree), s, options...)
	if err != nil {
		return // a constant does not fit, or a call of constants fails
	}
	again, err := dsl.Check(parsed, s, options...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	n := c.Root
	exact := map[string]dsl.Node{"the tree": n, "parsed again": again.Root, "in normal form": simplify.Fold(simplify.NNF(n))}
	simple := mustCompile(t, simplify.Simplify(n))
	for range 5 {
		r := valuetest.Records(s).Draw(t, "record")
		for name, m := range exact {
			p := mustCompile(t, m)
			matches, err := p.Test(r)
			if what := dsltest.Mismatch(m, r, matches, err); what != "" || p.Match(r) != matches {
				t.Fatalf("%s\n%s\n%s: %s", dsl.Format(m), r, name, what)
			}
			if got, want := p.Eval(r), dsltest.Eval(n, r); got != want && (got != dsl.Unknown || !canFail(functions)) {
				t.Fatalf("%s\n%s\n%s is %v, by the reference %v", dsl.Format(m), r, name, got, want)
			}
		}
		matches, err := simple.Test(r)
		if what := dsltest.Mismatch(n, r, matches, err); what != "" {
			t.Fatalf("%s\n%s\nsimplified: %s", dsl.Format(n), r, what)
		}
	}
}

func canFail(functions []dsl.Function) bool { return len(functions) > len(dsltest.Functions()) }

// TestNeverNull: an operand that is checked as never null is not null in any record. What
// simplifies a tree relies on it, though seldom in a way that a random tree shows.
func TestNeverNull(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	env, err := dsl.NewEnv(dsltest.Functions()...)
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(valuetest.Records(s), 3, 3).Draw(t, "records")
		for range 30 {
			c, err := dsl.Check(dsl.Where(dsltest.CallingTree(valuetest.Choices(t), s, dsltest.Functions())), s, dsl.Functions(env))
			if err != nil {
				continue // a constant does not fit
			}
			for _, x := range neverNull(c.Root) {
				held++
				isNull := &dsl.Computed{X: x, Test: &dsl.Is{Path: &dsl.Path{}, What: dsl.IsNull}}
				for _, r := range records {
					if dsltest.Eval(isNull, r) != dsl.False {
						t.Fatalf("%s is null for %s", dsl.Format(isNull), r)
					}
				}
			}
		}
	})
	if held < 100 {
		t.Errorf("%d operands are never null: too few to tell", held)
	}
}

// neverNull returns the operands of a checked tree, outside of blocks, that are never null.
func neverNull(n dsl.Node) (found []dsl.Operand) {
	add := func(o dsl.Operand) bool {
		switch o := o.(type) {
		case *dsl.Call:
			if !o.Result.Nullable {
				found = append(found, o)
			}
		case *dsl.Binary:
			if !o.Result.Nullable {
				found = append(found, o)
			}
		}
		return true
	}
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.Quantifier, *dsl.Count:
			return false
		case *dsl.Relation:
			dsl.WalkOperand(n.Left, add)
			dsl.WalkOperand(n.Right, add)
		case *dsl.Computed:
			dsl.WalkOperand(n.X, add)
		}
		return true
	})
	return found
}
