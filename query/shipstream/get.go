package shipstream

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// Get returns one row, with one request: the basic fields and those named, as with
// [query.Select]. If there is no such row, the error matches [transport.ErrNotFound]; if
// the server answers with another row or with two, [query.ErrAnswer]. An unknown name is a
// [*query.OptionError] and one that is never returned a [*query.PlanError], without a
// request.
func (l *Listing[T]) Get(ctx context.Context, id int64, fields ...string) (*T, error) {
	q, err := l.project(fields)
	if err != nil {
		return nil, err
	}
	q.Set("filter", "id:"+strconv.FormatInt(id, 10))
	rows, err := l.list(ctx, q, 2) // so that a second row is seen
	switch {
	case err != nil:
	case len(rows) == 0:
		err = fmt.Errorf("%s: %w", l.Definition().Path, transport.ErrNotFound)
	case len(rows) > 1:
		err = fmt.Errorf("%s: %w: it answered with two of that id", l.Definition().Path, query.ErrAnswer)
	default:
		return l.asked(id, &rows[0])
	}
	return nil, l.notGot(id, err)
}

// Get returns one user, with one request: the basic fields and those named, as with
// [query.Select]. A path brings the objects that it passes through: "roles.permissions"
// the roles with their permissions, "roles" their types and ids only. [User.Included] has
// these objects. If the user is not there, is deleted or of another kind than the
// source's, the error matches [transport.ErrNotFound]; if the server answers with another
// user, [query.ErrAnswer]. An unknown name is a [*query.OptionError] and one that is never
// returned a [*query.PlanError], without a request.
func (s *UserSource) Get(ctx context.Context, id int64, fields ...string) (*User, error) {
	q, err := s.project(fields)
	if err != nil {
		return nil, err
	}
	path := s.Definition().Path + "/" + strconv.FormatInt(id, 10)
	decode := func(resp *transport.Response) (*User, error) { return DecodeUser(resp.Body) }
	u, _, err := rest.Ask(ctx, s.Client(), transport.Request{Path: path, Query: q}, decode, false)
	if err != nil {
		return nil, s.notGot(id, err)
	}
	return s.asked(id, u)
}

// list returns the rows that the parameters select, at most limit.
func (l *Listing[T]) list(ctx context.Context, q url.Values, limit int) ([]T, error) {
	q.Set("limit", strconv.Itoa(limit))
	path := l.Definition().Path
	page, _, err := rest.Ask(ctx, l.Client(), transport.Request{Path: path, Query: q}, func(resp *transport.Response) (*paginate.Page[T], error) {
		return l.Decode(path, resp, paginate.Request{Limit: limit})
	}, false)
	if err != nil {
		return nil, err
	}
	return page.Rows, nil
}

// project returns the parameters that ask for the fields named, as for a listing.
func (l *Listing[T]) project(names []string) (url.Values, error) {
	plan, err := query.Prepare(l, "", query.Select(names...))
	if err != nil {
		return nil, err
	}
	return plan.Scans[0].Query, nil
}

// asked returns the row if it is the requested one.
func (l *Listing[T]) asked(id int64, row *T) (*T, error) {
	if got := l.ID(row); got != id {
		return nil, l.notGot(id, fmt.Errorf("%w: it answered with %s %d", query.ErrAnswer, l.row, got))
	}
	return row, nil
}

func (l *Listing[T]) notGot(id int64, err error) error {
	return fmt.Errorf("%s %d: %w", l.row, id, err)
}
