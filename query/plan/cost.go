package plan

import (
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Cost is what a plan is expected to take. It is an estimate unless Known is set. The
// zero Cost is that of a plan that sends no request.
type Cost struct {
	Rows     int64 // rows that the server sends
	Requests int64 // pages to request
	Known    bool  // Rows is a bound or a count, not a guess

	// LeastTime is the least time that the rate limit allows for the requests, without
	// round trips: (Requests − burst) ÷ rate. It is 0 if the burst covers the requests
	// or no limit is known; see [Options.Rate].
	LeastTime time.Duration
}

// assumedRows is how many rows the planner assumes a resource to hold if nothing was
// counted. It affects only the choice among alternatives.
const assumedRows = 100_000

// selectivity guesses the share of rows for which a condition is true. Without
// statistics it uses the default constants that are common since System R (Selinger et
// al., 1979).
func selectivity(n dsl.Node) float64 {
	switch n := n.(type) {
	case *dsl.And:
		s := 1.0
		for _, t := range n.Terms {
			s *= selectivity(t)
		}
		return s
	case *dsl.Or:
		miss := 1.0
		for _, t := range n.Terms {
			miss *= 1 - selectivity(t)
		}
		return 1 - miss
	case *dsl.Not:
		return 1 - selectivity(n.X)
	case *dsl.Const:
		if n.Value {
			return 1
		}
		return 0
	case *dsl.Compare:
		return compareSelectivity(n)
	case *dsl.In:
		return min(1, float64(len(n.Values))*equalSelectivity(n.Path.Field))
	case *dsl.Between:
		return 0.1
	case *dsl.Match:
		return 0.05
	case *dsl.Is:
		if n.What == dsl.IsNull {
			return 0.1
		}
		return 0.5
	case *dsl.Truth:
		return 0.5
	case *dsl.On:
		return 0.005
	case *dsl.Relation:
		if n.Op == dsl.Eq {
			return 0.005
		}
		return 1.0 / 3
	case *dsl.Computed:
		return selectivity(n.Test)
	case *dsl.Quantifier:
		if n.Kind == dsl.Some {
			return selectivity(n.Block)
		}
		return 0.5
	case *dsl.Count:
		return 1.0 / 3
	}
	return 1
}

func compareSelectivity(n *dsl.Compare) float64 {
	if n.Op == dsl.Eq {
		return equalSelectivity(n.Path.Field)
	}
	return 1.0 / 3
}

func equalSelectivity(f *model.Field) float64 {
	switch f.Element() {
	case model.TypeBool:
		return 0.5
	case model.TypeString, model.TypeDateTime, model.TypeFloat: // names, addresses, instants and measures seldom repeat
		return 0.0001
	case model.TypeInt, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeList:
	}
	return 0.001
}
