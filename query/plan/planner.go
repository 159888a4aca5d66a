package plan

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/dsl"
)

// Make plans a checked filter over a resource. It sends no request. It fails with an
// [OptionError] or an [Error]; several Errors are joined.
func Make(r Resource, checked *dsl.Checked, o Options) (*Plan, error) {
	return plan(r, checked, o, nil)
}

// MakeCounted is Make with counts in place of guesses: it asks the server how many rows
// each scan of each alternative has, with one request a scan. It fails as Make does,
// with [ErrUncounted] if the server does not count, and with an error of the count.
func MakeCounted(ctx context.Context, r Resource, checked *dsl.Checked, o Options) (*Plan, error) {
	c := &counter{ctx: ctx, ask: r.Capabilities().Count, known: make(map[string]int64)}
	p, err := plan(r, checked, o, c.count)
	if err != nil {
		return nil, err
	}
	p.Counts = c.asked
	return p, nil
}

// plan applies the rules. count asks the server for the rows of a scan; nil = estimate.
func plan(r Resource, checked *dsl.Checked, o Options, count func(Scan) (int64, error)) (*Plan, error) {
	return planLike(r, checked, o, count, nil)
}

// planLike is plan with the alternative that like is, if it is not nil.
func planLike(r Resource, checked *dsl.Checked, o Options, count func(Scan) (int64, error), like *Plan) (*Plan, error) {
	if o.SortMemory <= 0 {
		o.SortMemory = DefaultSortMemory
	}
	p := newPlanner(r, checked, o, count)
	p.like = like
	if err := p.apply(); err != nil {
		return nil, err
	}
	return p.plan, nil
}

// counter asks the server for counts and never repeats a request.
type counter struct {
	ctx   context.Context //nolint:containedctx // of one call
	ask   func(context.Context, Scan) (int64, error)
	known map[string]int64 // by request
	asked int64
}

func (c *counter) count(s Scan) (int64, error) {
	if c.ask == nil {
		return 0, ErrUncounted
	}
	what := fmt.Sprint(s.Query.Encode(), s.IDs)
	if n, ok := c.known[what]; ok {
		return n, nil
	}
	n, err := c.ask(c.ctx, s)
	if err != nil {
		return 0, err
	}
	c.known[what] = n
	c.asked++
	return n, nil
}

// apply runs the rules: first they simplify the filter, then they choose the requests,
// then the order and the fetch. They are called one by one, not from a table, so that the
// planner can stay on the stack.
func (p *planner) apply() error {
	if err := checkOptions(p); err != nil {
		return err
	}
	normalise(p)
	if err := chooseAlternative(p); err != nil {
		return err
	}
	if err := placeOrder(p); err != nil {
		return err
	}
	placeLimit(p)
	if err := project(p); err != nil {
		return err
	}
	if err := makeScans(p); err != nil {
		return err
	}
	chooseStrategy(p)
	return nil
}
