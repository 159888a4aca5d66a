package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/muster-go/muster/transport/internal/limit"
)

// Nothing that Get builds leaves the origin; should a stage above ever do, auth
// holds the token back.
func TestAuthRefusesForeignOrigins(t *testing.T) {
	t.Parallel()
	base := &url.URL{Scheme: "https", Host: "api.test"}
	next := roundTripper(func(req *http.Request) (*http.Response, error) {
		t.Errorf("sent to %s", req.URL)
		return nil, errors.New("sent")
	})
	a := &auth{next: next, origin: base, source: StaticToken("sesame"), line: limit.NewFIFO()}
	for _, target := range []string{
		"https://evil.test/x", "http://api.test/x", "https://api.test:444/x", "https://api.test.evil.test/x",
	} {
		req, err := http.NewRequestWithContext(context.WithValue(t.Context(), callKey{}, &call{}), http.MethodGet, target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.RoundTrip(req); !errors.Is(err, errForeignOrigin) || (&Client{}).retryableError(err) {
			t.Errorf("%s: %v", target, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
