package paginate

import (
	"context"
	"fmt"
	"iter"
)

// Follow reads a source whose pages name the page after them: by an opaque token,
// an offset or a link, which all are a [Request.Token] to it. Pages are asked for
// one after the other and delivered in the source's order; what each holds is the
// source's to answer for. limit ends the run after so many rows; 0 = none. A source
// that names a page a second time ends it with a [*RepeatedTokenError].
func Follow[T any](ctx context.Context, fetch Fetch[T], pageSize int, limit int64) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		seen := map[string]bool{}
		for r := (Request{Limit: pageSize}); ; {
			if limit > 0 {
				r.Limit = int(min(int64(pageSize), limit))
			}
			page, err := fetch(ctx, r)
			if err != nil {
				yield(nil, err)
				return
			}
			rows := page.Rows
			if limit > 0 && int64(len(rows)) >= limit {
				yield(rows[:limit], nil)
				return
			}
			limit -= min(limit, int64(len(rows)))
			if len(rows) > 0 && !yield(rows, nil) {
				return
			}
			if page.NextToken == "" {
				return
			}
			if seen[page.NextToken] {
				yield(nil, &RepeatedTokenError{Token: page.NextToken})
				return
			}
			seen[page.NextToken] = true
			r.Token = page.NextToken
		}
	}
}

// RepeatedTokenError is a source that named a page which it had named before, so
// that following it would never end. It is an [ErrProtocol].
type RepeatedTokenError struct{ Token string }

// Error returns one line.
func (e *RepeatedTokenError) Error() string {
	return fmt.Sprintf("the server names the page %.60q as the next for the second time", e.Token)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedTokenError) Is(target error) bool { return target == ErrProtocol }
