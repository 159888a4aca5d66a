package paginate

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/paginate/idset"
)

// MaxPageSize is the largest page the API gives, and the default of
// [Scan.PageSize].
const MaxPageSize = 1000

// open is the upper bound of an id space without one: ids lie below it.
const open = idset.End

// Request asks a source for one page of a scan, in order of id.
//
// The near end is what the API calls cursor_start, documented as inclusive; the
// far end is for a filter on the id (`id{lt:Until}` ascending, `id{gteq:Until}`
// descending), because cursor_end means the page before.
type Request struct {
	Descending bool  // from high ids to low: sort=-id instead of sort=id
	From       int64 // near end, inclusive; 0 = open
	Until      int64 // far end: ascending, ids < Until; descending, ids >= Until; 0 = open
	Limit      int   // rows at most, 1..MaxPageSize
	Count      bool  // ask for the count of the scan's rows too

	Token string // where [Follow] goes on: what the page before named as the next; "" = the first page
}

// Window returns the ids that the request asks for.
func (r Request) Window() Bounds {
	if !r.Descending {
		return Bounds{Lo: r.From, Hi: r.Until}
	}
	if r.From == 0 {
		return Bounds{Lo: r.Until}
	}
	return Bounds{Lo: r.Until, Hi: r.From + 1}
}

// String describes the request in one line, for errors and logs.
func (r Request) String() string {
	way := "ascending"
	if r.Descending {
		way = "descending"
	}
	return fmt.Sprintf("%d rows %s of %v", r.Limit, way, r.Window())
}

// Page is a source's answer to a [Request].
type Page[T any] struct {
	Rows    []T   // in the order asked for; the run owns them from here on
	HasMore bool  // whether rows of the request's window follow; a short page alone says nothing
	Next    int64 // where the next page starts, inclusive (meta.cursor_start); 0 = not given
	Count   int64 // rows of the whole scan, when asked for; -1 = not known
	Retries int   // further attempts that the source made for this page, for statistics

	NextToken string // for [Follow]: what names the next page; "" = this is the last
}

// Fetch asks a source for one page. It is called from several goroutines at
// once, must return soon after ctx is done, and owns every retry: an error ends
// the run.
type Fetch[T any] func(ctx context.Context, r Request) (*Page[T], error)

// Bounds is a half-open range of ids; the zero Bounds holds every id.
type Bounds = idset.Range
