package query_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// TestEveryLimit: whatever limit ends a query, its error matches ErrLimit.
func TestEveryLimit(t *testing.T) {
	t.Parallel()
	users := func(o transport.Options) *shipstream.UserSource {
		server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 200, Rate: -1, Concurrency: -1})
		t.Cleanup(server.Close)
		if o.BaseURL == "" {
			o.BaseURL = server.URL
		}
		o.Token = transport.StaticToken(server.Token())
		client, err := shipstream.NewClient(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		return shipstream.Users(client, shipstream.AnyUser)
	}
	run := func(src query.Source[shipstream.User], filter string, opts ...query.Option) error {
		_, err := query.Collect(t.Context(), src, filter, opts...)
		return err
	}
	ported, err := newPort()
	if err != nil {
		t.Fatal(err)
	}
	throttling := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	t.Cleanup(throttling.Close)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(strings.Repeat("t", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := users(transport.Options{})
	_, definition := yaml.Read([]byte(strings.Repeat("# too long\n", 1<<17)))
	_, tokens := transport.FileToken(token).Token(t.Context())
	_, rows := shipstream.DecodeUsers([]byte(`{"collection":[{"type":"OrganizationUser","id":2},{"type":"OrganizationUser","id":1}],"has_more":false}`), model.MaxRows(1))
	_, memory := shipstream.DecodeUsers([]byte(`{"collection":[],"has_more":false,"included":{` + manyTypes() + `}}`))

	for what, err := range map[string]error{
		"the bytes of a filter":           run(plain, "name = '"+strings.Repeat("x", 1<<20)+"'"),
		"the depth of a filter":           run(plain, strings.Repeat("(", 1000)+"is_active"+strings.Repeat(")", 1000)),
		"the tokens of a filter":          run(plain, "id = 1"+strings.Repeat(" or id=1", 20_000)),
		"the values of a list":            run(plain, "id in ("+strings.Repeat("1,", 20_000)+"1)"),
		"the rows of a page":              run(plain, "", query.PageSize(100_000)),
		"the rows of an answer":           rows,
		"the memory of an answer":         memory,
		"the rows of a page of a source":  runPages(t.Context(), overfull{ported}),
		"the bytes of a body":             run(users(transport.Options{MaxBody: 100}), ""),
		"the wait that a server asks for": run(users(transport.Options{BaseURL: throttling.URL, MaxWait: time.Second}), ""),
		"the rows of a sort":              run(plain, "", query.OrderBy("username"), query.MaxSortRows(10)),
		"the steps of a row":              run(plain, "no roles (name = 'x')", query.LimitFilter(query.FilterLimits{Steps: 1})),
		"the rows of a run":               run(plain, "name like '%a%b%'", query.PageSize(20), query.MaxFetched(10)),
		"the requests of a run":           run(plain, "", query.PageSize(10), query.MaxRequests(2)),
		"the bytes of a definition":       definition,
		"the bytes of a token":            tokens,
	} {
		if err == nil || !errors.Is(err, query.ErrLimit) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if !errors.Is(query.ErrLimit, dsl.ErrLimit) || !errors.Is(query.ErrLimit, model.ErrLimit) {
		t.Error("the packages have limits of their own")
	}
	for _, err := range []error{run(plain, "id ="), run(plain, "", query.PageSize(-1)), run(plain, "", query.Select("nothing"))} {
		if errors.Is(err, query.ErrLimit) {
			t.Errorf("%v is no limit", err)
		}
	}
}

// manyTypes is an object that takes far more memory than it has bytes.
func manyTypes() string {
	var b strings.Builder
	for i := range 300_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strconv.FormatInt(int64(i), 36) + `":[]`)
	}
	return b.String()
}

// overfull gives more rows than were asked for.
type overfull struct{ *port }

func (overfull) Fetch(plan.Scan) paginate.Fetch[berth] {
	return func(_ context.Context, r paginate.Request) (*paginate.Page[berth], error) {
		page := &paginate.Page[berth]{Count: -1}
		for id := range int64(r.Limit) + 1 {
			page.Rows = append(page.Rows, berth{ID: id + 1})
		}
		return page, nil
	}
}

func runPages(ctx context.Context, src query.Source[berth]) error {
	_, err := query.Collect(ctx, src, "")
	return err
}
