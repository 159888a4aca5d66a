package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Times after which a connection that nobody answers on is found dead, and closed: well
// below the time of an attempt, so that a peer that went away without a word costs one
// attempt at most.
const (
	dialTimeout   = 10 * time.Second
	probeIdle     = 10 * time.Second // without a byte, until the first probe
	probeInterval = 5 * time.Second
	probeCount    = 3
)

// newWire returns a transport that keeps an idle connection for each request that
// may be in flight: with fewer, connections would be closed and opened all the time.
func newWire(o Options, base *url.URL, concurrency int) *http.Transport {
	dialer := &net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probeIdle, Interval: probeInterval, Count: probeCount},
	}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: probeIdle, PingTimeout: probeInterval},
		TLSClientConfig:        tlsConfig(o.TLS),
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConnsPerHost:    concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		ReadBufferSize:         64 << 10, // pages are large: a sixteenth of the reads
	}
	if base.Scheme == "http" && !o.AllowPlainHTTP {
		// parseBase took the name for this machine's, but a resolver may say otherwise,
		// and a proxy is another machine.
		t.Proxy = nil
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return checkLoopback(base.Hostname(), address)
		}
	}
	return t
}

func tlsConfig(given *tls.Config) *tls.Config {
	if given == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c := given.Clone()
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	return c
}

// checkLoopback refuses an address that is not this machine's.
func checkLoopback(host, address string) error {
	if at, err := netip.ParseAddrPort(address); err == nil && at.Addr().Unmap().IsLoopback() {
		return nil
	}
	return &OptionError{Option: "BaseURL", Reason: fmt.Sprintf("%s is at %s, which is not this machine: plain http shows the token to the network", host, address)}
}
