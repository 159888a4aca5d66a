package plan

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// everything is a dialect that answers every conjunct exactly.
type everything struct{ Dialect }

func (everything) Independent() bool { return true }

func (everything) Classify(conjuncts []dsl.Node) []Pushdown {
	out := make([]Pushdown, len(conjuncts))
	for i := range out {
		out[i].Verdict = Exact
	}
	return out
}

// TestExpansionWork: the search for an expansion ends when its work is spent.
func TestExpansionWork(t *testing.T) {
	predicate := &dsl.Compare{Path: &dsl.Path{Name: "size", Field: &model.Field{Name: "size"}}}
	for work, want := range map[int]bool{maxExpansionWork - 1: true, maxExpansionWork: false} {
		e := &expander{work: work}
		if got := e.expand(&planner{dialect: everything{}}, []dsl.Node{predicate}); got != want {
			t.Errorf("after %d: %v", work, got)
		}
	}
}
