package rest

import (
	"sync"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/transport"
)

// maxSpareRows is the most rows of an array that is kept for a later page.
const maxSpareRows = 10_000

// spareRows are arrays for the rows of pages, which consumers have given back. All their
// rows are zero, so that they keep nothing alive. It is safe for concurrent use.
type spareRows[T any] struct{ pool sync.Pool } // of *[]T

// take returns a spare array; nil if there is none.
func (s *spareRows[T]) take() []T {
	if rows, ok := s.pool.Get().(*[]T); ok {
		return *rows
	}
	return nil
}

// give takes the array of rows back.
func (s *spareRows[T]) give(rows []T) {
	rows = rows[:cap(rows)]
	clear(rows)
	if len(rows) > 0 && len(rows) <= maxSpareRows {
		s.pool.Put(&rows)
	}
}

// lease makes the memory of a page return when the page is released: the array of its rows,
// and the body if rows share it. A second release does nothing.
func (s *Source[T]) lease(page *paginate.Page[T], resp *transport.Response) {
	rows, spare := page.Rows, s.spare
	if !s.codec.Shares {
		resp = nil // released already
	}
	page.Release = sync.OnceFunc(func() {
		spare.give(rows)
		if resp != nil {
			resp.Release()
		}
	})
}
