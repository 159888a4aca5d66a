package transport_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/muster-go/muster/transport"
)

// TestRelease: memory that is given back serves other answers and never one that
// is still being read.
func TestRelease(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(r.URL.Query().Get("n"))
		_, _ = fmt.Fprint(w, strings.Repeat(r.URL.Query().Get("n"), 1000*n))
	}))
	t.Cleanup(server.Close)
	client := newClient(t, transport.Options{BaseURL: server.URL, Rate: -1, Concurrency: 8})
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range 50 {
				n := strings.Repeat(string(rune('a'+worker)), 1+i%3)
				resp, err := client.Get(t.Context(), "/v1/x", map[string][]string{"n": {n}})
				if err != nil {
					t.Error(err)
					return
				}
				if want := strings.Repeat(n, 1000*len(n)); string(resp.Body) != want {
					t.Errorf("%d bytes, want %d of %q", len(resp.Body), len(want), n[:1])
				}
				resp.Release()
				resp.Release() // a second one does nothing
				if resp.Body != nil {
					t.Error("a released body is still there")
				}
			}
		})
	}
	workers.Wait()
}
