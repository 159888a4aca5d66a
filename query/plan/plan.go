package plan

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Plan is how a query will be answered: the requests to the server, the conditions
// evaluated locally and the way to fetch the pages.
//
// Every rule keeps this invariant. The parameters and ids of a scan select a superset of
// the rows for which its branch of the filter is true; of these, exactly the rows for
// which Residual is true are the scan's answer. No row is in the answer of two scans. All
// answers together, in Order and cut to Limit, are the answer of the query. If Empty is
// set, that answer has no rows and no request is sent.
//
// A Plan is a value: it holds no source, no network and no state of a run. It is
// immutable and safe for concurrent use. Its zero value is not a plan; [Make] and [Load]
// return plans.
type Plan struct {
	Resource  string         // the resource's name
	Source    string         // the filter as given
	Filter    dsl.Node       // the checked and normalised filter
	Rewritten []Rewriting    // the conditions on computed values that became conditions on fields
	Empty     string         // why no row can match; "" if one may
	Scans     []Scan         // the scans to run; none if Empty
	Order     []OrderKey     // the order of the rows; none = as they arrive
	Sort      SortPlace      // what sorts the rows
	Limit     int64          // most rows to deliver; 0 = no limit
	Select    []*model.Field // fields selected by name; none = the basic ones
	Hidden    []*model.Field // fields fetched only for the residual or the sort
	PageSize  int            // rows a request
	Strategy  Strategy       // how pages are fetched
	Cost      Cost           // the expected cost
	Rejected  []Alternative  // the alternatives that were not chosen
	Reasons   Reasons        // why the plan is as it is
	Warnings  []string       // what the user should know
	Now       time.Time      // the time that `now` stands for
	Zone      *time.Location // the zone of dates that name none

	Counts      int64         // requests that counted rows to make the plan
	MaxSortRows int           // most rows that a local sort gathers; 0 = no bound
	SortMemory  int64         // bytes above which a local sort spills; 0 = never
	Verify      int64         // the first rows, whose exact conditions the run evaluates again; 0 = none
	AllRows     bool          // the fetch ignores the limit
	Fallback    *FallbackSort // what SortServer falls back on; nil if rows cannot carry the keys

	dialect Dialect // writes requests for people; nil in a plan that nothing made
	paging  Paging  // of the resource
}

// Reasons explain the choices of a plan, for people.
type Reasons struct {
	Order    string `json:"order"`
	Limit    string `json:"limit,omitempty"` // "" without a limit
	Strategy string `json:"strategy"`
	Parts    string `json:"parts,omitempty"`  // why a list of values is split over requests; "" if none is
	Resume   string `json:"resume,omitempty"` // why an interrupted export restarts; "" if it resumes, or is one request
}

// FallbackSort is how rows are sorted locally if the server's one sorted page does not
// hold the whole answer.
type FallbackSort struct {
	Query  url.Values     // parameters that make rows carry the keys
	Hidden []*model.Field // keys that are not selected
}

// Alternative is a plan that was considered and rejected.
type Alternative struct {
	Name   string // what it would have done
	Cost   Cost   // its expected cost; zero if it cannot run
	Reason string // why it was rejected
	Scans  int    // how many scans it has
}

// Exact reports whether the server's rows are the answer, so nothing is evaluated
// locally.
func (p *Plan) Exact() bool {
	for _, s := range p.Scans {
		if s.Residual != nil {
			return false
		}
	}
	return true
}

// Resumable reports whether a run of the plan can resume after any of its batches. A
// local sort delivers only after all rows were read, so such a run restarts. So does one
// page in the server's order, unless the server sorts across pages that name the next
// one.
func (p *Plan) Resumable() bool {
	return p.Sort == SortNone || p.Sort == SortByID || p.Sort == SortServer && p.Strategy == StrategyFollowTokens
}

// OrderText is the plan's order as [Options.Order] takes it; "" for none.
func (p *Plan) OrderText() string { return joinKeys(p.Order) }

// Identity identifies the query under names for people. Plans of equal queries have
// equal identities, however the queries are spelled.
func (p *Plan) Identity() map[string]string {
	return map[string]string{
		"resource": p.Resource, "filter": dsl.Format(p.Filter), "sort": p.OrderText(),
		"select": strings.Join(names(p.Select), ","), "limit": strconv.FormatInt(p.Limit, 10),
	}
}

// probePays is the least ratio of expected page requests to count requests at which a
// run counts of its own accord.
const probePays = 10

// WorthCounting reports whether a run should count before it fetches: the plan was
// chosen among several by a guess, and a wrong guess would cost far more requests than
// counting.
func (p *Plan) WorthCounting() bool {
	scans, choices := int64(len(p.Scans)), 0
	for _, a := range p.Rejected {
		if a.Cost.Requests > 0 { // it can run
			choices++
			scans += int64(a.Scans)
		}
	}
	return choices > 0 && !p.Cost.Known && p.Cost.Requests >= probePays*scans
}

// Strategy is how the pages of a scan are fetched. The zero Strategy is StrategyNone.
type Strategy uint8

// The strategies.
const (
	StrategyNone               Strategy = iota // no request
	StrategyOnePage                            // the answer fits a page
	StrategySerial                             // one page after the other
	StrategySplitRanges                        // unread ids are read from both ends and split for idle workers
	StrategyFirstPageThenSplit                 // one page; if more follows, as StrategySplitRanges
	StrategyReadAhead                          // in order of the key, all workers read ahead
	StrategyFollowTokens                       // one page after the other, as each names the next
)

// String returns the strategy's name in explain.
func (s Strategy) String() string {
	return word(s, []string{
		StrategyNone: "no request", StrategyOnePage: "one page", StrategySerial: "serial pages",
		StrategySplitRanges: "two-ended id gaps", StrategyFirstPageThenSplit: "one page and see",
		StrategyReadAhead: "windowed read-ahead", StrategyFollowTokens: "one page after the other, as each names the next",
	})
}

// Rewriting is a condition on a computed value and the condition on a field that stands for it
// in the plan's filter: both are true for the same rows. Its zero value is not a rewriting.
type Rewriting struct {
	From string `json:"from"`
	To   string `json:"to"`
}
