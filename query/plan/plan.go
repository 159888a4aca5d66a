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

// Plan is how a query will be answered: what the server is asked, what is
// evaluated locally and how the pages are fetched.
//
// The invariant that every rule keeps, stated once here: the rows of a scan that
// its parameters and ids select include those for which its branch of the filter
// is true, and they are those for which its Residual is true; no row is in the
// answer of two scans; all of them together, cut to Limit under Order, are the
// answer. When Empty is set there is no such row and no request is sent.
//
// A Plan is a value: it holds no source, no network and nothing of a run. It is
// immutable once it was made, and safe for concurrent use.
type Plan struct {
	Resource string         // the resource's name
	Source   string         // the filter as it was given
	Filter   dsl.Node       // the checked and normalised filter
	Empty    string         // why no row can match; "" when some may
	Scans    []Scan         // what the server is asked; none when Empty
	Order    []OrderKey     // the rows' order; none means as they arrive
	Sort     SortPlace      // who brings the rows into that order
	Limit    int64          // most rows to deliver; 0 = no limit
	Select   []*model.Field // fields asked for by name; none means the basic ones
	Hidden   []*model.Field // fields that rows carry only for the residual or the sort
	PageSize int            // rows a request
	Strategy Strategy       // how pages are fetched
	Cost     Cost           // what it is expected to take
	Rejected []Alternative  // the plans that were not taken
	Reasons  Reasons        // why so
	Warnings []string       // what the user should know
	Now      time.Time      // what `now` means in this plan
	Zone     *time.Location // what a date without a zone means

	Counts      int64         // requests that counted rows to make the plan
	MaxSortRows int           // most rows that a local sort gathers; 0 = no bound
	SortMemory  int64         // bytes beyond which a local sort spills; 0 = never
	AllRows     bool          // whether rows are asked for beyond the limit, too
	Fallback    *FallbackSort // what SortServer falls back on; nil when rows cannot carry the keys
}

// FallbackSort is how rows are sorted locally after all when the server's one sorted
// page turns out to be short of the answer.
type FallbackSort struct {
	Query  url.Values     // the parameters that make rows carry the keys
	Hidden []*model.Field // the keys that the select does not show
}

// Reasons say why a plan does what it does.
type Reasons struct {
	Order    string `json:"order"`
	Limit    string `json:"limit,omitempty"` // "" without a limit
	Strategy string `json:"strategy"`
	Parts    string `json:"parts,omitempty"`  // why a list of values goes in several requests; "" where none does
	Resume   string `json:"resume,omitempty"` // why an [Export] that breaks off begins anew; "" where it goes on, or is one request
}

// Exact reports whether the server's rows are the answer, so that nothing is
// evaluated locally.
func (p *Plan) Exact() bool {
	for _, s := range p.Scans {
		if s.Residual != nil {
			return false
		}
	}
	return true
}

// Conjunct is one term of a scan's conjunction and its fate.
type Conjunct struct {
	Node dsl.Node
	Pushdown
}

// Scan is one walk over the server's pages: the parameters it is asked with,
// but for those that page, the ids it is confined to, and what is left to
// evaluate of its rows.
type Scan struct {
	Conjuncts []Conjunct // what became of each part of the filter
	Residual  dsl.Node   // what is evaluated locally; nil when the server's rows are right

	Query    url.Values      // filter, fields and the rest, as they go on the wire
	IDs      paginate.Bounds // the ids there can be
	MaxRows  int64           // no more rows than this can match; MaxInt64 when unknown
	Expected int64           // rows that the server is expected to send: counted, bounded or guessed
	Deleted  bool            // whether it walks the deleted rows
	Request  string          // the first page's request, for people
	Sort     string          // a sort other than by id, for a scan of one page; "" = by id
}

// OrderKey is one key of an order.
type OrderKey struct {
	Field      *model.Field
	Descending bool
}

// String returns the key as [OrderBy] takes it.
func (k OrderKey) String() string {
	if k.Descending {
		return "-" + k.Field.Name
	}
	return k.Field.Name
}

// SortPlace says who brings the rows into order.
type SortPlace uint8

// Where rows are ordered.
const (
	SortNone   SortPlace = iota // no order was asked for
	SortByID                    // pages are walked in id order
	SortServer                  // the server sorts, and one page holds the answer
	SortTopK                    // the first rows are picked locally from all
	SortLocal                   // all rows are gathered and sorted locally
)

// gathers reports whether every row must be read before the first is delivered.
func (s SortPlace) Gathers() bool { return s == SortTopK || s == SortLocal }

// String returns the word that the JSON of a plan has.
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

// Strategy is how a scan's pages are fetched.
type Strategy uint8

// The strategies.
const (
	StrategyNone               Strategy = iota // no request at all
	StrategyOnePage                            // the answer is known to fit a page
	StrategySerial                             // one page after the other
	StrategySplitRanges                        // unread ids read from both ends and split for free workers
	StrategyFirstPageThenSplit                 // one page; if more follows, as StrategySplitRanges
	StrategyReadAhead                          // in order of the key, all workers ahead of the consumer
	StrategyFollowTokens                       // page after page, each of which names the next
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

// Resumable reports whether a run of the plan can resume after any of its batches.
// Rows that are sorted locally come after all of them were read, and a page that the
// server sorts has no next, so a run of them restarts; unless the server sorts through
// pages that follow one another.
func (p *Plan) Resumable() bool {
	return p.Sort == SortNone || p.Sort == SortByID || p.Sort == SortServer && p.Strategy == StrategyFollowTokens
}

// OrderText is the plan's order as [Options.Order] takes it; "" for none.
func (p *Plan) OrderText() string { return joinKeys(p.Order) }

// Identity says what is asked, by names that a person understands: two plans of equal
// questions have equal identities, however the questions are spelled.
func (p *Plan) Identity() map[string]string {
	return map[string]string{
		"resource": p.Resource, "filter": dsl.Format(p.Filter), "sort": p.OrderText(),
		"select": strings.Join(names(p.Select), ","), "limit": strconv.FormatInt(p.Limit, 10),
	}
}
