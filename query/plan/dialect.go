package plan

import (
	"context"
	"net/url"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// Resource is what planning needs to know of a source: what its rows look like
// and what its server can be asked. It touches no network, so a plan can be
// explained without a server. Implementations are immutable and safe for
// concurrent use.
type Resource interface {
	// Schema describes the rows.
	Schema() *model.Schema
	// Dialect says what the server can be asked.
	Dialect() Dialect
	// Capabilities are the facts of the server beside its filters.
	Capabilities() Capabilities
}

// Capabilities are what a source can do besides answering filters. A source that
// wraps another forwards the one value. The zero Capabilities are those of a server
// that pages by the key in both directions, takes requests as long as a request line
// commonly is, counts nothing and states no rate limit.
type Capabilities struct {
	// Paging is how pages follow one another.
	Paging Paging
	// PageParameter is the parameter by which a request names its page, for errors;
	// "" = there is none, or it is not known.
	PageParameter string
	// SortsBy reports whether the server can be asked for an order, whose last key is
	// the source's and settles ties. nil = for every list of fields of which
	// [Dialect.Sorts] reports true.
	SortsBy func(keys []OrderKey) bool
	// Room is how much one request can hold; zero = a request line of 8 KiB.
	Room Room
	// RateLimit returns the limits as they are known now; nil = none is known. Where no
	// rate binds, a fetch spends idle workers on speculation; where one does, no more
	// workers are used than the rate can keep busy.
	RateLimit func() paginate.RateLimit
	// Count returns how many rows a scan's pushed filter and ids select, by one
	// request, or [ErrUncounted] without a request. nil = the server does not count.
	Count func(ctx context.Context, scan Scan) (int64, error)
	// Spills reports whether rows can be put aside in a temporary file, so that a sort
	// of all rows is bounded in memory.
	Spills bool
	// Identity says what the source is, by names that a person understands, such as
	// "server": an export is resumed only from a checkpoint of the very same source.
	Identity map[string]string
}

// Room is how much one request can hold.
type Room struct {
	Size   int    // the most that the [Pushdown.Size]s of one request add up to
	Reason string // what is said of a request that would hold more: "the body would be longer than 1 MiB"
}

// Verdict is a dialect's answer for one conjunct of a filter.
type Verdict uint8

// The verdicts. The zero Verdict is the safe one.
const (
	// Unsupported: the server cannot help; the conjunct is evaluated locally.
	Unsupported Verdict = iota
	// Superset: the server is sent something weaker, so that it returns every
	// row of the answer and perhaps more; the conjunct is evaluated again.
	Superset
	// Exact: the rows that the server returns are right; nothing is evaluated.
	Exact
)

// String returns "unsupported", "superset" or "exact".
func (v Verdict) String() string {
	switch v {
	case Exact:
		return "exact"
	case Superset:
		return "superset"
	case Unsupported:
	}
	return "unsupported"
}

// Param is one condition as the server is sent it: a parameter of the request and
// its value, unescaped. The server ANDs the conditions of a request.
type Param struct {
	Name  string
	Value string
}

// String returns "name=value".
func (p Param) String() string { return p.Name + "=" + p.Value }

// Pushdown is what a dialect can do about one conjunct.
type Pushdown struct {
	Verdict       Verdict
	Unsatisfiable bool    // no row can satisfy the conjunct, so that nothing need be asked
	Params        []Param // what the server is sent
	Reason        string  // why it is not Exact; "" when it is
	Size          int     // how much of [Capabilities.Room] the Params take; not read where that is zero
}

// Dialect says what a server can be asked and in which words. Implementations
// are immutable and safe for concurrent use.
type Dialect interface {
	// Classify answers for every conjunct of a filter at once, in order, because
	// one conjunct's verdict may rest on the rest of the set. The conjuncts are
	// checked and in negation normal form. The contract, which plans rely on:
	// the rows that satisfy all Params include every row for which all
	// conjuncts are true, and a conjunct that is Exact is true for all of them.
	Classify(conjuncts []dsl.Node) []Pushdown
	// Independent reports whether a conjunct's verdict never rests on the others,
	// so that a planner that weighs alternatives need ask about it only once.
	Independent() bool
	// ID names the field that rows are told apart by, which is never null: an
	// integer, by which pages are ordered, or, where pages go by [PagingToken],
	// [PagingLink] or [PagingOffset], perhaps a string.
	ID() string
	// Sorts reports whether the server sorts by the field.
	Sorts(field *model.Field) bool
	// MaxPageSize is the largest page that the server gives.
	MaxPageSize() int
	// Project returns the parameters that make the server put the fields into
	// its rows; fields that it always returns need none.
	Project(fields []*model.Field) url.Values
	// Describe returns a page's request as a person reads it, unescaped.
	Describe(scan Scan, r paginate.Request) string
	// Deleted returns the parameters that select the deleted rows in place of
	// the others; false when the server keeps none.
	Deleted() (url.Values, bool)
}
