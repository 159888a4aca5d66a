package query

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// Source is a resource that rows of type T can be fetched from. Implementations
// are safe for concurrent use.
type Source[T any] interface {
	Resource
	// Fetch binds a scan of a plan to a function that gets its pages.
	Fetch(scan plan.Scan) paginate.Fetch[T]
	// Workers returns how many requests may be in flight at this moment.
	Workers() int
	// Record reads a row as the filter language does.
	Record(row *T) model.Record
	// ID returns the key that pages are ordered by, 1 or more. It is not read where
	// the key is a field of type string: that field then identifies rows, as Record
	// reads it.
	ID(row *T) int64
	// Hide takes fields out of a row that were fetched only for the residual or the
	// sort. A source that cannot do so leaves the row as it is.
	Hide(row *T, fields []*model.Field)
	// NewSpill returns what puts aside the rows of one sort. It is called only where
	// [plan.Capabilities.Spills] is true, and may be nil otherwise.
	NewSpill() Spill[T]
}

// Spill writes rows and reads them again. It is used by one goroutine at a time,
// and all rows are written before the first is read.
type Spill[T any] = exec.Spill[T]
