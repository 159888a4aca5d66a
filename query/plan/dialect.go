package plan

import (
	"context"
	"net/url"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// Resource describes a source to the planner: the schema of its rows and what its
// server can answer. It uses no network, so a plan can be explained without a server.
// Implementations are immutable and safe for concurrent use.
type Resource interface {
	// Schema describes the rows.
	Schema() *model.Schema
	// Dialect classifies filters for the server.
	Dialect() Dialect
	// Capabilities describe the server apart from its filters.
	Capabilities() Capabilities
}

// Capabilities describe what a source can do besides answering filters. A source that
// wraps another one forwards this value. The zero Capabilities describe a server that
// pages by the key in both directions and accepts request lines of 8 KiB. It does not
// count and states no rate limit.
type Capabilities struct {
	// Paging is how one page follows another.
	Paging Paging
	// PageParameter is the request parameter that names the page, for errors; "" = none,
	// or unknown.
	PageParameter string
	// IdlePages is how many pages in a row may bring no new row before a run fails, if
	// pages follow one another; 0 = [paginate.MaxIdlePages].
	IdlePages int
	// SortsBy reports whether the server can sort by the keys. The last key is the
	// source's own and breaks ties. nil = if [Dialect.Sorts] is true for each field.
	SortsBy func(keys []OrderKey) bool
	// Room is how much one request can hold; zero = a request line of 8 KiB.
	Room Room
	// RateLimit returns the limits that are known now; nil = none. Without a limit, a
	// fetch uses idle workers for speculative requests. With one, it uses no more
	// workers than the limit can keep busy.
	RateLimit func() paginate.RateLimit
	// Count returns how many rows a scan's pushed filter and ids select. It sends one
	// request, or none and returns [ErrUncounted]. nil = the server does not count.
	Count func(ctx context.Context, scan Scan) (int64, error)
	// Spills reports whether a sort can write rows to a temporary file, which bounds
	// its memory.
	Spills bool
	// Identity identifies the source under names for people, such as "server". An
	// export resumes only from a checkpoint of a source with an equal Identity.
	Identity map[string]string
}

// Room is how much one request can hold.
type Room struct {
	Size   int    // bound on the sum of [Pushdown.Size] over one request
	Reason string // why a request cannot hold more: "the body would exceed 1 MiB"
}

// Dialect translates conditions for a server. Implementations are immutable and safe
// for concurrent use.
type Dialect interface {
	// Classify answers for all conjuncts of a filter, in order. It gets them together
	// because the verdict on one may depend on the others. The conjuncts are checked
	// and in negation normal form.
	//
	// Plans rely on this contract: the rows that satisfy all Params include every row
	// for which all conjuncts are true, and an Exact conjunct is true for all of them.
	Classify(conjuncts []dsl.Node) []Pushdown
	// Independent reports whether no verdict depends on the other conjuncts. The
	// planner then classifies each conjunct once, not once for each alternative.
	Independent() bool
	// ID names the field that identifies rows. It is never null. It is an integer by
	// which pages are ordered or, with [PagingToken], [PagingLink] or [PagingOffset],
	// possibly a string.
	ID() string
	// Sorts reports whether the server sorts by the field.
	Sorts(field *model.Field) bool
	// MaxPageSize returns the most rows that one page can have.
	MaxPageSize() int
	// Project returns the parameters that make the server include the fields in its
	// rows. Fields that it always returns need none.
	Project(fields []*model.Field) url.Values
	// Describe returns the request for a page, unescaped, for people.
	Describe(scan Scan, r paginate.Request) string
	// Deleted returns the parameters that select the deleted rows instead of the
	// others; false if the server keeps none.
	Deleted() (url.Values, bool)
}
