package transport_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/transport"
)

// serve starts a real server for the client's own transport.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	})
	c := newClient(t, transport.Options{BaseURL: s.URL, Token: transport.StaticToken(secret)})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	var api *transport.APIError
	if !errors.As(err, &api) || api.Status != 302 || !errors.Is(err, transport.ErrRedirect) || hits.Load() != 0 {
		t.Errorf("%d hits elsewhere, %v", hits.Load(), err)
	}
}

func TestGzipIsUnpackedUnderTheCap(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte("a"), size))
	_ = z.Close()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip was not asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	for _, test := range []struct {
		limit int64
		ok    bool
	}{{size, true}, {size - 1, false}, {0, true}} {
		c := newClient(t, transport.Options{BaseURL: s.URL, MaxBody: test.limit})
		resp, err := c.Get(t.Context(), "/v1/x", nil)
		if test.ok {
			if err != nil || len(resp.Body) != size || resp.Attempts != 1 {
				t.Errorf("limit %d: %v", test.limit, err)
			}
			continue
		}
		var large *transport.BodyTooLargeError
		if !errors.As(err, &large) || large.Limit != test.limit {
			t.Errorf("limit %d: %v", test.limit, err)
		}
		if want := "the answer's body is longer than 1048575 bytes"; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %q", err)
		}
		if got := c.Stats().Attempts; got != 1 {
			t.Errorf("a body that is too large was asked for %d times", got)
		}
	}
}

func TestCutConnectionIsRetried(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		sent string
	}{
		{"in the header", "HTTP/1.1 200 OK\r\nConte"},
		{"in a body of known length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"},
		{"in a chunked body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"},
		{"at once", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if n.Add(1) > 1 {
					_, _ = io.WriteString(w, "whole")
					return
				}
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, test.sent)
				if tcp, ok := conn.(*net.TCPConn); ok && test.sent == "" {
					_ = tcp.SetLinger(0) // a reset
				}
				_ = conn.Close()
			})
			c := newClient(t, transport.Options{BaseURL: s.URL, Backoff: time.Millisecond})
			resp, err := c.Get(t.Context(), "/v1/x", nil)
			if err != nil || string(resp.Body) != "whole" || resp.Attempts != 2 {
				t.Errorf("got %+v, %v", resp, err)
			}
		})
	}
}

// Every request that may be in flight keeps its connection: net/http keeps two a
// host, cleanhttp one more than there are processors.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const k, rounds = 12, 6
	var dialled atomic.Int32
	var gather sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		gather.Done()
		gather.Wait() // answer when all have come, so that each needs a connection
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dialled.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := newClient(t, transport.Options{BaseURL: s.URL, Rate: -1, Concurrency: k})
	for range rounds {
		gather.Add(k)
		for _, err := range getAll(t.Context(), c, k, k) {
			if err != nil {
				t.Error(err)
			}
		}
	}
	if got := dialled.Load(); got > 2*k {
		t.Errorf("%d connections for %d requests at once", got, k)
	}
}

func TestCertificateIsNotRetried(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // it is right to complain
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t, transport.Options{BaseURL: s.URL})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	var request *transport.RequestError
	if !errors.As(err, &request) || request.Attempts != 1 {
		t.Errorf("got %v", err)
	}
	c = newClient(t, transport.Options{BaseURL: strings.Replace(serve(t, nil).URL, "http:", "https:", 1)})
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.As(err, &request) || request.Attempts != 1 {
		t.Errorf("no TLS: %v", err)
	}
}

func TestLargeBodyOfUnknownLength(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("0123456789", 300_000)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for part := range 10 {
			_, _ = fmt.Fprint(w, want[part*300_000:(part+1)*300_000])
			_ = http.NewResponseController(w).Flush()
		}
	})
	c := newClient(t, transport.Options{BaseURL: s.URL})
	for range 2 { // the second time the size is guessed
		resp, err := c.Get(t.Context(), "/v1/x", nil)
		if err != nil || string(resp.Body) != want {
			t.Errorf("%v", err)
		}
	}
	if got := c.Stats().Bytes; got != int64(2*len(want)) {
		t.Errorf("%d bytes", got)
	}
}
