package paginate

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// MaxPageSize is the largest page size of a [Scan], and its default.
const MaxPageSize = 1000

// Bounds is a half-open range of ids, [Lo, Hi); the zero Bounds holds every id. See
// [idset.Range].
type Bounds = idset.Range

// Request asks a source for one page: of a [Scan] by a range of ids, of a [TokenScan]
// by a token.
type Request struct {
	Descending bool  // by id from high to low; otherwise from low to high
	From       int64 // near end, inclusive; 0 = open
	Until      int64 // far end: ascending, ids < Until; descending, ids >= Until; 0 = open
	Limit      int   // rows at most, 1 or more
	Count      bool  // ask for the count of the scan's rows too

	Token string // of a [TokenScan]: the name of the page; "" = the first page
	Whole bool   // of a [TokenScan]: no limit ends the run, so that a source may refuse at once what it cannot give wholly
	Later bool   // an earlier page of the same query was answered, perhaps before a resume; a run does not set it
}

// requestOf converts what the machine asks for.
func requestOf(r machine.Request) Request {
	ids := r.IDs.Open()
	out := Request{Descending: r.Descending, From: ids.Lo, Until: ids.Hi, Limit: r.Limit, Count: r.Count}
	if r.Descending {
		out.From, out.Until = max(ids.Hi-1, 0), ids.Lo
	}
	return out
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
	HasMore bool  // whether rows of the request's ids follow; a short page alone does not tell
	Next    int64 // the id where the next page starts, inclusive; 0 = not given
	Count   int64 // rows of the whole scan, if asked for or told unasked; -1 = not known
	Retries int   // further attempts that the source made for this page, for statistics
	Mended  int   // characters of it that were not UTF-8 and became U+FFFD, for statistics

	NextToken string // of a [TokenScan]: the name of the next page; "" = this is the last
	Guessed   bool   // of a [TokenScan]: the page does not say that the next one exists

	// Release takes the memory of Rows back for later pages; nil = the source does not take
	// it back. It may be called once, by any goroutine, when nobody uses the rows or what
	// they refer to. Nobody has to call it.
	Release func()

	// Missing names what the source's pages should say and this one does not, such as
	// "next (the member meta.next)". The last page of a listing may well lack it.
	Missing []string
}

// Fetch asks a source for one page. Several goroutines call it at once. It must return
// soon after ctx is done. It makes all retries itself: an error ends the run.
type Fetch[T any] func(ctx context.Context, r Request) (*Page[T], error)

// Batch is rows of a scan and what is left of the scan once they are safe.
type Batch[T any] struct {
	Rows     []T // belong to the receiver; none if ids were found to have no rows
	Left     Checkpoint
	Repeated int // of a [TokenScan]: rows of the page that came before, and were dropped

	// Release is that of the rows' page; nil if other batches have rows of the page, too.
	Release func()
}
