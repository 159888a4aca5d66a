package query

import (
	"context"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// Resource is what planning needs to know of a source.
type Resource = plan.Resource

// Plan is how a query will be answered.
type Plan = plan.Plan

// Prepare parses and checks the filter against the resource's schema and plans the
// query. It sends no request. Its errors are those of [dsl.Parse] and [dsl.Check],
// [OptionError] and [PlanError].
func Prepare[F Text](r Resource, filter F, opts ...Option) (*Plan, error) {
	s := newSettings(opts)
	checked, err := check(r.Schema(), filter, s)
	if err != nil {
		return nil, err
	}
	return plan.Make(r, checked, s.plan)
}

// PrepareCounted is Prepare from counts: it asks the server how many rows each scan of
// each possible plan has, one request a scan, so that the choice among them rests on no
// guess. It fails with [ErrUncounted] where the server does not count.
func PrepareCounted[F Text](ctx context.Context, r Resource, filter F, opts ...Option) (*Plan, error) {
	q, err := newPlanInput(r, filter, newSettings(opts))
	if err != nil {
		return nil, err
	}
	p, err := plan.MakeCounted(ctx, r, q.checked, q.settings.plan)
	return p, interrupted(ctx, err)
}

// Choose returns the plan to run for a query of which p is the plan that [Prepare] made.
// Where the choice among plans is a guess that could cost far more than to ask, it counts
// and plans as [PrepareCounted] does; otherwise, and where the server does not count, it
// returns p. It fails when ctx is done.
func Choose[F Text](ctx context.Context, r Resource, p *Plan, filter F, opts ...Option) (*Plan, error) {
	if r.Capabilities().Count == nil || !p.WorthCounting() {
		return p, nil
	}
	q, err := newPlanInput(r, filter, newSettings(opts))
	if err != nil {
		return nil, err
	}
	return q.replanWithCounts(ctx, p)
}

// planInput is all that a plan answers.
type planInput struct {
	resource Resource
	checked  *dsl.Checked
	settings *settings
}

func newPlanInput[F Text](r Resource, filter F, s *settings) (*planInput, error) {
	checked, err := check(r.Schema(), filter, s)
	if err != nil {
		return nil, err
	}
	return &planInput{r, checked, s}, nil
}

func (q *planInput) plan() (*Plan, error) { return plan.Make(q.resource, q.checked, q.settings.plan) }

// replanWithCounts returns a better plan than p, or p itself: where counting does not
// pay, or the server does not count. The run will say what is wrong with the server.
func (q *planInput) replanWithCounts(ctx context.Context, p *Plan) (*Plan, error) {
	if q.resource.Capabilities().Count == nil || !p.WorthCounting() {
		return p, nil
	}
	better, err := plan.MakeCounted(ctx, q.resource, q.checked, q.settings.plan)
	if err != nil {
		return p, interrupted(ctx, ctx.Err())
	}
	return better, nil
}
