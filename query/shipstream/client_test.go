package shipstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// answering is a server in process that keeps the request's header.
type answering struct{ asked http.Header }

func (a *answering) RoundTrip(req *http.Request) (*http.Response, error) {
	a.asked = req.Header
	header := http.Header{}
	header.Set("X-ShipStream-API-Version", "2026-01")
	header.Set("X-Concurrency-Limit", "3")
	header.Set("RateLimit-Limit", "20")
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: http.NoBody}, nil
}

func TestNewClient(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		header http.Header
		asked  []string
	}{
		{"no version", nil, nil},
		{"version", http.Header{"X-Shipstream-Api-Version": {"2025-11"}}, []string{"2025-11"}},
		{"as documented", http.Header{shipstream.VersionHeader: {"2025-12"}}, []string{"2025-12"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := &answering{}
			client, err := shipstream.NewClient(transport.Options{BaseURL: "https://api.test/api/global", Transport: server, Header: test.header})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			resp, err := client.Get(t.Context(), "/v1/system/status", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := server.asked["X-Shipstream-Api-Version"]; fmt.Sprint(got) != fmt.Sprint(test.asked) {
				t.Errorf("asked for version %v, want %v", got, test.asked)
			}
			if got := resp.Header.Get(shipstream.VersionHeader); got != "2026-01" {
				t.Errorf("answered by version %q", got)
			}
			if got, want := client.RateLimit(), (transport.RateLimit{Rate: 10, Burst: 19, Concurrency: 3}); got != want {
				t.Errorf("keeps %+v, want %+v", got, want)
			}
		})
	}
}

// A caller may name other headers; the API's own fill in what is missing.
func TestNewClientKeepsLimitHeaders(t *testing.T) {
	t.Parallel()
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: "https://api.test", Transport: &answering{}, LimitHeaders: transport.LimitHeaders{Burst: "X-Burst", Concurrency: "X-Slots"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := client.Get(t.Context(), "/v1/system/status", nil); err != nil {
		t.Fatal(err)
	}
	if got, want := client.RateLimit(), (transport.RateLimit{Rate: 10, Burst: 59, Concurrency: 5}); got != want {
		t.Errorf("keeps %+v, want %+v", got, want)
	}
}

func TestNewClientRefusesVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "2026", "2026-13", "2026-00", "26-01", "2026-01-01", "2026-1", " 2026-01", "now"} {
		_, err := shipstream.NewClient(transport.Options{BaseURL: "https://api.test", Header: http.Header{"x-shipstream-api-version": {version}}})
		var option *transport.OptionError
		want := fmt.Sprintf("transport.Header: X-ShipStream-API-Version: %q is not of the form YYYY-MM", version)
		if !errors.As(err, &option) || err.Error() != want {
			t.Errorf("%q: %v", version, err)
		}
	}
	if _, err := shipstream.NewClient(transport.Options{}); err == nil {
		t.Error("a client without a server")
	}
}

// A client for ShipStream asks for a version of the API by a header.
func ExampleNewClient() {
	o := transport.Options{BaseURL: "https://acme.shipstream.app/api/global", Header: http.Header{}}
	o.Header.Set(shipstream.VersionHeader, "2026")
	_, err := shipstream.NewClient(o)
	fmt.Println(err)
	o.Header.Set(shipstream.VersionHeader, "2026-01")
	client, err := shipstream.NewClient(o)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	fmt.Println(client.RateLimit())
	// Output:
	// transport.Header: X-ShipStream-API-Version: "2026" is not of the form YYYY-MM
	// {10 59 5}
}
