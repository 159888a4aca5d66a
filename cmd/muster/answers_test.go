package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// answersServer answers its requests in turn.
type answersServer struct {
	mu      sync.Mutex
	answers []string // what follows the first answer's line is its body
	asked   int
	log     string // the file that gets the URI of each request, a line each
}

// startAnswers is `answers FILE`: it serves the answers in a file one after the other for
// the rest of the script, and points the environment at it. An answer begins with a line
// `== STATUS [NAME: VALUE]…`, whose parts stand apart by tabs; its body follows, with URL
// for the server's own. A body that begins with a quote is a string of Go. The file
// `asked` has the URIs of the requests.
func startAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answers FILE")
	}
	s := &answersServer{answers: strings.Split(ts.ReadFile(args[0]), "== ")[1:], log: ts.MkAbs("asked")}
	ts.Check(os.WriteFile(s.log, nil, 0o600))
	server := httptest.NewServer(s)
	ts.Defer(server.Close)
	ts.Setenv("MUSTER_BASE_URL", server.URL)
	ts.Setenv("MUSTER_TOKEN", "sesame-0123456789")
	emulators.Store(ts.Getenv("WORK"), func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.asked
	})
}

// ServeHTTP implements [http.Handler].
func (s *answersServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, err := os.OpenFile(s.log, os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		_, _ = f.WriteString(r.URL.RequestURI() + "\n")
		_ = f.Close()
	}
	if s.asked++; s.asked > len(s.answers) {
		http.Error(w, "no answer is left", http.StatusNotImplemented)
		return
	}
	head, body, _ := strings.Cut(s.answers[s.asked-1], "\n")
	parts := strings.Split(head, "\t")
	status, _ := strconv.Atoi(parts[0])
	w.Header().Set("Content-Type", "application/json")
	for _, header := range parts[1:] {
		name, value, _ := strings.Cut(header, ": ")
		w.Header().Set(name, value)
	}
	body = strings.ReplaceAll(strings.TrimSpace(body), "URL", "http://"+r.Host)
	if text, err := strconv.Unquote(body); err == nil {
		body = text
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
