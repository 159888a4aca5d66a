package plan

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/idset"
)

// Options change how one query is planned. The zero Options select the basic fields
// of all rows that are not deleted, in no order. They are never changed by planning.
type Options struct {
	Select   []string // fields by name, stars among them; none = the basic ones
	Order    string   // a comma list of fields, each with a leading minus for descending
	ByKey    bool     // with no Order: in order of the key, where that costs nothing
	Limit    int64    // most rows; 0 = no limit
	PageSize int      // rows a request; 0 = the most that the server gives
	Deleted  Deleted  // which rows are walked

	MaxSortRows int      // most rows that a local sort gathers; 0 = no bound where rows spill, else [DefaultMaxSortRows]
	SortMemory  int64    // bytes beyond which a local sort spills; 0 = [DefaultSortMemory]
	Strategy    Strategy // how more than a page is fetched, for comparisons; StrategyNone = the planner's choice

	Rate  float64 // requests a second, for the estimate of the least time; 0 = as the source states it
	Burst int     // requests at once, likewise

	// Without names rules that are switched off; see [Rules]. The answer stays the
	// same, which tests hold.
	Without []string
}

// DefaultSortMemory is what a local sort keeps in memory, in bytes, before it spills to
// a temporary file.
const DefaultSortMemory = 64 << 20

// DefaultMaxSortRows is how many rows a local sort gathers before it gives up where
// the source's rows do not spill. At some 300 bytes a user it bounds a sort at about
// 300 MB.
const DefaultMaxSortRows = 1_000_000

// Deleted says which rows are walked.
type Deleted uint8

// The choices of deleted rows.
const (
	DeletedNone    Deleted = iota // rows that are not deleted: the default
	DeletedOnly                   // deleted rows alone
	DeletedInclude                // both, as two scans of one run
)

// String returns the word that the command line takes.
func (d Deleted) String() string {
	switch d {
	case DeletedOnly:
		return "only"
	case DeletedInclude:
		return "include"
	case DeletedNone:
	}
	return "none"
}

// Make plans a checked filter over a resource. It sends no request. It fails with an
// [OptionError] or a [PlanError].
func Make(r Resource, checked *dsl.Checked, o Options) (*Plan, error) {
	return plan(r, checked, o, nil)
}

// MakeCounted plans from counts: it asks the server how many rows each scan of each
// alternative has, one request a scan, so that the choice among them rests on no
// guess. It fails as Make does, and with an error of the source, which must count.
func MakeCounted(ctx context.Context, r Resource, checked *dsl.Checked, o Options) (*Plan, error) {
	c := &counter{ctx: ctx, ask: r.Capabilities().Count, known: make(map[string]int64)}
	p, err := plan(r, checked, o, c.count)
	if err != nil {
		return nil, err
	}
	p.Counts = c.asked
	return p, nil
}

// plan plans for the order that was asked for, or for the best that costs nothing.
// count asks the server for the rows of a scan; nil for a plan that rests on estimates.
func plan(r Resource, checked *dsl.Checked, o Options, count func(Scan) (int64, error)) (*Plan, error) {
	if o.SortMemory <= 0 {
		o.SortMemory = DefaultSortMemory
	}
	p := newPlanner(r, checked, o, count)
	for _, rule := range rules() {
		if err := rule.apply(p); err != nil {
			return nil, err
		}
	}
	for i := range p.plan.Scans {
		s := &p.plan.Scans[i]
		s.Request = p.dialect.Describe(*s, p.plan.firstRequest(*s, p.caps.Paging))
	}
	return p.plan, nil
}

// counter asks the server for counts, each once.
type counter struct {
	ctx   context.Context //nolint:containedctx // of one call
	ask   func(context.Context, Scan) (int64, error)
	known map[string]int64 // by what is asked
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

func newPlanner(r Resource, checked *dsl.Checked, o Options, count func(Scan) (int64, error)) *planner {
	caps := r.Capabilities()
	p := &planner{
		options: o,
		off:     switchedOff(o.Without),
		count:   count,
		dialect: r.Dialect(),
		everyID: allIDs(),
		caps:    caps,
		room:    roomOf(caps),
		schema:  r.Schema(),
		plan: &Plan{
			Resource: r.Schema().Name(), Source: checked.Source, Filter: checked.Root,
			Limit: o.Limit, Now: checked.Now, Zone: checked.Zone,
		},
	}
	for i, w := range checked.Warnings {
		if i == maxWarnings {
			p.warnf("and %d more of the kind", len(checked.Warnings)-i)
			break
		}
		p.warn(w.String())
	}
	return p
}

// maxWarnings is how many doubts about a filter a plan repeats: each quotes its
// place, and a list of thousands would help nobody.
const maxWarnings = 20

// planner is the state that the rules pass along.
type planner struct {
	options Options
	off     map[string]bool           // rules that are switched off
	count   func(Scan) (int64, error) // asks the server; nil when planning offline
	dialect Dialect
	caps    Capabilities
	room    room      // for the conditions of one request
	everyID idset.Set // the ids of a branch without a condition on the key
	schema  *model.Schema
	plan    *Plan

	known verdicts // to be asked for once

	chosen *alternative   // how the filter is answered
	wanted []*model.Field // fields that rows must carry besides the basic ones
}

func switchedOff(names []string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	off := make(map[string]bool, len(names))
	for _, name := range names {
		off[name] = true
	}
	return off
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

// Rules are the names that [Options.Without] takes, in the order of the rules.
func Rules() []string {
	return []string{
		ruleNNF, ruleFold, ruleNeverNull, ruleIDs, rulePush, ruleUnion, ruleExpand, ruleChunks,
		ruleRelax, ruleArrays, ruleLists, ruleNegations, rulePatterns, ruleOrder, ruleLimit, ruleProject,
	}
}

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
	o := p.options
	most := p.dialect.MaxPageSize()
	if o.Limit < 0 {
		return &OptionError{"limit", strconv.FormatInt(o.Limit, 10), "must be 0 (no limit) or more"}
	}
	if o.PageSize < 0 || o.PageSize > most {
		return &OptionError{"page size", strconv.Itoa(o.PageSize), fmt.Sprintf("must be between 1 and %d", most)}
	}
	if p.plan.PageSize = o.PageSize; o.PageSize == 0 {
		p.plan.PageSize = most
	}
	var err error
	if p.plan.Order, err = parseOrder(o.Order, p.schema, p.dialect.ID()); err != nil {
		return err
	}
	p.plan.Select, err = selectFields(o.Select, p.schema)
	return err
}
