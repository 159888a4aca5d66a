package plan

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// onlyIDs is a dialect that answers comparisons of the id exactly, and nothing else.
type onlyIDs struct{ BaseDialect }

func (onlyIDs) Classify(conjuncts []dsl.Node) []Pushdown {
	out := make([]Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		if c, ok := n.(*dsl.Compare); ok && c.Path.Name == "id" {
			out[i] = Pushdown{Verdict: Exact, Params: []Param{{}}}
		} else {
			out[i].Reason = "not the id"
		}
	}
	return out
}

// TestAskAboutNestedAnd: a conjunction among the terms, which only switched off rules leave there, is
// exact only if all of its parts are.
func TestAskAboutNestedAnd(t *testing.T) {
	for text, want := range map[string]Verdict{
		"id > 1 and id < 5":        Exact,
		"id > 1 and size = 3":      Superset,
		"size = 3 and id > 1":      Superset,
		"size = 3 and name = 'x'":  Unsupported,
		"id > 1 and size + 5 > id": Superset,
	} {
		f, err := dsl.Parse(text + " or any tags (id > 1)")
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		p := &planner{dialect: onlyIDs{}, options: Options{Without: []string{ruleFold, ruleNNF}}}
		terms := c.Root.(*dsl.Or).Terms //nolint:forcetypeassert // see the text
		if got := p.askAbout(terms)[0]; got.Verdict != want {
			t.Errorf("%s is %v, want %v", text, got.Verdict, want)
		}
	}
}
