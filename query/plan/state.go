package plan

import (
	"fmt"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/idset"
)

// planner is the state that the rules pass along.
type planner struct {
	options Options
	count   func(Scan) (int64, error) // asks the server; nil = estimate
	dialect Dialect
	caps    Capabilities
	room    Room      // for the conditions of one request
	escaped bool      // the room is one of escaped bytes, not of the dialect's sizes
	everyID idset.Set // the ids of a branch without a condition on the key
	schema  *model.Schema
	plan    *Plan
	like    *Plan // a plan whose alternative is to be chosen; nil = the cheapest

	known known // of an independent dialect

	chosen *alternative   // how the filter is answered
	wanted []*model.Field // fields that rows must carry besides the basic ones
}

func newPlanner(r Resource, checked *dsl.Checked, o Options, count func(Scan) (int64, error)) planner {
	caps := r.Capabilities()
	p := planner{
		options: o,
		count:   count,
		dialect: r.Dialect(),
		everyID: allIDs(),
		caps:    caps,
		room:    caps.Room,
		schema:  r.Schema(),
		plan: &Plan{
			Resource: r.Schema().Name(), Source: checked.Source, Filter: checked.Root,
			Limit: o.Limit, Now: checked.Now, Zone: checked.Zone, paging: caps.Paging,
		},
	}
	p.plan.dialect = p.dialect
	if p.room == (Room{}) {
		p.room, p.escaped = Room{lineRoom, "the request line would exceed the 8 KiB that servers accept"}, true
	}
	for i, w := range checked.Warnings {
		if i == maxWarnings {
			p.warn(fmt.Sprintf("and %d more warnings about the filter", len(checked.Warnings)-i))
			break
		}
		p.warn(w.String())
	}
	return p
}

// lineRoom bounds the escaped filter parameters of a request. Servers accept request
// lines of 8 KiB (nginx's large_client_header_buffers, Apache's LimitRequestLine). The
// path, the fields and the paging take the rest.
const lineRoom = 7 << 10

// maxWarnings is how many warnings about the filter a plan repeats. Each quotes its
// place, and thousands of them would help nobody.
const maxWarnings = 20

// off reports whether a rule is switched off.
func (p *planner) off(rule string) bool { return slices.Contains(p.options.Without, rule) }

func (p *planner) warn(text string) { p.plan.Warnings = append(p.plan.Warnings, text) }

// want notes that rows must carry the field for a purpose.
func (p *planner) want(f *model.Field, purpose string) {
	if f.Returned == model.ReturnedUnknown {
		p.warn(f.Name + " is " + purpose + ", but the server is not documented to return it")
	}
	if f.Returned != model.ReturnedAlways && !slices.Contains(p.wanted, f) {
		p.wanted = append(p.wanted, f)
	}
}
