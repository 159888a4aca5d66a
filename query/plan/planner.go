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
// of all rows that are not deleted, in no order. Planning does not change them.
type Options struct {
	Select   []string // fields by name, or stars; none = the basic fields
	Order    string   // comma-separated fields, each with a leading minus for descending
	ByKey    bool     // without Order: in order of the key if that costs nothing
	Limit    int64    // most rows; 0 = no limit
	PageSize int      // rows a request; 0 = the most that the server gives
	Deleted  Deleted  // which rows to read

	MaxSortRows int      // most rows that a local sort gathers; 0 = no bound if rows spill, else [DefaultMaxSortRows]
	SortMemory  int64    // bytes above which a local sort spills; 0 = [DefaultSortMemory]
	Strategy    Strategy // how several pages are fetched, for comparisons; StrategyNone = the planner's choice

	Rate  float64 // requests a second, to estimate the least time; 0 = the source's rate
	Burst int     // requests at once; read only with a Rate

	// Without names rules to switch off; see [Rules]. They change the cost and never the
	// answer.
	Without []string
}

// DefaultSortMemory is how many bytes of rows a local sort keeps in memory before it
// spills to a temporary file.
const DefaultSortMemory = 64 << 20

// DefaultMaxSortRows is the most rows that a local sort gathers if the source's rows
// cannot spill. At about 300 bytes a user, that is 300 MB.
const DefaultMaxSortRows = 1_000_000

// Deleted says which rows are read. The zero Deleted is DeletedNone.
type Deleted uint8

// The choices of deleted rows.
const (
	DeletedNone    Deleted = iota // rows that are not deleted: the default
	DeletedOnly                   // deleted rows alone
	DeletedInclude                // both, by two scans of one run
)

// String returns the value that the command line takes.
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
			p.warnf("and %d more warnings about the filter", len(checked.Warnings)-i)
			break
		}
		p.warn(w.String())
	}
	return p
}

// maxWarnings is how many warnings about the filter a plan repeats. Each quotes its
// place, and thousands of them would help nobody.
const maxWarnings = 20

// planner is the state that the rules pass along.
type planner struct {
	options Options
	off     map[string]bool           // rules that are switched off
	count   func(Scan) (int64, error) // asks the server; nil = estimate
	dialect Dialect
	caps    Capabilities
	room    room      // for the conditions of one request
	everyID idset.Set // the ids of a branch without a condition on the key
	schema  *model.Schema
	plan    *Plan

	known verdicts // classified already

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

// The names of the rules that [Options.Without] can switch off.
const (
	ruleNNF       = "negation normal form"
	ruleFold      = "fold"
	ruleNeverNull = "never null"
	ruleIDs       = "id ranges"
	rulePush      = "pushdown"
	ruleUnion     = "union"
	ruleExpand    = "expansion"
	ruleChunks    = "chunks"
	ruleRelax     = "relaxation" // send a condition weaker than the filter's
	ruleArrays    = "arrays"     // push an OR over one field
	ruleLists     = "lists"      // push `in`
	ruleNegations = "negations"  // push `!=`, `not in` and `is not null`
	rulePatterns  = "patterns"   // push tests of prefix, suffix and pattern
	ruleOrder     = "order"      // use the order of the pages or of the server
	ruleLimit     = "limit"      // request no more rows than the limit
	ruleProject   = "projection" // request no fields that nobody reads
)

// Rules returns the names that [Options.Without] takes, in the order of the rules.
func Rules() []string {
	return []string{
		ruleNNF, ruleFold, ruleNeverNull, ruleIDs, rulePush, ruleUnion, ruleExpand, ruleChunks,
		ruleRelax, ruleArrays, ruleLists, ruleNegations, rulePatterns, ruleOrder, ruleLimit, ruleProject,
	}
}

// rule is one named step of planning.
type rule struct {
	name  string
	apply func(*planner) error
}

// rules returns the rules in the order in which they run: first they simplify the
// filter, then they choose the requests, then the order and the fetch.
func rules() [8]rule { // an array, to save an allocation
	return [...]rule{
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

// checkOptions rejects options that no plan can honour.
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
