package shelf_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/shelf"
	"github.com/muster-go/muster/query/rest/shelf/shelftest"
	"github.com/muster-go/muster/transport"
)

// source is a listing of dynamic rows.
type source = rest.Source[model.DynamicRow]

// world is an API's server with the definition, and with one that sends no condition and no
// order, so that all of a query is worked out here.
type world struct {
	api         shelftest.API
	listing     *source
	plain       *source
	rows        []*model.DynamicRow // all
	unconnected *source             // for planning
}

// newWorld starts the server and reads its rows.
func newWorld(t *testing.T, api shelftest.API) *world {
	t.Helper()
	d, err := shelf.Read(api.Name)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = d.Set(api.Set); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New())
	t.Cleanup(server.Close)
	w := &world{api: api}
	if w.unconnected, err = rest.New(nil, d); err != nil {
		t.Fatal(err)
	}
	w.listing = connect(t, server.URL, api.Token, d)
	w.plain = connect(t, server.URL, api.Token, plain(d))
	if w.rows = run(t, w.plain, "", query.Select("*")); len(w.rows) != api.Rows {
		t.Fatalf("%d rows are read, and the listing has %d", len(w.rows), api.Rows)
	}
	return w
}

// connect returns the listing of a definition on a server.
func connect(t *testing.T, url, token string, d rest.Definition) *source {
	t.Helper()
	d.Limits = rest.Limits{}
	o := transport.Options{BaseURL: url, Rate: -1, Backoff: time.Millisecond}
	if token != "" {
		o.Token = transport.StaticToken(token)
	}
	client, err := transport.New(d.Client(o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// plain returns the definition without all that it says of conditions and orders.
func plain(d rest.Definition) rest.Definition {
	d.Fields = slices.Clone(d.Fields)
	for i := range d.Fields {
		f := &d.Fields[i]
		f.Params, f.Values = nil, nil
		positioned := d.Paging.Order.Behind != "" && f.Name == d.Layout.ID // its pages need an order
		if d.Paging.Style != rest.Forward && !positioned {
			f.Sort = false
		}
		if d.Expression != nil {
			f.Ops = map[expression.Op]expression.Operator{}
		}
	}
	return d
}

// run returns the rows of a query.
func run(t *testing.T, src *source, filter string, opts ...query.Option) (rows []*model.DynamicRow) {
	t.Helper()
	all, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	for row, err := range all.All() {
		if err != nil {
			t.Fatalf("%s: %v", filter, err)
		}
		rows = append(rows, &row)
	}
	if n := all.Stats().Repeated; n > 0 { // such as a page that begins a row too early
		t.Errorf("%s: %d rows came twice", filter, n)
	}
	return rows
}

// matching returns the rows for which a filter is true, worked out here.
func (w *world) matching(t *testing.T, filter string) (rows []*model.DynamicRow) {
	t.Helper()
	f, err := dsl.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := dsl.Check(f, w.listing.Schema())
	if err != nil {
		t.Fatal(err)
	}
	holds, err := dsl.Compile(checked.Root, w.listing.Schema())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range w.rows {
		if holds.Match(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// texts writes rows as JSON; of no order, they are sorted.
func texts(t *testing.T, rows []*model.DynamicRow, ordered bool, varies ...string) []string {
	t.Helper()
	out := make([]string, len(rows))
	for i, row := range rows {
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		if len(varies) > 0 {
			var members map[string]any
			if err := json.Unmarshal(text, &members); err != nil {
				t.Fatal(err)
			}
			maps.DeleteFunc(members, func(name string, _ any) bool { return slices.Contains(varies, name) })
			if text, err = json.Marshal(members); err != nil {
				t.Fatal(err)
			}
		}
		out[i] = string(text)
	}
	if !ordered {
		slices.Sort(out)
	}
	return out
}

// verdicts says what a plan sends: a word for each condition in the order of the plan.
func verdicts(p *plan.Plan) string {
	if p.Empty != "" {
		return "never"
	}
	if len(p.Scans) > 1 {
		return "apart"
	}
	var words []string
	for _, c := range p.Scans[0].Conjuncts {
		word := c.Verdict.String()
		if c.Verdict == plan.Unsupported {
			word = "residual"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// sortedBy says where a plan sorts.
func sortedBy(p *plan.Plan) string {
	switch {
	case len(p.Order) == 0:
		return ""
	case p.Sort == plan.SortServer:
		return "server"
	}
	return "local"
}

// options are those of a case.
func options(c shelftest.Case) (opts []query.Option) {
	if c.Sort != "" {
		opts = append(opts, query.OrderBy(c.Sort))
	}
	if len(c.Select) > 0 {
		opts = append(opts, query.Select(c.Select...))
	}
	return opts
}

// TestAPIs: each query of each API has the same rows as one that is worked out here, and
// the server is asked as much as the case says.
func TestAPIs(t *testing.T) {
	t.Parallel()
	for _, api := range shelftest.APIs() {
		t.Run(api.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, api)
			for _, c := range api.Cases {
				w.try(t, c)
			}
		})
	}
}

// try runs one case.
func (w *world) try(t *testing.T, c shelftest.Case) {
	t.Helper()
	name := fmt.Sprintf("%s sorted by %q", c.Filter, c.Sort)
	opts := options(c)
	p, err := query.Prepare(w.unconnected, c.Filter, opts...)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if got := verdicts(p); got != c.Pushed {
		t.Errorf("%s: pushed %q, want %q\n%v", name, got, c.Pushed, p)
	}
	if got := sortedBy(p); got != c.Sorted {
		t.Errorf("%s: sorted by %q, want %q\n%v", name, got, c.Sorted, p)
	}
	if c.Rows > 0 {
		if got := run(t, w.listing, c.Filter, opts...); len(got) != c.Rows {
			t.Errorf("%s: %d rows, want %d\n%v", name, len(got), c.Rows, p)
		}
		return
	}
	ordered := c.Sort != ""
	got, want := texts(t, run(t, w.listing, c.Filter, opts...), ordered, w.api.Varies...), texts(t, run(t, w.plain, c.Filter, opts...), ordered, w.api.Varies...)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d rows, want %d\n%.2000q\n%.2000q\n%v", name, len(got), len(want), got, want, p)
	}
	if count := len(w.matching(t, c.Filter)); count != len(want) {
		t.Errorf("%s: %d rows without conditions, want %d", name, len(want), count)
	}
}
