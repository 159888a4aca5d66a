package query

import (
	"net/url"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/internal/exec"
)

// Resource is what planning needs to know of a source: what its rows look like
// and what its server can be asked. It touches no network, so a plan can be
// explained without a server. Implementations are immutable and safe for
// concurrent use.
type Resource interface {
	// Schema describes the rows.
	Schema() *model.Schema
	// Dialect describes the server.
	Dialect() Dialect
}

// Source is a resource that rows of type T can be fetched from. Implementations
// are safe for concurrent use.
type Source[T any] interface {
	Resource
	// Fetch binds a scan of a plan to a function that gets its pages.
	Fetch(scan Scan) paginate.Fetch[T]
	// Workers returns how many requests may be in flight at this moment.
	Workers() int
	// Record reads a row as the filter language does.
	Record(row *T) model.Record
	// ID returns the key that pages are ordered by, 1 or more. It is of no account
	// where the dialect's key is a field of type string: rows are told apart by that
	// field then, as Record reads it.
	ID(row *T) int64
}

// Pacer is a source that knows how fast its server may be asked. Where no rate
// binds, the workers that would idle in a fetch's first round ask pages on
// speculation; where one does, each such page would cost one later, and no more
// workers are used than the rate can keep busy.
type Pacer interface {
	// Pace returns the limits as they are known now; the zero Pace is no limit.
	Pace() paginate.RateLimit
}

// Hider is a source that can take fields out of a row. A field that was fetched
// only for the residual or the sort is taken out before the row is delivered.
type Hider[T any] interface {
	Hide(row *T, fields []*model.Field)
}

// Spiller is a source whose rows can be put aside: a local sort that outgrows its
// memory then goes on in a temporary file. See [SortMemory].
type Spiller[T any] interface {
	// Spills reports whether they can be; planning asks.
	Spills() bool
	// NewSpill returns what puts aside the rows of one sort.
	NewSpill() Spill[T]
}

// Spill writes rows and reads them again. It is used by one goroutine at a time,
// and all rows are written before the first is read.
type Spill[T any] = exec.Spill[T]

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

// Pushdown is what a dialect can do about one conjunct.
type Pushdown struct {
	Verdict Verdict
	Never   bool     // no row can satisfy the conjunct, so that nothing need be asked
	Params  []string // values of the server's filter parameter, ANDed by it
	Reason  string   // why it is not Exact; "" when it is
	Size    int      // how much of a request the Params take, where the dialect is a [Measurer]
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

// Measurer is a dialect that measures its requests itself. Those of another are kept
// to a request line of 8 KiB, which is what servers of HTTP commonly take. Conditions
// that one request has no room for go in several, where they are lists of values, or
// are evaluated locally.
type Measurer interface {
	// Room returns how much one request can hold, as [Pushdown.Size] counts it, and
	// what is said of a request that would hold more, such as "the body would be
	// longer than 1 MiB".
	Room() (size int, reason string)
}
