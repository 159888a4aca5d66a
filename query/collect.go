package query

import (
	"context"
	"fmt"
	"slices"

	"github.com/muster-go/muster/model/display"
)

// Collect returns all rows of the answer, in memory. Its errors are those of [Run] and of
// a run; with an error it returns no rows.
func Collect[T any, F Text](ctx context.Context, src Source[T], filter F, opts ...Option) ([]T, error) {
	rows, err := Run(ctx, src, filter, opts...)
	if err != nil {
		return nil, err
	}
	return rows.collect()
}

// collect returns the rows of the run.
func (r *Rows[T]) collect() ([]T, error) {
	var out []T
	for batch, err := range r.batches(0) {
		if err != nil {
			return nil, err
		}
		out = append(out, batch...)
	}
	return out, nil
}

// First returns the first row of the answer and ends the fetch. Use [OrderBy] to say
// which row is the first; otherwise it is the one that comes first. It overrides [Limit].
// If no row satisfies the filter, the error is a [RowCountError]; other errors are those
// of [Run] and of a run.
func First[T any, F Text](ctx context.Context, src Source[T], filter F, opts ...Option) (T, error) {
	return leading(ctx, src, filter, opts, 1)
}

// One returns the only row of the answer. If there is none, or more than one, the error
// is a [RowCountError]; other errors are those of [Run] and of a run. It overrides
// [Limit], and ends the fetch when it has two rows.
func One[T any, F Text](ctx context.Context, src Source[T], filter F, opts ...Option) (T, error) {
	return leading(ctx, src, filter, opts, 2)
}

// leading returns the one row among the first n of the answer.
func leading[T any, F Text](ctx context.Context, src Source[T], filter F, opts []Option, n int64) (row T, err error) {
	rows, err := Run(ctx, src, filter, append(slices.Clip(opts), Limit(n))...)
	if err != nil {
		return row, err
	}
	found, err := rows.collect()
	switch {
	case err != nil:
		return row, err
	case len(found) != 1:
		return row, &RowCountError{Resource: src.Schema().Name(), Filter: rows.Plan().Source, Several: len(found) > 1}
	}
	return found[0], nil
}

// RowCountError reports that [First] or [One] found no row, or that One found several.
type RowCountError struct {
	Resource string
	Filter   string // as it was given
	Several  bool   // more than one row; otherwise none
}

// Error returns one line, with at most the beginning of the filter.
func (e *RowCountError) Error() string {
	what := "no row of " + e.Resource
	if e.Several {
		what = "more than one row of " + e.Resource
	}
	if e.Filter == "" {
		return what + ": want one"
	}
	return fmt.Sprintf("%s satisfies %s: want one", what, display.Cut(display.Clean(e.Filter), 200))
}

// Is reports whether target is the sentinel of the count: [ErrNoRow] or [ErrSeveralRows].
func (e *RowCountError) Is(target error) bool {
	if e.Several {
		return target == ErrSeveralRows
	}
	return target == ErrNoRow
}
