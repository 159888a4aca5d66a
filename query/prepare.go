package query

import (
	"context"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// Plan is how a query will be answered.
type Plan = plan.Plan

// Prepare parses and checks the filter against the resource's schema and plans the
// query. It sends no request. Its errors are those of [dsl.Parse] and [dsl.Check],
// [OptionError] and [PlanError].
func Prepare[F Text](r Resource, filter F, opts ...Option) (*Plan, error) {
	q, err := newPlanInput(r, filter, newSettings(opts))
	if err != nil {
		return nil, err
	}
	return q.plan()
}

// PrepareCounted is Prepare with counts in place of guesses: it asks the server how many
// rows each scan of each possible plan has, with one request a scan. It fails with
// [ErrUncounted] if the server does not count.
func PrepareCounted[F Text](ctx context.Context, r Resource, filter F, opts ...Option) (*Plan, error) {
	q, err := newPlanInput(r, filter, newSettings(opts))
	if err != nil {
		return nil, err
	}
	p, err := q.count(ctx)
	return p, interrupted(ctx, err)
}

// Choose returns the plan to run, given the plan p that [Prepare] made of the same query.
// If p was chosen by a guess that could cost far more than counting, Choose counts and
// plans as [PrepareCounted] does. Otherwise, and if the server does not count, it returns
// p. It fails if ctx is done.
func Choose[F Text](ctx context.Context, r Resource, p *Plan, filter F, opts ...Option) (*Plan, error) {
	q, err := newPlanInput(r, filter, newSettings(opts))
	if err != nil {
		return nil, err
	}
	return q.replanWithCounts(ctx, p)
}

// planInput is the input of planning.
type planInput struct {
	resource Resource
	checked  *dsl.Checked
	options  plan.Options
}

func newPlanInput[F Text](r Resource, filter F, s *settings) (planInput, error) {
	checked, err := check(r.Schema(), filter, s)
	if err != nil {
		return planInput{}, err
	}
	return planInput{r, checked, s.plan}, nil
}

func (q *planInput) plan() (*Plan, error) { return plan.Make(q.resource, q.checked, q.options) }

func (q *planInput) count(ctx context.Context) (*Plan, error) {
	return plan.MakeCounted(ctx, q.resource, q.checked, q.options)
}

// replanWithCounts returns a plan made with counts, or p if counting does not pay or
// fails. A failure is not reported here, because the run will meet it too.
func (q *planInput) replanWithCounts(ctx context.Context, p *Plan) (*Plan, error) {
	if q.resource.Capabilities().Count == nil || !p.WorthCounting() {
		return p, nil
	}
	better, err := q.count(ctx)
	if err != nil {
		return p, interrupted(ctx, ctx.Err())
	}
	return better, nil
}
