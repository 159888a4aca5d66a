package answer_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/muster-go/muster/cmd/muster/internal/answer"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is an Answerer over an emulator, and what it told.
type desk struct {
	*answer.Answerer

	warned, doubted, watched, stopped int
	doubts                            []string
	notes                             strings.Builder
}

func newDesk(t *testing.T, o shipstreamtest.Options, opts ...query.Option) *desk {
	t.Helper()
	o.Rate, o.Concurrency = -1, -1
	server := shipstreamtest.NewServer(o)
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	users := resource.Users(shipstream.Users(client, shipstream.AnyUser))
	d := &desk{}
	d.Answerer = &answer.Answerer{
		Resource: users, Notes: answer.NewNotes(&d.notes),
		Plan: func(filter string, to answer.Purpose) (*query.Plan, error) {
			if to == answer.Number {
				return query.Prepare(users, filter)
			}
			return query.Prepare(users, filter, opts...)
		},
		Warn:  func(*query.Plan) { d.warned++ },
		Doubt: func(query.Stats) { d.doubted++ },
		Watch: func(progress.Run) func() {
			d.watched++
			return func() { d.stopped++ }
		},
		Output:    func(w io.Writer) resource.Output { return resource.Output{W: w, Format: "csv"} },
		Summarize: true,
	}
	return d
}

// TestRun: the rows come in the format of the output, progress ends before the first of
// them, and a line says what the run did.
func TestRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t, shipstreamtest.Options{Users: 50}, query.Select("name"), query.OrderBy("id"), query.Limit(2))
	var out strings.Builder
	summary, err := d.Run(t.Context(), &out, "id >= 3")
	if err != nil || strings.Count(out.String(), "\n") != 3 || !strings.HasPrefix(out.String(), "id,name\n3,") {
		t.Errorf("%v: %q", err, out.String())
	}
	if !strings.HasPrefix(summary, "2 rows") || !strings.HasSuffix(summary, `; \limit 0 shows all`) {
		t.Errorf("summary %q", summary)
	}
	if d.warned != 1 || d.doubted != 1 || d.watched != 1 || d.stopped != 1 {
		t.Errorf("warned %d times, doubted %d, watched %d, stopped %d", d.warned, d.doubted, d.watched, d.stopped)
	}
	d.Summarize = false
	if summary, err := d.Run(t.Context(), io.Discard, "id = 3"); summary != "" || err != nil {
		t.Errorf("summary %q, %v", summary, err)
	}
}

// TestRunFails: by a filter that is wrong, a context that has ended, and a reader that has
// gone.
func TestRunFails(t *testing.T) {
	t.Parallel()
	d := newDesk(t, shipstreamtest.Options{Users: 50})
	if _, err := d.Run(t.Context(), io.Discard, "id ="); !errors.Is(err, dsl.ErrSyntax) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	if summary, err := d.Run(ended, &out, ""); !errors.Is(err, context.Canceled) || out.String()+summary != "" {
		t.Errorf("%v after %q", err, out.String())
	}
	gone, away := io.Pipe()
	_ = gone.Close()
	if _, err := d.Run(t.Context(), away, ""); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
	if d.stopped != d.watched {
		t.Errorf("progress was begun %d times and ended %d times", d.watched, d.stopped)
	}
}

// TestExplain: the plan is printed as it is, and cleaned for a terminal.
func TestExplain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, shipstreamtest.Options{})
	for _, terminal := range []bool{false, true} {
		d.Terminal = terminal
		var out strings.Builder
		if err := d.Explain(t.Context(), &out, "name = '\u009b2J'"); err != nil {
			t.Error(err)
		}
		if strings.Contains(out.String(), "\u009b") == terminal || !strings.HasPrefix(out.String(), "query ") {
			t.Errorf("at a terminal %t: %q", terminal, out.String())
		}
	}
	if err := d.Explain(t.Context(), io.Discard, "id ="); !errors.Is(err, dsl.ErrSyntax) {
		t.Errorf("%v", err)
	}
}

// TestCount: a count ignores the limit; while a filter is typed, only one request counts.
func TestCount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, shipstreamtest.Options{Users: 40}, query.Limit(2))
	var out strings.Builder
	if err := d.Count(t.Context(), &out, "id > 0"); err != nil || out.String() != "40\n" {
		t.Errorf("%v: %q", err, out.String())
	}
	if err := d.Count(t.Context(), io.Discard, "nobody = 1"); !errors.Is(err, dsl.ErrType) {
		t.Errorf("%v", err)
	}
	for filter, want := range map[string]string{
		"id > 0":           "40 rows",
		"id <= 1":          "1 row",
		"id =":             "", // unfinished
		"name like 'a%b%'": "", // every row would have to be fetched
		"is_active or last_login_at is null and not is_active": "",
	} {
		words, ok := d.Matching(t.Context(), filter)
		if ok != (words != "") || want != "" && words != want || strings.Contains(filter, "like") && ok {
			t.Errorf("%q: %q, %t", filter, words, ok)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if words, ok := d.Matching(ended, "id > 0"); ok {
		t.Errorf("%q after the end", words)
	}
	if err := d.Count(ended, io.Discard, "id > 0"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestUncounted: of a listing that does not count, \count reads the rows and says what is
// doubtful about them; while a filter is typed nothing is read.
func TestUncounted(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, `{"items": [{"id": 1}, {"id": 2}]}`)
	}))
	defer server.Close()
	client, err := transport.New(transport.Options{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	things, err := rest.New(client, rest.Definition{
		Name: "things", Path: "/things", Layout: model.Layout{Rows: "items", Next: "next"},
		Paging: rest.Paging{Style: rest.Token, Max: 2, Limit: "limit", Token: "token"},
		Fields: []rest.Field{{Field: model.Field{Name: "id", Type: model.TypeInt}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{}
	d.Answerer = &answer.Answerer{
		Resource: resource.Listing(things), Notes: answer.NewNotes(&d.notes),
		Plan:  func(filter string, _ answer.Purpose) (*query.Plan, error) { return query.Prepare(things, filter) },
		Doubt: func(s query.Stats) { d.doubts = append(d.doubts, s.Warnings...) },
	}
	if words, ok := d.Matching(t.Context(), ""); ok || requests.Load() != 0 {
		t.Errorf("%q after %d requests", words, requests.Load())
	}
	var out strings.Builder
	if err := d.Count(t.Context(), &out, ""); err != nil || out.String() != "2\n" {
		t.Errorf("%v: %q", err, out.String())
	}
	if len(d.doubts) != 1 || !strings.HasPrefix(d.doubts[0], "no page has its next") {
		t.Errorf("doubts %q", d.doubts)
	}
}

// TestNotes: closed notes are dropped, and a run closes them when it ends.
func TestNotes(t *testing.T) {
	t.Parallel()
	var to strings.Builder
	notes := answer.NewNotes(&to)
	for i, open := range []bool{true, false, true} {
		notes.Open(open)
		if n, err := notes.Write([]byte{byte('a' + i)}); n != 1 || err != nil {
			t.Error(n, err)
		}
	}
	if to.String() != "ac" {
		t.Errorf("%q", to.String())
	}
	d := newDesk(t, shipstreamtest.Options{Users: 1})
	if _, err := d.Run(t.Context(), io.Discard, ""); err != nil {
		t.Error(err)
	}
	_, _ = io.WriteString(d.Notes, "late")
	if d.notes.String() != "" {
		t.Errorf("%q", d.notes.String())
	}
}

// TestParams: a filter gets the parameters that it names, and all numbered ones if it names
// one.
func TestParams(t *testing.T) {
	t.Parallel()
	set := map[string]string{"1": "a", "2": "b", "name": "c", "other": "d"}
	for filter, want := range map[string]string{
		"id = 1":                      "",
		"name = :name":                "name",
		"name = $1":                   "1 2",
		"name in ($2, :name, :other)": "1 2 name other",
		"name = :nobody":              "",
		"name = ":                     "",
	} {
		got := answer.Params(set, filter)
		if len(got) != len(strings.Fields(want)) {
			t.Errorf("%q: %v, want %s", filter, got, want)
		}
		for name := range strings.FieldsSeq(want) {
			if got[name] != set[name] {
				t.Errorf("%q: %v, want %s", filter, got, want)
			}
		}
	}
	if answer.Params(nil, "name = :name") != nil || !maps.Equal(set, map[string]string{"1": "a", "2": "b", "name": "c", "other": "d"}) {
		t.Errorf("the parameters have become %v", set)
	}
}
