package shipstream

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// form is what a page's rows are decoded into.
type form[T any] struct {
	decode func(body []byte, opts ...model.DecodeOption) (*model.Page[T], error)
	shares bool // the rows share the body's bytes
}

// fetch gets a page of a scan, decoded.
func fetch[T any](ctx context.Context, s *rest.Source, scan plan.Scan, r paginate.Request, rows form[T]) (*paginate.Page[T], error) {
	page, retries, err := list(ctx, s, s.PageQuery(scan, r), rows)
	if err != nil {
		return nil, s.Refused(scan, err, declared)
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

// list gets and decodes one page, which may have as many rows as q asks for.
func list[T any](ctx context.Context, s *rest.Source, q url.Values, rows form[T]) (page *model.Page[T], retries int, err error) {
	path := s.Definition().Path
	limit, _ := strconv.Atoi(q.Get("limit"))
	decode := func(body []byte) (*model.Page[T], error) { return rows.decode(body, model.MaxRows(limit)) }
	page, retries, err = ask(ctx, s.Client(), path, q, decode, !rows.shares)
	if err != nil && errors.As(err, new(*model.DecodeError)) {
		err = fmt.Errorf("%s: the answer is no page of %s: %w", path, s.Schema().Name(), err)
	}
	return page, retries, err
}

// ask gets and decodes one answer. A body that is no JSON is asked for once more:
// proxies cut and mangle bodies, and the transport only sees that they arrived.
func ask[A any](ctx context.Context, client *transport.Client, path string, q url.Values, decode func([]byte) (A, error), release bool) (answer A, retries int, err error) {
	if client == nil {
		return answer, 0, ErrNoClient
	}
	const tries = 2
	for try := 1; ; try++ {
		resp, err := client.Get(ctx, path, q)
		if err != nil {
			return answer, retries, err
		}
		retries += resp.Attempts - 1
		answer, err = decode(resp.Body)
		if release {
			resp.Release()
		}
		if err == nil || try == tries || !errors.Is(err, model.ErrMalformed) {
			return answer, retries, err
		}
		retries++
	}
}
