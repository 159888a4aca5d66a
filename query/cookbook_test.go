package query_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/muster-go/muster/transport"
)

// emulated stands for a client of the API: an emulator with 2500 users, some of them
// deleted.
func emulated(hooks transport.Hooks) (users *shipstream.UserSource, end func()) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 2500})
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Hooks: hooks})
	if err != nil {
		panic(err)
	}
	return shipstream.Users(client, shipstream.AnyUser), func() {
		_ = client.Close()
		server.Close()
	}
}

func Example_database() {
	users, end := emulated(transport.Hooks{})
	defer end()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	file := filepath.Join(folder, "users.sqlite")
	var fields []*model.Field // the columns
	for _, name := range []string{"id", "name", "email", "is_active"} {
		f, _ := users.Schema().Lookup(name)
		fields = append(fields, f)
	}
	to, err := usersink.SQLite(file, users.Schema(), fields, sqlitesink.Options{Mode: sink.ModeResume})
	if err != nil {
		panic(err)
	}
	stats, err := query.Export(context.Background(), users, "id <= 2000", to)
	fmt.Println(stats.Committed, stats.Whole, err, to.Close())

	db, err := sql.Open("sqlite", file)
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	var n int
	err = db.QueryRowContext(context.Background(), "SELECT count(*) FROM users").Scan(&n)
	fmt.Println(n, err)
	// Output:
	// 1909 true <nil> <nil>
	// 1909 <nil>
}

// usersHandler streams the users that a filter selects, as NDJSON. A slow reader slows the
// fetch, which then keeps a few pages in memory. A reader that leaves ends it, because the
// run uses the context of the request.
func usersHandler(users *shipstream.UserSource) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rows, err := query.Run(r.Context(), users, r.FormValue("filter"), query.OrderBy("id"))
		if errors.Is(err, dsl.ErrSyntax) || errors.As(err, new(dsl.TypeErrors)) {
			http.Error(w, err.Error(), http.StatusBadRequest) // with the place, a caret and a hint
			return
		}
		if err != nil {
			http.Error(w, "the query cannot be planned", http.StatusUnprocessableEntity)
			return
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		out := sink.NewStream(w, sink.NDJSON("", sink.AppendJSON[shipstream.User]))
		for batch := range rows.Batches() {
			if err := out.Write(r.Context(), batch); err != nil {
				_ = rows.Close()
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
		if err := errors.Join(rows.Err(), out.Close()); err != nil {
			panic(http.ErrAbortHandler) // the status is sent: a cut body says that it is not whole
		}
	})
}

func Example_webHandler() {
	users, end := emulated(transport.Hooks{})
	defer end()
	for _, filter := range []string{"id <= 1200", "id <= "} {
		answer := httptest.NewRecorder()
		usersHandler(users).ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/?filter="+url.QueryEscape(filter), http.NoBody))
		fmt.Println(answer.Code, strings.Count(answer.Body.String(), "\n"))
	}
	// Output:
	// 200 1150
	// 400 3
}

// meters are counters such as every metrics library has.
type meters struct{ requests, failures, rows atomic.Int64 }

// OnRequest observes every attempt.
func (m *meters) OnRequest(e transport.RequestEvent) {
	m.requests.Add(1)
	if e.Status >= http.StatusBadRequest {
		m.failures.Add(1)
	}
}

// OnPage observes every page.
func (m *meters) OnPage(_ int, e paginate.PageEvent) { m.rows.Add(int64(e.Kept)) }

func Example_metrics() {
	var m meters
	users, end := emulated(transport.Hooks{Request: &m})
	defer end()
	rows, err := query.Run(context.Background(), users, "", query.WithHooks(query.Hooks{Page: &m}))
	if err != nil {
		panic(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			panic(err)
		}
	}
	fmt.Println(m.rows.Load(), m.failures.Load(), m.requests.Load() >= 3)
	// Output: 2500 0 true
}

// TestNightlyExport runs minutes of rate limit in a moment: in a synctest bubble the clock
// advances when all goroutines wait.
func TestNightlyExport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 3000, Rate: 2, Burst: 4, Latency: 250 * time.Millisecond})
		defer api.Close()
		client, err := shipstream.NewClient(transport.Options{
			BaseURL: api.BaseURL(), Token: transport.StaticToken(api.Token()), Transport: api, AllowPlainHTTP: true, Rate: 2, Burst: 4,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		rows, err := query.Run(t.Context(), shipstream.Users(client, shipstream.AnyUser), "", query.PageSize(10))
		if err != nil {
			t.Fatal(err)
		}
		start, n := time.Now(), 0
		for _, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if took := time.Since(start); n != 3000 || took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("%d rows after %v", n, took)
		}
		if throttled := client.Stats().Throttled; throttled > 0 {
			t.Errorf("the server had to say 429 %d times", throttled)
		}
	})
}

// TestUsersHandlerHoldsTheFetch: while nobody reads, a run requests only a few pages.
func TestUsersHandlerHoldsTheFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 40_000, Rate: -1})
		defer api.Close()
		client, err := shipstream.NewClient(transport.Options{BaseURL: api.BaseURL(), Token: transport.StaticToken(api.Token()), Transport: api, AllowPlainHTTP: true, Rate: -1, Concurrency: 2})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		ctx, cancel := context.WithCancel(t.Context())
		slow := &stuck{header: http.Header{}, until: make(chan struct{})}
		done := make(chan struct{})
		go func() {
			defer close(done)
			request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/?filter=", http.NoBody)
			usersHandler(shipstream.Users(client, shipstream.AnyUser)).ServeHTTP(slow, request)
		}()
		synctest.Wait()
		if n := len(api.Requests()); n == 0 || n > 12 { // of some 40
			t.Errorf("%d requests while the reader reads nothing", n)
		}
		cancel() // the reader leaves
		close(slow.until)
		<-done
	})
}

// stuck is a reader that reads nothing for a while and then fails.
type stuck struct {
	header http.Header
	until  chan struct{}
}

func (s *stuck) Header() http.Header { return s.header }
func (*stuck) WriteHeader(int)       {}

func (s *stuck) Write([]byte) (int, error) {
	<-s.until
	return 0, errors.New("the reader has gone")
}
