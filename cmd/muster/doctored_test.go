package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/shelf"
	"github.com/muster-go/muster/query/rest/shelf/shelftest"
	"github.com/muster-go/muster/transport"
)

// TestDoctorOfShelf: doctor finds nothing wrong with a definition of the shelf, on a server
// that follows the API's documentation.
func TestDoctorOfShelf(t *testing.T) {
	t.Parallel()
	apis := shelftest.APIs()
	if testing.Short() { // all of them send some 3000 requests
		apis = apis[:5]
	}
	for _, api := range apis {
		t.Run(api.Name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(api.New())
			defer server.Close()
			d, err := shelf.Read(api.Name)
			if err != nil {
				t.Fatal(err)
			}
			if d, err = d.Set(api.Set); err != nil {
				t.Fatal(err)
			}
			d.Limits = rest.Limits{}
			listing, err := rest.New(nil, d)
			if err != nil {
				t.Fatal(err)
			}
			o := transport.Options{BaseURL: server.URL, Rate: -1, Backoff: time.Millisecond}
			if api.Token != "" {
				o.Token = transport.StaticToken(api.Token)
			}
			report, err := doctor.Examine(t.Context(), doctor.Subject{Options: d.Client(o), Listing: listing, Foreign: true})
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := report.Print(&text, 200, false); err != nil {
				t.Fatal(err)
			}
			if failed := report.Failed(); len(failed) > 0 {
				t.Errorf("%s\n%s", failed, text.String())
			}
		})
	}
}
