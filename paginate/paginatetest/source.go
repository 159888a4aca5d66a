package paginatetest

import (
	"context"
	"slices"
	"sync"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// Source is a list of ids in memory that answers requests as a server does. Its rows are
// the ids. The zero Source is empty. Its methods are safe for concurrent use; set its
// fields before the first request.
type Source struct {
	// Cursors makes an answer with more to follow carry the next page's first id.
	Cursors bool
	// Answer, if set, gets each answer before it leaves, and may change it or fail the
	// request: a test makes a source lie this way.
	Answer func(ctx context.Context, r paginate.Request, p *paginate.Page[int64]) error
	// Short, if set, returns how many rows an answer may have at most. A page that it
	// empties has a cursor, whatever Cursors says, and one row after all if that cursor
	// would repeat the request's own.
	Short func(r paginate.Request) int

	mu       sync.Mutex
	ids      []int64
	requests []paginate.Request
}

// NewSource returns a source of the ids, which need not be in order.
func NewSource(ids ...int64) *Source {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return &Source{ids: slices.Compact(ids)}
}

// ID is the ID function of a scan over a Source.
func ID(row *int64) int64 { return *row }

// Scan returns a scan of s with defaults everywhere else.
func (s *Source) Scan() paginate.Scan[int64] {
	return paginate.Scan[int64]{Fetch: s.Fetch, ID: ID}
}

// Insert adds an id.
func (s *Source) Insert(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := slices.BinarySearch(s.ids, id); !found {
		s.ids = slices.Insert(s.ids, i, id)
	}
}

// Delete removes an id.
func (s *Source) Delete(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := slices.BinarySearch(s.ids, id); found {
		s.ids = slices.Delete(s.ids, i, i+1)
	}
}

// Requests returns the requests so far, in order of arrival.
func (s *Source) Requests() []paginate.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Fetch answers a request; it is a [paginate.Fetch].
func (s *Source) Fetch(ctx context.Context, r paginate.Request) (*paginate.Page[int64], error) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	limit := r.Limit
	if s.Short != nil {
		limit = max(min(limit, s.Short(r)), 0)
	}
	asked := machine.Request{IDs: r.Window().Explicit(), Descending: r.Descending, Limit: r.Limit, Count: r.Count}
	a := answer(s.ids, asked, limit)
	if len(a.IDs) == 0 && a.HasMore && a.Next == nearest(r) {
		a = answer(s.ids, asked, 1)
	}
	page := &paginate.Page[int64]{Rows: slices.Clone(a.IDs), HasMore: a.HasMore, Count: a.Count}
	if s.Cursors || len(a.IDs) == 0 {
		page.Next = a.Next
	}
	s.mu.Unlock()
	if s.Answer != nil {
		if err := s.Answer(ctx, r, page); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// nearest returns the first id that r allows; 0 if it descends from the open end.
func nearest(r paginate.Request) int64 {
	if r.Descending {
		return r.From
	}
	return max(r.From, 1)
}

// answer returns the page of ascending ids that r asks for, of limit rows at most.
func answer(ids []int64, r machine.Request, limit int) machine.Answer {
	a := machine.Answer{Count: -1}
	if r.Count {
		a.Count = int64(len(ids))
	}
	from, _ := slices.BinarySearch(ids, r.IDs.Lo)
	until := len(ids)
	if r.IDs.Hi != idset.End { // an id that large is a fault that the run must see
		until, _ = slices.BinarySearch(ids, r.IDs.Hi)
	}
	in := ids[min(from, until):until]
	if a.HasMore = len(in) > limit; !a.HasMore {
		limit = len(in)
	}
	if !r.Descending {
		if a.HasMore {
			a.Next = in[limit]
		}
		a.IDs = in[:limit]
		return a
	}
	if a.HasMore {
		a.Next = in[len(in)-limit-1]
	}
	a.IDs = slices.Clone(in[len(in)-limit:])
	slices.Reverse(a.IDs)
	return a
}
