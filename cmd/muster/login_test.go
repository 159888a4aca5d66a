package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestLimitsNobodySet: the limits that nobody set are left to the definition. A flag or a
// variable precedes it, with 0 for no limit.
func TestLimitsNobodySet(t *testing.T) {
	t.Setenv("MUSTER_TOKEN", "x")
	for _, test := range []struct {
		args, burst string
		rate        float64
		want        [2]int // burst and concurrency
	}{
		{args: "count"},
		{args: "count --rate 0", rate: -1},
		{args: "count --rate 10 --concurrency 5", rate: 10, want: [2]int{0, 5}},
		{args: "count", burst: "60", want: [2]int{60, 0}},
	} {
		t.Setenv("MUSTER_BURST", test.burst)
		if test.burst == "" {
			if err := os.Unsetenv("MUSTER_BURST"); err != nil {
				t.Fatal(err)
			}
		}
		c, env := new(cli), system()
		k, err := parser(c, "count", kong.Bind(env))
		if err != nil {
			t.Fatal(err)
		}
		if env.origins.parsed, err = k.Parse(append(strings.Fields(test.args), "--base-url", "http://127.0.0.1")); err != nil {
			t.Fatal(err)
		}
		o, err := c.Count.transport(env, nil)
		if got := [2]int{o.Burst, o.Concurrency}; err != nil || o.Rate != test.rate || got != test.want {
			t.Errorf("%s with %q: %v, %v, %v", test.args, test.burst, o.Rate, got, err)
		}
	}
}

// login is a token endpoint for the client muster with the secret s3cret. Its tokens are
// issued-1, issued-2 and so on.
type login struct {
	refresh string // the refresh token that it takes; "" = none
	rotates bool

	mu     sync.Mutex
	issued int
}

func (l *login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	switch {
	case id != "muster" || secret != "s3cret":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is not the secret of %s"}`, secret, id)
		return
	case r.PostFormValue("refresh_token") != l.refresh:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"%s was used"}`, r.PostFormValue("refresh_token"))
		return
	}
	l.issued++
	next := ""
	if l.rotates {
		l.refresh = fmt.Sprint("refresh-", l.issued)
		next = `,"refresh_token":"` + l.refresh + `"`
	}
	_, _ = fmt.Fprintf(w, `{"access_token":"issued-%d","token_type":"bearer","expires_in":3600%s}`, l.issued, next)
}

// startLogin is `login [refresh=TOKEN] [rotates=true] FILE…`: it starts a token endpoint for
// the rest of the script, and puts its address in place of LOGIN in the files.
func startLogin(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("login cannot be negated")
	}
	l := &login{}
	var files []string
	for _, arg := range args {
		switch key, value, _ := strings.Cut(arg, "="); key {
		case "refresh":
			l.refresh = value
		case "rotates":
			l.rotates = true
		default:
			files = append(files, arg)
		}
	}
	server := httptest.NewServer(l)
	ts.Defer(server.Close)
	for _, file := range files {
		text := strings.ReplaceAll(ts.ReadFile(file), "LOGIN", server.URL+"/token")
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o600))
	}
}
