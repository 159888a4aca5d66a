package plan

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
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
	Resource string         // the resource's name
	Source   string         // the filter as given
	Filter   dsl.Node       // the checked and normalised filter
	Empty    string         // why no row can match; "" if one may
	Scans    []Scan         // the scans to run; none if Empty
	Order    []OrderKey     // the order of the rows; none = as they arrive
	Sort     SortPlace      // what sorts the rows
	Limit    int64          // most rows to deliver; 0 = no limit
	Select   []*model.Field // fields selected by name; none = the basic ones
	Hidden   []*model.Field // fields fetched only for the residual or the sort
	PageSize int            // rows a request
	Strategy Strategy       // how pages are fetched
	Cost     Cost           // the expected cost
	Rejected []Alternative  // the alternatives that were not chosen
	Reasons  Reasons        // why the plan is as it is
	Warnings []string       // what the user should know
	Now      time.Time      // the time that `now` stands for
	Zone     *time.Location // the zone of dates that name none

	Counts      int64         // requests that counted rows to make the plan
	MaxSortRows int           // most rows that a local sort gathers; 0 = no bound
	SortMemory  int64         // bytes above which a local sort spills; 0 = never
	AllRows     bool          // the fetch ignores the limit
	Fallback    *FallbackSort // what SortServer falls back on; nil if rows cannot carry the keys
}

// FallbackSort is how rows are sorted locally if the server's one sorted page does not
// hold the whole answer.
type FallbackSort struct {
	Query  url.Values     // parameters that make rows carry the keys
	Hidden []*model.Field // keys that are not selected
}

// Reasons explain the choices of a plan, for people.
type Reasons struct {
	Order    string `json:"order"`
	Limit    string `json:"limit,omitempty"` // "" without a limit
	Strategy string `json:"strategy"`
	Parts    string `json:"parts,omitempty"`  // why a list of values is split over requests; "" if none is
	Resume   string `json:"resume,omitempty"` // why an interrupted export restarts; "" if it resumes, or is one request
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

// Conjunct is one term of a scan's conjunction and how it is evaluated.
type Conjunct struct {
	Node dsl.Node
	Pushdown
}

// Scan reads one sequence of the server's pages: the request parameters, the range of
// ids and the residual.
type Scan struct {
	Conjuncts []Conjunct // each term of the scan's branch
	Residual  dsl.Node   // evaluated locally; nil if the server's rows are right

	Query    url.Values      // all parameters except those of paging
	IDs      paginate.Bounds // the range of ids
	MaxRows  int64           // most rows that can match; MaxInt64 if unknown
	Expected int64           // rows that the server is expected to send: counted, bounded or guessed
	Deleted  bool            // it reads the deleted rows
	Request  string          // the request for the first page, for people
	Sort     string          // a sort other than by id; "" = by id
}

// OrderKey is one key of an order.
type OrderKey struct {
	Field      *model.Field
	Descending bool
}

// String returns the key as [Options.Order] takes it.
func (k OrderKey) String() string {
	if k.Descending {
		return "-" + k.Field.Name
	}
	return k.Field.Name
}

// SortPlace is what brings the rows into order. The zero SortPlace is SortNone.
type SortPlace uint8

// The places of a sort.
const (
	SortNone   SortPlace = iota // no order was requested
	SortByID                    // the pages are read in id order
	SortServer                  // the server sorts, and one page holds the answer
	SortTopK                    // the first rows are picked locally from all
	SortLocal                   // all rows are gathered and sorted locally
)

// Gathers reports whether every row must be read before the first is delivered.
func (s SortPlace) Gathers() bool { return s == SortTopK || s == SortLocal }

// String returns the value that the JSON of a plan has.
func (s SortPlace) String() string {
	switch s {
	case SortNone:
		return "none"
	case SortByID:
		return "by id"
	case SortServer:
		return "server"
	case SortTopK:
		return "local top k"
	case SortLocal:
		return "local"
	}
	return "unknown"
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
	switch s {
	case StrategyNone:
		return "no request"
	case StrategyOnePage:
		return "one page"
	case StrategySerial:
		return "serial pages"
	case StrategySplitRanges:
		return "two-ended id gaps"
	case StrategyFirstPageThenSplit:
		return "one page and see"
	case StrategyFollowTokens:
		return "one page after the other, as each names the next"
	case StrategyReadAhead:
		return "windowed read-ahead"
	}
	return "unknown"
}

// Resumable reports whether a run of the plan can resume after any of its batches. A
// local sort delivers only after all rows were read, and a single page in the server's
// order has no next page, so such runs restart. A server that sorts across pages that
// name the next one can resume.
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
