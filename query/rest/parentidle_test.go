package rest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// TestIdleParents: pages of parents, or of the rows of one, that bring nothing new under
// ever new names end the run, also if no parent has rows.
func TestIdleParents(t *testing.T) {
	t.Parallel()
	parent := func(nr int) map[string]any { return map[string]any{"nr": nr, "slug": "g" + strconv.Itoa(nr)} }
	turns := [][]any{{parent(1), parent(2)}, {parent(3), parent(4)}, {parent(1), parent(3)}}
	for name, test := range map[string]struct {
		parents func(at int) []any
		rows    func(at int) (rows []any, next any)
		most    int // requests
		empty   bool
	}{
		"empty pages of parents":           {func(int) []any { return []any{} }, nil, 100, true},
		"parents that come again":          {func(at int) []any { return turns[at%3] }, func(int) ([]any, any) { return []any{}, nil }, 1000, false},
		"empty pages of one parent's rows": {func(int) []any { return turns[0] }, func(at int) ([]any, any) { return []any{}, at + 1 }, 102, true},
	} {
		requests := 0
		client := handledClient(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests > 2*test.most {
				http.Error(w, "no end", http.StatusTeapot)
				return
			}
			at, _ := strconv.Atoi(r.URL.Query().Get("token"))
			page := map[string]any{"next": strconv.Itoa(at + 1)}
			if strings.HasSuffix(r.URL.Path, "/members") {
				rows, next := test.rows(at)
				page = map[string]any{"items": rows, "next": next}
			} else {
				page["items"] = test.parents(at)
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(page)
		}, transport.Options{Concurrency: 1, Retries: -1})
		src, err := rest.New(client, members(rest.Token, nil))
		if err != nil {
			t.Fatal(err)
		}
		idle := (*paginate.IdleError)(nil)
		if _, err = read(t, src, ""); !errors.As(err, &idle) || idle.Pages != paginate.MaxIdlePages || idle.Empty == idle.Pages != test.empty || requests > test.most {
			t.Errorf("%s: %d requests, %v", name, requests, err)
		}
	}
}

// TestParentLimits: requests for pages of parents, and for parents without rows, count as
// others do. A run that they end resumes behind them.
func TestParentLimits(t *testing.T) {
	t.Parallel()
	for most := int64(1); most < 40; most++ {
		c, want := newClubs()
		src := c.at(t, members(rest.Token, nil))
		rows, err := query.Run(t.Context(), src, "", query.MaxRequests(most))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		var left *query.Checkpoint
		for batch, failed := range rows.Resumable() {
			if err = failed; err == nil {
				got, left = append(got, memberRows(t, src, batch.Rows)...), batch.Left
			}
		}
		whole := errors.Is(err, query.ErrLimit)
		if n := int64(len(c.asked)); n != rows.Stats().Requests || n > most || whole && n != most || err != nil && !whole {
			t.Errorf("at most %d requests: %d, %d in the statistics, %v", most, n, rows.Stats().Requests, err)
		}
		if err != nil {
			later, err := query.Resume(t.Context(), src, stored(t, src, left))
			if err != nil {
				t.Fatal(err)
			}
			for row, err := range later.All() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, memberRows(t, src, []model.DynamicRow{row})...)
			}
		}
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("at most %d requests, then resumed: %s", most, cmp.Diff(want, got))
		}
	}
}

// TestParentsAlike: a page may name a parent twice, apart, if the field does not identify
// parents; its rows are read once.
func TestParentsAlike(t *testing.T) {
	t.Parallel()
	c, want := newClubs()
	c.groups, c.page = append(c.groups, c.groups[0], c.groups[1], c.groups[0]), len(c.groups)+3
	got, err := read(t, c.at(t, members(rest.Token, func(d *rest.Definition) { d.Parent.Definition.Paging.Max = c.page })), "")
	if slices.Sort(want); err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), want) || len(c.asked) > 20 {
		t.Errorf("%d requests, %v: %s", len(c.asked), err, cmp.Diff(want, got))
	}
}

// TestParentSays: what the pages of parents say is not said of the pages of rows: that
// these lack the rows is an error, and that they lack the next a warning.
func TestParentSays(t *testing.T) {
	t.Parallel()
	c, _ := newClubs()
	noRows := (*rest.NoRowsError)(nil)
	if _, err := read(t, c.at(t, members(rest.Token, func(d *rest.Definition) { d.Layout.Rows = "rows" })), ""); !errors.As(err, &noRows) {
		t.Errorf("got %v", err)
	}
	src := c.at(t, members(rest.Token, func(d *rest.Definition) { d.Layout.Next = "nxet" }))
	rows, err := query.Run(t.Context(), src, "", query.PageSize(3))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	if w := rows.Stats().Warnings; len(w) != 1 || !strings.Contains(w[0], "nxet") {
		t.Errorf("warnings %q", w)
	}
}
