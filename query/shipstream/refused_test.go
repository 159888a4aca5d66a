package shipstream_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// TestRefused: a 400 to what rests on a declared capability names the conjunct
// and the declaration, whatever the resource.
func TestRefused(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 10, HideTimestamps: true})
	profile, err := wire.Profile{}.With("contains", "in", "notnull")
	if err != nil {
		t.Fatal(err)
	}
	as := func(timestamps model.Returned) shipstream.Option {
		return shipstream.With(shipstream.Capabilities{Profile: profile, Timestamps: timestamps})
	}
	const contains = " rests on what the server was said to do: profile switch contains, which this server may not have"
	users := shipstream.Users(client, shipstream.AnyUser, as(model.ReturnedUnknown))
	refusal(t, users, "is_active and name contains 'x'", "`name contains 'x'`"+contains)
	refusal(t, users, "name like 'A%x%b_'", "`name like 'A%x%b_'`"+contains)
	refusal(t, users, "username in ('a', 'b') and email is not null",
		"`username in ('a', 'b')` rests on what the server was said to do: profile switch in, which this server may not have",
		"`email is not null` rests on what the server was said to do: profile switch notnull, which this server may not have")
	refusal(t, users, "is_active", "the field created_at rests on what the server was said to do: "+
		"whether this server returns it was not declared; if it never is, declare that: `--timestamps never`", query.Select("created_at"))
	refusal(t, shipstream.Users(client, shipstream.AnyUser, as(model.ReturnedOnRequest)), "is_active", "the field created_at rests on what the server was said to do: "+
		"it was declared to be returned on request; if it never is, declare that: `--timestamps never`", query.Select("created_at", "roles"))
	refusal(t, shipstream.Roles(client, "client", as(model.ReturnedUnknown)), "name contains 'x'", "`name contains 'x'`"+contains)
	refusal(t, shipstream.Roles(old(t), "client"), "", "the field permissions rests on what the server was said to do: "+
		"whether a listing of roles has them is not documented; leave them out", query.Select("permissions"))
	refusal(t, shipstream.Warehouses(client, as(model.ReturnedUnknown)), "is_active and name contains 'x'", "`name contains 'x'`"+contains)
}

// old is a client of a server that refuses whatever is asked.
func old(t *testing.T) *transport.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
	}))
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// refusal runs a query and holds its error to the whole text; want are lines, and
// options after them.
func refusal[T any](t *testing.T, src query.Source[T], filter string, want ...any) {
	t.Helper()
	var lines []string
	var opts []query.Option
	for _, w := range want {
		switch w := w.(type) {
		case query.Option:
			opts = append(opts, w)
		case string:
			lines = append(lines, w)
		}
	}
	rows, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	err = nil
	for _, e := range rows.All() {
		err = e
	}
	refused := (*rest.RejectedError)(nil)
	if !errors.As(err, &refused) || !errors.Is(err, transport.ErrBadRequest) {
		t.Errorf("%s: %v", filter, err)
		return
	}
	if got := refused.Error(); got != refused.Err.Error()+"\n"+strings.Join(lines, "\n") {
		t.Errorf("%s:\n%s\nwant the doubts %q", filter, got, lines)
	}
	plan, err := query.Prepare(src, filter)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := query.CountPlan(t.Context(), src, plan); len(opts) == 0 && !errors.As(err, &refused) {
		t.Errorf("counting %s: %d %v", filter, n, err)
	}
}

// TestRefusedKeepsQuiet: a 400 that no declaration can be behind is passed on as it
// is.
func TestRefusedKeepsQuiet(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 10, Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultStatus, Status: 400}}})
	rows, err := query.Run(t.Context(), shipstream.Users(client, shipstream.AnyUser), "name starts with 'x'", query.Select("roles"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if !errors.Is(err, transport.ErrBadRequest) || errors.As(err, new(*rest.RejectedError)) {
			t.Errorf("%v", err)
		}
	}
}
