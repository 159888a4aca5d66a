package query

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/idset"
)

// Prepare parses and checks the filter against the resource's schema and plans
// the query. It sends no request. Errors are those of [dsl.Parse] and
// [dsl.Check], [OptionError] and [PlanError].
func Prepare[F Text](r Resource, filter F, opts ...Option) (*Plan, error) {
	s := newSettings(opts)
	checked, err := check(r.Schema(), filter, s)
	if err != nil {
		return nil, err
	}
	return (&question{r, checked, s}).plan(nil)
}

// question is all that a plan answers: with it, it can be planned anew.
type question struct {
	resource Resource
	checked  *dsl.Checked
	settings *settings // as given, never changed
}

// plan plans for the order that was asked for, or for the best that costs nothing.
// count asks the server for the rows of a scan; nil for a plan that rests on estimates.
func (q *question) plan(count func(Scan) (int64, error)) (*Plan, error) {
	if q.settings.byKey && q.settings.order == "" {
		key := q.resource.Dialect().ID()
		for _, order := range []string{"-" + key, key} {
			if p, err := q.ordered(order, count); err == nil && !p.Sort.gathers() {
				return p, nil
			}
		}
	}
	return q.ordered(q.settings.order, count)
}

// ordered applies the rules.
func (q *question) ordered(order string, count func(Scan) (int64, error)) (*Plan, error) {
	p := &planner{
		resource: q.resource,
		settings: q.settings,
		order:    order,
		count:    count,
		dialect:  q.resource.Dialect(),
		everyID:  allIDs(),
		paging:   pagingOf(q.resource.Dialect()),
		room:     roomOf(q.resource.Dialect()),
		schema:   q.resource.Schema(),
		plan: &Plan{
			Resource: q.resource.Schema().Name(), Source: q.checked.Source, Filter: q.checked.Root,
			Limit: q.settings.limit, Now: q.checked.Now, Zone: q.checked.Zone,
			question: q, hooks: q.settings.hooks, dialect: q.resource.Dialect(),
		},
	}
	for i, w := range q.checked.Warnings {
		if i == maxWarnings {
			p.warnf("and %d more of the kind", len(q.checked.Warnings)-i)
			break
		}
		p.warn(w.String())
	}
	for _, rule := range rules() {
		if err := rule.apply(p); err != nil {
			return nil, err
		}
	}
	return p.plan, nil
}

// maxWarnings is how many doubts about a filter a plan repeats: each quotes its
// place, and a list of thousands would help nobody.
const maxWarnings = 20

// planner is the state that the rules pass along.
type planner struct {
	resource Resource
	settings *settings
	order    string                    // as OrderBy has it
	count    func(Scan) (int64, error) // asks the server; nil when planning offline
	dialect  Dialect
	paging   Paging
	room     room      // for the conditions of one request
	everyID  idset.Set // the ids of a branch without a condition on the key
	schema   *model.Schema
	plan     *Plan

	known verdicts // to be asked for once

	chosen *alternative   // how the filter is answered
	wanted []*model.Field // fields that rows must carry besides the basic ones
}

func (p *planner) warn(text string) { p.plan.Warnings = append(p.plan.Warnings, text) }

func (p *planner) warnf(format string, args ...any) { p.warn(fmt.Sprintf(format, args...)) }

// want notes that rows must carry the field, once.
func (p *planner) want(f *model.Field) {
	if !slices.Contains(p.wanted, f) {
		p.wanted = append(p.wanted, f)
	}
}

// The names of the rules that can be switched off without changing an answer.
const (
	ruleNNF       = "negation normal form"
	ruleFold      = "fold"
	ruleNeverNull = "never null"
	ruleIDs       = "id ranges"
	rulePush      = "pushdown"
	ruleUnion     = "union"
	ruleExpand    = "expansion"
	ruleChunks    = "chunks"
	ruleRelax     = "relaxation" // a condition weaker than what is asked
	ruleArrays    = "arrays"     // an OR over one field
	ruleLists     = "lists"      // `in`, by the operator or as an array
	ruleNegations = "negations"  // `!=`, `not in` and `is not null`
	rulePatterns  = "patterns"   // string tests by prefix, suffix and their like
	ruleOrder     = "order"      // rows in the order of the pages, or of the server
	ruleLimit     = "limit"      // no more rows asked for than are wanted
	ruleProject   = "projection" // no fields asked for that nobody reads
)

// rule is one named step of planning. Rules run in a fixed order, each on what
// the ones before it left.
type rule struct {
	name  string
	apply func(*planner) error
}

// rules returns the rules in the order in which they run: first what the filter
// means, then what the server is asked, then how the rows are brought.
func rules() []rule {
	return []rule{
		{"options", checkOptions},
		{"normalise", normalise},
		{"alternatives", chooseAlternative},
		{"order", placeOrder},
		{"limit", placeLimit},
		{"projection", project},
		{"scans", makeScans},
		{"strategy", chooseStrategy},
	}
}

// checkOptions refuses options that no plan can honour.
func checkOptions(p *planner) error {
	s := p.settings
	most := p.dialect.MaxPageSize()
	if s.limit < 0 {
		return &OptionError{"limit", strconv.FormatInt(s.limit, 10), "must be 0 (no limit) or more"}
	}
	if s.pageSize < 0 || s.pageSize > most {
		return &OptionError{"page size", strconv.Itoa(s.pageSize), fmt.Sprintf("must be between 1 and %d", most)}
	}
	if p.plan.PageSize = s.pageSize; s.pageSize == 0 {
		p.plan.PageSize = most
	}
	var err error
	if p.plan.Order, err = parseOrder(p.order, p.schema, p.dialect.ID()); err != nil {
		return err
	}
	p.plan.Select, err = selectFields(s.selected, p.schema)
	return err
}
