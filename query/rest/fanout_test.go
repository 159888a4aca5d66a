package rest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// equalities is a server that selects by one name at a time.
type equalities struct {
	equal func(a, b string) bool // how it compares texts
	moves bool                   // the first row has whatever name is asked for
	asked []string               // the names of first pages
}

func (s *equalities) answer(q url.Values) (status int, body any) {
	name, selects := strings.CutPrefix(q.Get("q"), "name=")
	if name = strings.Trim(name, "'"); q.Has("name") {
		name, selects = q.Get("name"), true
	}
	skip, _ := strconv.Atoi(q.Get("token"))
	if skip == 0 {
		s.asked = append(s.asked, name)
	}
	items := []any{}
	for i, text := range strings.Fields("ann Ann bob ANN Bob eve dan ann Eve bob ann Dan BOB ann") {
		if i == 0 && s.moves && selects {
			text = name
		}
		if !selects || s.equal(text, name) {
			items = append(items, map[string]any{"id": i + 1, "name": text})
		}
	}
	page := map[string]any{"items": items[skip:min(skip+2, len(items))]}
	if skip+2 < len(items) {
		page["next"] = strconv.Itoa(skip + 2)
	}
	return http.StatusOK, page
}

// TestFanOut: an `in` is a request for each value that the server tells apart, in any
// batches and after a resumption, and each row comes once. Without the rule one scan has
// the same rows.
func TestFanOut(t *testing.T) {
	t.Parallel()
	exactly := func(a, b string) bool { return a == b }
	named := func(c model.Collation, superset bool) rest.Definition {
		return things(rest.Token, func(d *rest.Definition) {
			d.Paging.Max = 2
			d.Fields[1].Collation, d.Fields[1].Params = c, map[string]string{"eq": "name"}
			if superset {
				d.Fields[1].Values = map[string]rest.Value{"eq": {Superset: true}}
			}
		})
	}
	expressed := func(c model.Collation, fold expression.Fold) rest.Definition {
		return things(rest.Token, func(d *rest.Definition) {
			d.Paging.Max = 2
			d.Fields[1].Collation = c
			d.Expression = &expression.Dialect{
				Name: "equality", To: expression.Place{Param: "q"}, And: "{};{}", Quote: expression.Quote{By: "'"}, Text: expression.Text{Fold: fold},
				Ops: map[expression.Op]expression.Operator{expression.Equal: {Template: "{f}={v}"}},
			}
		})
	}
	for name, c := range map[string]struct {
		definition rest.Definition
		equal      func(a, b string) bool
		filter     string
		asked      string
	}{
		"exact":                           {named(model.Binary, false), exactly, "name = 'ann' or name = 'bob'", "ann bob"},
		"a value twice":                   {named(model.Binary, false), exactly, "name in ('ann', 'bob', 'ann')", "ann bob"},
		"equal under the collation":       {named(model.Case, false), strings.EqualFold, "name in ('ann', 'ANN', 'Bob', 'bob')", "ann Bob"},
		"the server's folding is open":    {named(model.Binary, true), strings.EqualFold, "name in ('ann', 'Ann', 'bob')", "ann Ann bob"},
		"an expression":                   {expressed(model.Binary, expression.FoldNone), exactly, "name in ('ann', 'Ann', 'bob')", "ann Ann bob"},
		"an expression that ignores case": {expressed(model.Binary, expression.FoldCase), strings.EqualFold, "name in ('ann', 'Ann', 'bob', 'BOB')", "Ann BOB"},
		"a row moves meanwhile":           {named(model.Binary, false), exactly, "name in ('ann', 'bob')", "ann bob"},
		"beside another condition":        {named(model.Binary, false), exactly, "name in ('ann', 'bob') and id > 2", "ann bob"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := func() (*rest.Source[model.DynamicRow], *equalities) {
				s := &equalities{equal: c.equal, moves: strings.Contains(name, "moves")}
				src, _ := served(t, c.definition, s.answer)
				return src, s
			}
			src, s := server()
			want, _ := fanned(t, src, c.filter, 0, query.Without("fan-out"))
			if len(want) == 0 || !slices.Equal(s.asked, []string{""}) {
				t.Fatalf("without the rule: rows %v, asked for %q", want, s.asked)
			}
			done := false
			for stop := 0; !done; stop++ {
				src, s = server()
				got, left := fanned(t, src, c.filter, stop)
				if left != nil {
					got = append(got, theRest(t, src, left, got)...)
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("stopped after %d batches: %s", stop, cmp.Diff(want, got))
				}
				if done = left == nil && stop > 0; stop > 0 {
					continue
				}
				if diff := cmp.Diff(strings.Fields(c.asked), s.asked, sorted()); diff != "" {
					t.Errorf("asked for other values: %s", diff)
				}
			}
		})
	}
}

// sorted compares lists in any order.
func sorted() cmp.Option {
	return cmp.Transformer("sorted", func(all []string) []string { return slices.Sorted(slices.Values(all)) })
}

// fanned returns the ids of so many batches, or of all for 0, and where to resume.
func fanned(t *testing.T, src *rest.Source[model.DynamicRow], filter string, stop int, opts ...query.Option) (ids []int64, left *query.Checkpoint) {
	t.Helper()
	p, err := query.Prepare(src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Scans) == 1 && p.Scans[0].Conjuncts[0].Verdict != plan.Unsupported {
		t.Fatalf("one scan: %s", p)
	}
	rows, err := query.Run(t.Context(), src, filter, opts...)
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
		if stop--; stop == 0 && !batch.Left.Done() {
			return ids, batch.Left
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// theRest returns the ids of the rest of a run, from a stored checkpoint beside the rows
// that are had.
func theRest(t *testing.T, src *rest.Source[model.DynamicRow], left *query.Checkpoint, had []int64) (ids []int64) {
	t.Helper()
	from := stored(t, src, left)
	from.Kept = func(yield func(model.Value, error) bool) {
		for _, id := range had {
			if !yield(model.Int(id), nil) {
				return
			}
		}
	}
	rows, err := query.Resume(t.Context(), src, from)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(fmt.Errorf("resumed: %w", err))
		}
		ids = append(ids, row.ID)
	}
	return ids
}
