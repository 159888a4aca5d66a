package shipstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
)

// form is what a page's rows are decoded into.
type form[T any] struct {
	decode func(body []byte) (*model.Page[T], error)
	shares bool // the rows share the body's bytes
}

func users() form[model.User] { return form[model.User]{decode: model.DecodeUsers} }

// fetch gets a page of a scan, decoded.
func fetch[T any](ctx context.Context, s *UserSource, scan query.Scan, r paginate.Request, rows form[T]) (*paginate.Page[T], error) {
	page, retries, err := list(ctx, s, pageQuery(scan, r), rows)
	if err != nil {
		return nil, s.refused(scan, err)
	}
	out := &paginate.Page[T]{Rows: page.Rows, HasMore: page.HasMore, Count: -1, Retries: retries}
	if next, ok := page.Meta.CursorStart.Get(); ok {
		out.Next = next
	}
	if count, ok := page.Meta.Count.Get(); ok {
		out.Count = count
	}
	return out, nil
}

// list gets and decodes one page. A body that is no JSON is asked for once more:
// proxies cut and mangle bodies, and the transport only sees that they arrived.
func list[T any](ctx context.Context, s *UserSource, q url.Values, rows form[T]) (page *model.Page[T], retries int, err error) {
	if s.client == nil {
		return nil, 0, ErrNoClient
	}
	const tries = 2
	for try := range tries {
		resp, err := s.client.Get(ctx, s.dialect.path, q)
		if err != nil {
			return nil, retries, err
		}
		retries += resp.Attempts - 1
		page, err := rows.decode(resp.Body)
		if !rows.shares {
			resp.Release()
		}
		if err == nil {
			return page, retries, nil
		}
		if try == tries-1 || !errors.Is(err, model.ErrMalformed) {
			return nil, retries, fmt.Errorf("%s: the answer is no page of users: %w", s.dialect.path, err)
		}
		retries++
	}
	panic("unreachable: the last try returns")
}

// pageQuery adds to a scan's query what makes it one page. The near end of a
// page is cursor_start, which is documented as inclusive; the far end is a
// filter on the id, because cursor_end means the page before.
func pageQuery(scan query.Scan, r paginate.Request) url.Values {
	q := maps.Clone(scan.Query)
	q.Set("limit", strconv.Itoa(r.Limit))
	if r.Count {
		q.Set("count", "1")
	}
	if scan.Sort != "" {
		q.Set("sort", scan.Sort)
		return within(q, scan.IDs) // cursors need the sort to be by id
	}
	q.Set("sort", "id")
	far := "lt"
	if r.Descending {
		q.Set("sort", "-id")
		far = "gteq"
	}
	if r.From > 0 {
		q.Set("cursor_start", strconv.FormatInt(r.From, 10))
	}
	if r.Until > 0 {
		addIDFilter(q, far, r.Until)
	}
	return q
}

// within adds both ends of a range of ids as filters.
func within(q url.Values, ids paginate.Bounds) url.Values {
	if ids.Lo > 0 {
		addIDFilter(q, "gteq", ids.Lo)
	}
	if ids.Hi > 0 {
		addIDFilter(q, "lt", ids.Hi)
	}
	return q
}

// addIDFilter adds a condition on the id to a query whose lists belong to the
// scan and must not change.
func addIDFilter(q url.Values, op string, id int64) {
	q["filter"] = append(slices.Clip(q["filter"]), "id{"+op+":"+strconv.FormatInt(id, 10)+"}")
}
