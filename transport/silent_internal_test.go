package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// relay forwards connections to a server. Once it is silent, it takes what comes on the
// connections that it has, and forwards nothing: a firewall that has forgotten them.
type relay struct {
	net.Listener

	to    string
	all   sync.WaitGroup
	mu    sync.Mutex
	known []*relayed
}

type relayed struct {
	client, server net.Conn
	silent         atomic.Bool
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, to: to}
	r.all.Go(r.accept)
	t.Cleanup(func() {
		_ = l.Close()
		r.mu.Lock()
		for _, c := range r.known {
			c.close()
		}
		r.mu.Unlock()
		r.all.Wait()
	})
	return r
}

func (r *relay) accept() {
	for {
		client, err := r.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", r.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		c := &relayed{client: client, server: server}
		r.mu.Lock()
		r.known = append(r.known, c)
		r.mu.Unlock()
		r.all.Go(func() { c.forward(client, server) })
		r.all.Go(func() { c.forward(server, client) })
	}
}

// silence forgets the connections so far and returns how many there are.
func (r *relay) silence() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.known {
		c.silent.Store(true)
	}
	return len(r.known)
}

func (c *relayed) forward(from, to net.Conn) {
	defer c.close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if c.silent.Load() {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (c *relayed) close() { _, _ = c.client.Close(), c.server.Close() }

// Of many idle connections that have all gone silent, one costs an attempt, not each.
func TestSilentConnections(t *testing.T) {
	t.Parallel()
	const connections = 5
	var requests atomic.Int64
	var together sync.WaitGroup
	together.Add(connections)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if requests.Add(1) <= connections { // so that each has a connection of its own
			together.Done()
			together.Wait()
		}
	}))
	t.Cleanup(server.Close)
	proxy := newRelay(t, strings.TrimPrefix(server.URL, "http://"))
	c, err := New(Options{
		BaseURL: "http://" + proxy.Addr().String(), Rate: -1, Concurrency: connections, AttemptTimeout: 3 * time.Second, Backoff: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			if _, err := c.Get(t.Context(), "/x", nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := proxy.silence(); n != connections {
		t.Fatalf("%d connections, want %d", n, connections)
	}
	resp, err := c.Get(t.Context(), "/x", nil)
	if err != nil || resp.Attempts != 2 {
		t.Errorf("%+v, %v; want 2 attempts", resp, err)
	}
}

// A silent HTTP/2 connection is found by pings: the request on it fails before its
// attempt's time is up, and the next one has a connection of its own.
func TestSilentHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := newRelay(t, strings.TrimPrefix(server.URL, "https://"))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c, err := New(Options{BaseURL: "https://" + proxy.Addr().String(), TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, MaxOutage: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	pings := c.owned.HTTP2
	if pings.SendPingTimeout <= 0 || pings.SendPingTimeout+pings.PingTimeout >= DefaultAttemptTimeout {
		t.Errorf("%+v finds a dead connection later than the attempt's time-out does", pings)
	}
	pings.SendPingTimeout, pings.PingTimeout = time.Second, time.Second
	get := func() error {
		_, err := c.Get(t.Context(), "/x", nil)
		return err
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	proxy.silence()
	begun := time.Now()
	if err := get(); err == nil || errors.Is(err, ErrTimeout) || time.Since(begun) >= DefaultAttemptTimeout {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	if err := get(); err != nil {
		t.Error(err)
	}
}
