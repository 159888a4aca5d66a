package shipstreamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is an [Emulator] that listens on a loopback address, to be used like
// an httptest.Server.
type Server struct {
	*Emulator

	// URL is the base URL, "/api/global" included:
	// http://127.0.0.1:PORT/api/global.
	URL string

	server    *http.Server
	client    *http.Client
	transport *http.Transport
	conns     sync.WaitGroup // of open connections and the accept loop
	closeOnce sync.Once
}

// NewServer starts a server. Like httptest.NewServer it panics when it cannot:
// see [Start] for a server whose options come from a user. The caller must
// Close it.
func NewServer(o Options) *Server {
	s, err := Start(o)
	if err != nil {
		panic(err)
	}
	return s
}

// Start starts a server, or reports what is wrong with the options or why
// their Addr cannot be listened on.
func Start(o Options) (*Server, error) {
	e, err := New(o)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", e.opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("shipstreamtest: %w", err)
	}
	s := &Server{Emulator: e, URL: "http://" + l.Addr().String() + basePath}
	e.baseURL = s.URL
	s.transport = &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, DisableCompression: true}
	s.client = &http.Client{Transport: s.transport}
	s.server = &http.Server{Handler: e, ConnState: s.track, ReadHeaderTimeout: time.Minute}
	s.conns.Go(func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("shipstreamtest: %v", err))
		}
	})
	return s, nil
}

// track counts connections, so that Close can wait for their goroutines.
func (s *Server) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

// Client returns a client without authentication that keeps enough idle
// connections for any concurrency. Close closes its connections.
func (s *Server) Client() *http.Client { return s.client }

// Handler returns the emulator as a handler.
func (s *Server) Handler() http.Handler { return s.Emulator }

// Close stops listening, ends every request in flight, closes all connections
// and waits for the server's goroutines. It may be called again.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		s.Emulator.Close()
		_ = s.server.Close()
		s.transport.CloseIdleConnections()
		s.conns.Wait()
		s.handlers.Wait() // of connections that a fault took from the server
	})
}
