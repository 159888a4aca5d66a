package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// serveFile is `serve FILE`: it answers every request with the content that the file has
// then, for the rest of the script, and points the environment at it.
func serveFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve FILE")
	}
	path := ts.MkAbs(args[0])
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		text, err := os.ReadFile(path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // the client may be gone
	}))
	ts.Defer(server.Close)
	ts.Setenv("MUSTER_BASE_URL", server.URL)
	ts.Setenv("MUSTER_TOKEN", "")
	emulators.Store(ts.Getenv("WORK"), func() int { return int(asked.Load()) })
}
