package rest

import (
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// fractional compares by op instants that have fractions of a second on the server. Only
// whole seconds are sent: how many digits the server keeps, and whether it rounds, nobody
// knows. Any other bound moves outward.
func (d keyValue) fractional(n *dsl.Compare, op string, c count) saying {
	at, exact := c.floor(n.Value.Value)
	last := n.Value.Value.Nanosecond() == int(time.Second-time.Nanosecond) // no instant is between it and the next second
	switch {
	case exact && op != "eq":
		return d.edge(n.Path, c, op, at, map[string]string{"gt": "gteq", "lt": "lteq"}[op])
	case exact:
		if s := d.param(n.Path, op, c.text(at)); s.Verdict != plan.Unsupported {
			return s
		}
		return d.between(&dsl.Between{Path: n.Path, Lo: n.Value, Hi: n.Value})
	case last && op == "lteq":
		return d.edge(n.Path, c, "lt", at+1, "lteq")
	case last && op == "gt":
		return d.edge(n.Path, c, "gteq", at+1, "")
	case op == "neq":
		return no("the API is not asked for instants within a second")
	case op == "eq":
		return d.between(&dsl.Between{Path: n.Path, Lo: n.Value, Hi: n.Value})
	}
	bound := map[string]string{"gt": "gt", "gteq": "gt", "lt": "lt", "lteq": "lt"}[op]
	if bound == "lt" {
		at++
	}
	s := d.edge(n.Path, c, bound, at, bound+"eq")
	if s.Verdict == plan.Exact {
		s.Verdict, s.Reason = plan.Superset, "the API is not asked for instants within a second"
	}
	return s
}

// edge sends a bound by the operator that is exact, or by one that lets along what equals
// it.
func (d keyValue) edge(path *dsl.Path, c count, op string, at int64, near string) saying {
	s := d.param(path, op, c.text(at))
	if s.Verdict == plan.Exact {
		return s
	}
	weaker := d.param(path, near, c.text(at))
	if weaker.Verdict == plan.Exact {
		weaker.Verdict, weaker.Reason = plan.Superset, s.Reason
		return weaker
	}
	return s
}
