package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/muster-go/muster/transport"
)

// handled answers requests by a handler, without a network and before RoundTrip returns. So
// no request that was broken off is answered when its run has ended, and a test may look at
// what the handler noted.
type handled struct{ handler http.Handler }

// handledBase is the base URL of a client whose requests are handled.
const handledBase = "https://api.test"

// RoundTrip implements [http.RoundTripper].
func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	asked := r.Clone(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody // as a server has it
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, asked)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// handledClient returns a client whose requests are handled.
func handledClient(tb testing.TB, handler http.HandlerFunc, o transport.Options) *transport.Client {
	tb.Helper()
	if o.BaseURL == "" {
		o.BaseURL = handledBase
	}
	o.Transport, o.Rate = handled{handler}, -1
	client, err := transport.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}
