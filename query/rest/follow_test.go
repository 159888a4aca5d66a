package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
)

// followed are the styles whose pages follow one another.
func followed() []rest.Style {
	return []rest.Style{rest.After, rest.Token, rest.Offset, rest.Link}
}

// TestGoingOn: a run over pages that follow one another goes on from the checkpoint of
// any batch, which went through JSON: the rows are those of a run that was left alone,
// in its order, and no page is asked for that was settled.
func TestGoingOn(t *testing.T) {
	for _, style := range followed() {
		server, src := shop(t, orderstest.Options{Style: string(style), Orders: 90}, orders(style))
		for _, test := range []struct {
			filter, order string
			limit         int64
		}{
			{"", "", 0},
			{"", "", 37},
			{"", "-id", 0},
			{"total > 100", "-total", 0},
			{"note contains 'g'", "", 0},
			{"note contains 'g'", "total", 9},
		} {
			plan, err := query.Prepare(src, test.filter, query.OrderBy(test.order), query.Limit(test.limit), query.PageSize(10))
			if err != nil {
				t.Fatal(err)
			}
			whole, checkpoints := walked(t, src, plan, nil)
			for i, left := range checkpoints {
				before := server.Requests()
				later, _ := walked(t, src, plan, left)
				asked := server.Requests() - before
				if got := slices.Concat(whole[:left.Rows], later); !slices.Equal(got, whole) {
					t.Errorf("%s, %+v, behind %d rows: %v, want %v", style, test, left.Rows, got, whole)
				}
				if pages := len(checkpoints) - 1 - i; asked > pages {
					t.Errorf("%s, %+v, behind %d rows: %d requests for %d pages", style, test, left.Rows, asked, pages)
				}
			}
		}
	}
}

// walked returns the ids of a run, which goes on where from says, and the checkpoint of
// each of its batches.
func walked(t *testing.T, src *rest.Source[model.DynamicRow], plan *query.Plan, from *query.Checkpoint) (ids []int64, left []*query.Checkpoint) {
	t.Helper()
	rows, err := query.RunPlan(t.Context(), src, plan)
	if from != nil {
		if from.Done() {
			return nil, nil
		}
		rows, err = query.Resume(t.Context(), src, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range rows.Resumable() {
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range batch.Rows {
			ids = append(ids, row.ID)
		}
		left = append(left, stored(t, src, batch.Left))
	}
	return ids, left
}

// stored is the checkpoint after it was kept as JSON.
func stored(t *testing.T, src *rest.Source[model.DynamicRow], c *query.Checkpoint) *query.Checkpoint {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := query.ReadCheckpoint(src, text)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestGoingOnAmongBirths: rows that were born before the place where a run over offsets
// was broken off bring no row a second time.
func TestGoingOnAmongBirths(t *testing.T) {
	server, src := shop(t, orderstest.Options{Style: "offset", Orders: 60}, orders(rest.Offset))
	plan, err := query.Prepare(src, "", query.PageSize(10))
	if err != nil {
		t.Fatal(err)
	}
	all := server.Orders
	server.Orders = slices.Clone(all[25:])
	whole, checkpoints := walked(t, src, plan, nil)
	left := checkpoints[2] // thirty rows
	server.Orders = all
	later, _ := walked(t, src, plan, left)
	if got := slices.Concat(whole[:left.Rows], later); !slices.Equal(got, whole) {
		t.Errorf("%v, want %v", got, whole)
	}
}

// TestIgnoredParameter: a server that ignores what names a page is found out by its
// rows, and the error says which parameter.
func TestIgnoredParameter(t *testing.T) {
	for style, spell := range map[rest.Style]func(*rest.Definition) *string{
		rest.Offset: func(d *rest.Definition) *string { return &d.Paging.Skip },
		rest.After:  func(d *rest.Definition) *string { return &d.Paging.After },
		rest.Token:  func(d *rest.Definition) *string { return &d.Paging.Token },
	} {
		d := orders(style)
		*spell(&d) = "ignored"
		server, src := shop(t, orderstest.Options{Style: string(style)}, d)
		honest := server.Config.Handler
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			q.Del("ignored")
			r.URL.RawQuery = q.Encode()
			honest.ServeHTTP(w, r)
		})
		rows, err := query.Run(t.Context(), src, "", query.PageSize(10))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err = range rows.All() {
			n++
		}
		if n != 11 || !errors.Is(err, paginate.ErrProtocol) || !strings.Contains(err.Error(), "seems to ignore the parameter `ignored`") || server.Requests() > 3 {
			t.Errorf("%s: %d rows, %v after %d requests", style, n-1, err, server.Requests())
		}
	}
}

// TestRefusedNext: a page that the one before it named and that the server refuses is
// told apart from a request that is wrong in itself.
func TestRefusedNext(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusForbidden} {
		server, src := shop(t, orderstest.Options{Style: "token"}, orders(rest.Token))
		refusing := server.Config.Handler
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("page") != "" || r.URL.Query().Has("id") {
				http.Error(w, "no", status)
				return
			}
			refusing.ServeHTTP(w, r)
		})
		for _, test := range []struct {
			filter string
			want   bool
		}{{"", status != http.StatusForbidden}, {"id = 5", false}} {
			err := failure(t.Context(), src, test.filter)
			var next *rest.NextPageError
			if errors.As(err, &next) != test.want || err == nil {
				t.Errorf("%d, %q: %v", status, test.filter, err)
			}
		}
	}
}

// failure is the error that ends a run.
func failure(ctx context.Context, src *rest.Source[model.DynamicRow], filter string) error {
	rows, err := query.Run(ctx, src, filter)
	if err != nil {
		return err
	}
	for _, err = range rows.All() {
		if err != nil {
			return err
		}
	}
	return nil
}
