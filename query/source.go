package query

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// Source is a resource with rows of type T. Implementations are safe for concurrent use.
type Source[T any] interface {
	Resource
	// Fetch returns the function that fetches the pages of a scan.
	Fetch(scan plan.Scan) paginate.Fetch[T]
	// Workers returns how many requests may be in flight now.
	Workers() int
	// Record returns a row as the filter language reads it.
	Record(row *T) model.Record
	// ID returns the key by which pages are ordered, 1 or more. It is ignored if the
	// key field is a string; then its value, which Record returns, identifies rows.
	ID(row *T) int64
	// Hide removes fields from a row that were fetched only for the residual or the
	// sort. A source that cannot do so leaves the row unchanged.
	Hide(row *T, fields []*model.Field)
	// NewSpill returns the encoding of the rows of one sort. It is called only if
	// [plan.Capabilities.Spills] is true; otherwise it may return nil.
	NewSpill() Spill[T]
}

// Spill encodes rows for the temporary file of a sort and decodes them. One goroutine
// at a time uses it, and all rows are written before the first is read.
type Spill[T any] = exec.Spill[T]

// Resource describes a source to the planner.
type Resource = plan.Resource
