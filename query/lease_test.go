package query_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/sink"
)

// poisoned is a source of raw rows whose bytes are overwritten when their page is released.
type poisoned struct {
	*shipstream.RawUserSource

	released *atomic.Int64 // pages
}

func (p poisoned) Fetch(scan plan.Scan) paginate.Fetch[model.RawRow] {
	fetch := p.RawUserSource.Fetch(scan)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.RawRow], error) {
		page, err := fetch(ctx, r)
		if err != nil {
			return nil, err
		}
		rows, release := slices.Clone(page.Rows), page.Release
		page.Release = func() {
			for _, row := range rows {
				copy(row.JSON, strings.Repeat("x", len(row.JSON)))
			}
			p.released.Add(1)
			release()
		}
		return page, nil
	}
}

// TestLeasedPages: an export and a leased run give the rows that a library user gets to keep,
// although each page is overwritten when it is released. Rows that a merge holds back are
// not released.
func TestLeasedPages(t *testing.T) {
	t.Parallel()
	_, users := source(t, shipstreamtest.Options{Users: 400, IDs: shipstreamtest.Sparse}, shipstream.Capabilities{})
	for name, test := range map[string]struct {
		filter string
		opts   []query.Option
		kept   bool // no page is released
	}{
		"ranges":      {"", nil, false},
		"serial":      {"", []query.Option{query.Walk(plan.StrategySerial)}, false},
		"read ahead":  {"", []query.Option{query.OrderBy("-id"), query.Walk(plan.StrategyReadAhead)}, false},
		"limit":       {"is_active", []query.Option{query.Limit(70)}, false},
		"interleaved": {"", []query.Option{query.WithDeleted(query.DeletedInclude)}, false},
		"merged":      {"", []query.Option{query.WithDeleted(query.DeletedInclude), query.OrderBy("id")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := poisoned{users.Raw(), new(atomic.Int64)}
			opts := append([]query.Option{query.PageSize(30)}, test.opts...)
			want := lines(t, keptRows(t, src, test.filter, opts))
			if n := src.released.Load(); n > 0 || len(want) < 70 {
				t.Fatalf("%d rows; %d pages of rows that the user keeps were released", len(want), n)
			}
			var out bytes.Buffer
			format := sink.NDJSON("", sink.AppendJSON[model.RawRow])
			if _, err := query.Export(t.Context(), src, test.filter, query.Sink[model.RawRow](sink.NewStream(&out, format)), opts...); err != nil {
				t.Fatal(err)
			}
			checkLines(t, "export", lines(t, out.Bytes()), want, name == "limit")
			out.Reset()
			rows, err := query.Run(t.Context(), src, test.filter, opts...)
			if err != nil {
				t.Fatal(err)
			}
			to := sink.NewStream(&out, format)
			for batch, err := range rows.Leased() {
				if err != nil || to.Write(t.Context(), batch) != nil {
					t.Fatal(err)
				}
			}
			checkLines(t, "leased", lines(t, out.Bytes()), want, name == "limit")
			if n := src.released.Load(); (n == 0) != test.kept {
				t.Errorf("%d pages were released", n)
			}
		})
	}
}

// keptRows returns the rows as lines after the run has ended.
func keptRows(t *testing.T, src query.Source[model.RawRow], filter string, opts []query.Option) (text []byte) {
	t.Helper()
	rows, err := query.Collect(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		text = append(rows[i].AppendJSON(text), '\n')
	}
	return text
}

// lines returns the lines of a text in order; each must be an object.
func lines(t *testing.T, text []byte) []string {
	t.Helper()
	all := slices.Sorted(strings.Lines(string(text)))
	for _, line := range all {
		if !strings.HasPrefix(line, `{"`) || !strings.HasSuffix(line, "}\n") {
			t.Fatalf("a row is %q", line)
		}
	}
	return all
}

// checkLines compares rows; with a limit, which rows they are is open.
func checkLines(t *testing.T, what string, got, want []string, limited bool) {
	t.Helper()
	if limited && len(got) == len(want) || slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: %d rows, want %d, or other ones", what, len(got), len(want))
}
