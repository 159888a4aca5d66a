package resource_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/export"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// resources are the users, typed and as a defined listing, on one client.
func resources(t *testing.T, o shipstreamtest.Options) map[string]resource.Resource {
	t.Helper()
	o.Rate, o.Concurrency = -1, -1
	server := shipstreamtest.NewServer(o)
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	users := resource.Users(shipstream.Users(nil, shipstream.AnyUser))
	listed, err := rest.New(nil, users.Definition())
	if err != nil {
		t.Fatal(err)
	}
	unbound := map[string]resource.Resource{"users": users, "listing": resource.Listing(listed)}
	for name, r := range unbound {
		if r.Client() != nil {
			t.Errorf("%s has a client before it is bound", name)
		}
		if unbound[name] = r.Bind(client); unbound[name].Client() != client {
			t.Errorf("%s is bound to another client", name)
		}
	}
	return unbound
}

// planned plans a filter, or ends the test.
func planned(t *testing.T, r resource.Resource, filter string, opts ...query.Option) *query.Plan {
	t.Helper()
	p, err := query.Prepare(r, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWrite: both resources print the same rows, in each format, whole or selected.
func TestWrite(t *testing.T) {
	t.Parallel()
	for name, r := range resources(t, shipstreamtest.Options{Users: 30}) {
		p := planned(t, r, "id <= 5", query.OrderBy("id"), query.Select("is_active", "id"))
		for format, want := range map[string]string{
			"csv": "id,is_active\n1,", "ndjson": `{"id":1,"is_active":`, "json": `[` + "\n" + `{"id":1,"is_active":`, "table": "id  is_active\n",
		} {
			rows, err := r.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := rows.Write(t.Context(), resource.Output{W: &out, Format: format}); err != nil || !strings.HasPrefix(strings.TrimLeft(out.String(), " "), want) {
				t.Errorf("%s as %s: %v\n%s", name, format, err, out.String())
			}
			if rows.Plan() != p || rows.Stats().Rows != 5 || rows.Analyze().Plan != p {
				t.Errorf("%s: %+v", name, rows.Stats())
			}
		}
		n, err := r.Count(t.Context(), p)
		if n != 5 || err != nil {
			t.Errorf("%s counts %d, %v", name, n, err)
		}
		if len(r.Definition().Fields) == 0 {
			t.Errorf("%s has no definition", name)
		}
	}
}

// TestColumns: without a selection the basic fields; with one, the key and then its fields
// in their order, the key once.
func TestColumns(t *testing.T) {
	t.Parallel()
	users := resource.Users(shipstream.Users(nil, shipstream.AnyUser))
	for selected, want := range map[string]string{
		"":             "id type name email username is_active",
		"name":         "id name",
		"name,id":      "id name",
		"roles.name":   "id roles.name",
		"email,name":   "id email name",
		"*,roles.name": "",
	} {
		var opts []query.Option
		if selected != "" {
			opts = append(opts, query.Select(strings.Split(selected, ",")...))
		}
		var names []string
		for _, f := range resource.Columns(users, planned(t, users, "", opts...)) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); want != "" && got != want || want == "" && (names[0] != "id" || strings.Count(got, "id ") > 1) {
			t.Errorf("%q: %s, want %s", selected, got, want)
		}
	}
}

// TestRecords: records are read by field, and an error ends them.
func TestRecords(t *testing.T) {
	t.Parallel()
	for name, r := range resources(t, shipstreamtest.Options{Users: 30}) {
		id, _ := r.Schema().Lookup("id")
		rows, err := r.Run(t.Context(), planned(t, r, "id <= 3", query.OrderBy("id")))
		if err != nil {
			t.Fatal(err)
		}
		next := int64(1)
		for record, err := range rows.Records() {
			if err != nil || record.Value(id.Index()).Int() != next {
				t.Errorf("%s: %v, want id %d", name, err, next)
			}
			next++
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if rows, err = r.Run(ended, planned(t, r, "")); err != nil {
			t.Fatal(err)
		}
		for _, err := range rows.Records() {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if rows, err = r.Run(t.Context(), planned(t, r, "")); err != nil {
			t.Fatal(err)
		}
		for _, err := range rows.Records() {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			break // the run ends with the loop
		}
	}
}

// refusing takes so many writes.
type refusing struct{ left int }

func (r *refusing) Write(b []byte) (int, error) {
	if r.left--; r.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

// TestWriteFails: a failure after some rows says how many came; a writer's own says that it
// wrote.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	fault := shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: 404}
	for name, r := range resources(t, shipstreamtest.Options{Users: 300, Script: []shipstreamtest.Fault{{}, {}, fault, fault, fault, fault}}) {
		p := planned(t, r, "", query.OrderBy("-id"), query.PageSize(50), query.Walk(plan.StrategySerial))
		rows, err := r.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		err = rows.Write(t.Context(), resource.Output{W: io.Discard, Format: "ndjson"})
		if partial, ok := errors.AsType[*exit.PartialError](err); !errors.Is(err, transport.ErrNotFound) || ok && partial.Rows <= 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range resources(t, shipstreamtest.Options{Users: 300}) {
		rows, err := r.Run(t.Context(), planned(t, r, "", query.PageSize(50)))
		if err != nil {
			t.Fatal(err)
		}
		if err := rows.Write(t.Context(), resource.Output{W: &refusing{}, Format: "ndjson"}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestExport: files hold the rows that the plan shows, as they came or decoded.
func TestExport(t *testing.T) {
	t.Parallel()
	for name, r := range resources(t, shipstreamtest.Options{Users: 30}) {
		for _, o := range []struct {
			file string
			opts []query.Option
			want string
		}{
			{"whole.ndjson", nil, `"email":`},
			{"some.ndjson", []query.Option{query.Select("name")}, `{"id":1,"name":`},
			{"some.csv", []query.Option{query.Select("name")}, "id,name\n"},
			{"some.sqlite", []query.Option{query.Select("name")}, "SQLite format 3"},
		} {
			path := filepath.Join(t.TempDir(), o.file)
			p := planned(t, r, "id <= 9", append(o.opts, query.OrderBy("id"))...)
			to, err := export.Options{Output: path, Format: "auto", CommitEvery: time.Second}.Target(io.Discard, t.Logf)
			if err != nil {
				t.Fatal(err)
			}
			write, err := r.Export(p, to)
			if err != nil {
				t.Fatalf("%s into %s: %v", name, o.file, err)
			}
			if _, err := write(t.Context()); err != nil {
				t.Errorf("%s into %s: %v", name, o.file, err)
			}
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), o.want) || strings.HasSuffix(o.file, ".ndjson") && strings.Count(string(text), "\n") != 9 {
				t.Errorf("%s into %s: %v: %q", name, o.file, err, text)
			}
		}
	}
}
