package rest

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// fractional compares by op instants that have fractions of a second on the server, of
// any precision; here, every instant within a second is that second. Only whole seconds
// are sent: a server that keeps fewer digits rounds .999999999 up, and on a server that
// keeps more it is not the last instant of its second.
func (d keyValue) fractional(n *dsl.Compare, op string, c count) saying {
	at := n.Value.Value.Int()
	switch op {
	case "gt":
		return d.edge(n.Path, c, "gteq", at+1, "gt", at)
	case "gteq":
		return d.edge(n.Path, c, "gteq", at, "gt", at-1)
	case "lt":
		return d.edge(n.Path, c, "lt", at, "lteq", at)
	case "lteq":
		return d.edge(n.Path, c, "lt", at+1, "lteq", at+1)
	case "eq":
		return d.between(&dsl.Between{Path: n.Path, Lo: n.Value, Hi: n.Value})
	}
	return no("the API has no parameter that rules out every instant within a second of " + n.Path.Name)
}

// edge sends a bound by the operator that is exact, or by another that lets some rows
// beyond it through.
func (d keyValue) edge(path *dsl.Path, c count, op string, at int64, near string, from int64) saying {
	s := d.param(path, op, c.text(at))
	if s.Verdict == plan.Exact {
		return s
	}
	weaker := d.param(path, near, c.text(from))
	if weaker.Verdict != plan.Exact {
		return s
	}
	weaker.Verdict, weaker.Reason = plan.Superset, s.Reason
	return weaker
}
