package query_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// ignoring removes a parameter from requests, like a server that accepts and ignores it.
type ignoring struct {
	next  http.RoundTripper
	param string
}

func (i ignoring) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	q := r.URL.Query()
	q.Del(i.param)
	r.URL.RawQuery = q.Encode()
	return i.next.RoundTrip(r)
}

// TestMissingFields: neither a residual nor a sort reads a field that rows lack as null. A
// field that does not apply to users of another kind is null.
func TestMissingFields(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 300, Rate: -1, Concurrency: -1})
	defer server.Close()
	open := func(by http.RoundTripper) *shipstream.UserSource {
		client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1, Transport: by})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		return shipstream.Users(client, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}))
	}
	whole, bare := open(nil), open(ignoring{&http.Transport{DisableKeepAlives: true}, "fields"})
	for _, test := range []struct {
		filter, field string
		opts          []query.Option
	}{
		{filter: "name contains 'a' or created_at > 2000-01-01", field: "created_at"},
		{filter: "roles.id > 0", field: "roles.id"},
		{filter: "merchant.id > 0", field: "merchant.id"},
		{field: "created_at", opts: []query.Option{query.OrderBy("-created_at")}},
		{field: "last_login_at", opts: []query.Option{query.OrderBy("last_login_at"), query.Limit(10), query.PageSize(5)}},
		{filter: "login_via_badge", field: "login_via_badge"},
	} {
		if _, err := collect(t.Context(), whole, test.filter, test.opts...); err != nil {
			t.Errorf("%s of a server that returns all: %v", test.filter, err)
		}
		_, err := collect(t.Context(), bare, test.filter, test.opts...)
		var missing *query.MissingFieldError
		if !errors.As(err, &missing) || missing.Field != test.field || !errors.Is(err, query.ErrMissingField) {
			t.Errorf("%s: got %v, want %s to be missing", test.filter, err, test.field)
		}
	}
	if _, err := collect(t.Context(), bare, "is_active and created_at > 2000-01-01"); err != nil {
		t.Errorf("nothing is read here, and yet: %v", err)
	}
}
