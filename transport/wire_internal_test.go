package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// resolver returns a resolver for which every name is at an address.
func resolver(t *testing.T, ip [4]byte) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go answerDNS(there, ip)
		return here, nil
	}}
}

// answerDNS answers one question over a stream with an A record, or with none.
func answerDNS(conn net.Conn, ip [4]byte) {
	defer conn.Close() //nolint:errcheck // a pipe
	q := make([]byte, 1500)
	n, err := conn.Read(q)
	if err != nil || n < 14 {
		return
	}
	if q = q[:n]; int(q[0])<<8|int(q[1]) != n-2 { // the length comes alone
		m, err := conn.Read(q[n:cap(q)])
		if err != nil {
			return
		}
		q = q[:n+m]
	}
	body := q[2:]
	end := 12
	for body[end] != 0 {
		end += int(body[end]) + 1
	}
	question := body[12 : end+5]
	a := append([]byte{body[0], body[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
	if question[len(question)-3] == 1 { // type A
		a[7] = 1
		a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ip[0], ip[1], ip[2], ip[3])
	}
	_, _ = conn.Write(append([]byte{byte(len(a) >> 8), byte(len(a))}, a...))
}

// A name below localhost is this machine only if its address is, however it resolves.
func TestLocalhostThatLeavesTheMachine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		address string
		local   bool
	}{
		{"127.0.0.1:80", true},
		{"127.9.9.9:80", true},
		{"[::1]:80", true},
		{"[::ffff:127.0.0.1]:80", true},
		{"10.0.0.5:80", false},
		{"169.254.169.254:80", false},
		{"0.0.0.0:80", false},
		{"[::]:80", false},
		{"[fe80::1%lo]:80", false},
		{"localhost:80", false}, // only addresses come here
		{"", false},
	} {
		err := checkLoopback("shop.localhost", test.address)
		if (err == nil) != test.local {
			t.Errorf("%q: %v", test.address, err)
		}
		if option, ok := errors.AsType[*OptionError](err); err != nil && (!ok || option.Option != "BaseURL" || (&Client{}).retryableError(err)) {
			t.Errorf("%q: %v", test.address, err)
		}
	}
}

// The whole way: the name resolves, the address is refused before a byte is sent, and the
// request is not repeated. A server on this machine is reached.
func TestLocalhostByItsAddress(t *testing.T) { //nolint:paralleltest // it exchanges the resolver
	var hits atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(s.Close)
	own := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = own })
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1") // net/http reads it once; the client must not ask at all
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ip [4]byte
		ok bool
	}{{[4]byte{127, 0, 0, 1}, true}, {[4]byte{192, 0, 2, 7}, false}} {
		c, err := New(Options{BaseURL: "http://shop.localhost:" + port, Token: StaticToken("sesame")})
		if err != nil {
			t.Fatal(err)
		}
		if c.owned.Proxy != nil {
			t.Error("a proxy would see the token")
		}
		net.DefaultResolver = resolver(t, test.ip)
		_, err = c.Get(t.Context(), "/x", nil)
		const want = "shop.localhost is at 192.0.2.7:"
		if test.ok != (err == nil) || !test.ok && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", test.ip, err)
		}
		if request, ok := errors.AsType[*RequestError](err); err != nil && (!ok || request.Attempts != 1) {
			t.Errorf("%v: %v", test.ip, err)
		}
		_ = c.Close() // it always returns nil
	}
	if hits.Load() != 1 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

// Where the token is encrypted or plain http is allowed, the environment's proxy counts.
func TestProxies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		base    string
		allowed bool
		proxied bool
	}{
		{"https://api.test", false, true},
		{"https://shop.localhost", false, true},
		{"http://api.test", true, true},
		{"http://127.0.0.1", false, false},
		{"http://shop.localhost", false, false},
	} {
		u, err := url.Parse(test.base)
		if err != nil {
			t.Fatal(err)
		}
		w := newWire(Options{AllowPlainHTTP: test.allowed}, u, 1)
		if (w.Proxy != nil) != test.proxied {
			t.Errorf("%s: proxied %v", test.base, w.Proxy != nil)
		}
	}
}

// The caller's TLS configuration is copied, and old versions stay out.
func TestTLSConfig(t *testing.T) {
	t.Parallel()
	for given, want := range map[uint16]uint16{0: tls.VersionTLS12, tls.VersionTLS10: tls.VersionTLS12, tls.VersionTLS13: tls.VersionTLS13} {
		own := &tls.Config{MinVersion: given, ServerName: "x"}
		c := tlsConfig(own)
		if c == own || c.MinVersion != want || c.ServerName != "x" || own.MinVersion != given {
			t.Errorf("%x: %x", given, c.MinVersion)
		}
	}
	_, err := New(Options{BaseURL: "https://api.test", TLS: &tls.Config{MinVersion: tls.VersionTLS12}, Transport: new(http.Transport)})
	if want := "transport.TLS: Transport is set, and connects by its own"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
