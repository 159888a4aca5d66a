package querytest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// errCut interrupts a run.
var errCut = errors.New("the run is cut off here")

// cut is the source with a fetch that fails after some calls.
type cut[T any] struct {
	query.Source[T]

	left atomic.Int32
}

func (c *cut[T]) Fetch(scan plan.Scan) paginate.Fetch[T] {
	fetch := c.Source.Fetch(scan)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		if c.left.Add(-1) < 0 {
			return nil, errCut
		}
		return fetch(ctx, r)
	}
}

// resumption interrupts runs over all rows, after one page and after several, and resumes
// them from their checkpoints.
func (s *suite[T, K]) resumption() {
	size := max(min(len(s.ids)/8, s.src.Dialect().MaxPageSize()), 1)
	for _, pages := range []int32{1, 4} {
		source := &cut[T]{Source: s.src}
		source.left.Store(pages)
		got, left, err := s.interrupted(source, query.PageSize(size))
		if err != nil {
			s.faultf("resumption: %w", err)
			continue
		}
		if left == nil {
			continue // nothing came yet, so it would restart
		}
		rest, err := s.rest(left)
		if err != nil {
			s.faultf("resumption: %w", err)
			continue
		}
		if all := slices.Concat(got, rest); !slices.Equal(slices.Sorted(slices.Values(all)), s.ids) {
			s.faultf("exactly once: interrupted after %d pages of %d rows and resumed, %s", pages, size, difference(all, s.ids))
		}
	}
}

// interrupted returns the rows of a run that is interrupted, and its last checkpoint.
func (s *suite[T, K]) interrupted(source query.Source[T], opts ...query.Option) (ids []K, left []byte, err error) {
	rows, err := query.Run(s.ctx, source, "", opts...)
	if err != nil {
		return nil, nil, err
	}
	for batch, err := range rows.Resumable() {
		if errors.Is(err, errCut) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		for i := range batch.Rows {
			ids = append(ids, s.id(&batch.Rows[i]))
		}
		if left, err = json.Marshal(batch.Left); err != nil {
			return nil, nil, err
		}
	}
	return ids, left, nil
}

// rest returns the rows of a run that resumes.
func (s *suite[T, K]) rest(left []byte) (ids []K, err error) {
	checkpoint, err := query.ReadCheckpoint(s.src, left)
	if err != nil {
		return nil, err
	}
	rows, err := query.Resume(s.ctx, s.src, checkpoint)
	if err != nil {
		return nil, err
	}
	for row, err := range rows.All() {
		if err != nil {
			return nil, err
		}
		ids = append(ids, s.id(&row))
	}
	return ids, nil
}
