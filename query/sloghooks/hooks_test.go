package sloghooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/sloghooks"
	"github.com/muster-go/muster/transport"
)

// plain is a handler whose text does not change from run to run.
func plain(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "elapsed", "wait", "url":
			return slog.Attr{}
		}
		return a
	}}))
}

func ExampleQuery() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 50, Rate: -1})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	users := shipstream.Users(client, shipstream.AnyUser)
	_, err = query.Collect(context.Background(), users, "id = 7", query.WithHooks(sloghooks.Query(plain(slog.LevelDebug))))
	fmt.Println(err)
	// Output:
	// level=DEBUG msg=page scan=0 request="1000 rows descending of [7, 8)" rows=1 kept=1
	// <nil>
}

// Above the level Debug, only what costs time is logged.
func ExampleTransport() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 50, Rate: -1, Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultBadGateway}}})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Backoff: time.Millisecond, Hooks: sloghooks.Transport(plain(slog.LevelInfo)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	_, err = query.Collect(context.Background(), shipstream.Users(client, shipstream.AnyUser), "id = 7")
	fmt.Println(err)
	// Output:
	// level=WARN msg=retry request.method=GET request.attempt=1 status=502
	// <nil>
}

// TestAttributes: every event of a client and of a run becomes a record with what it says.
func TestAttributes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, run := sloghooks.Transport(logger), sloghooks.Query(logger)
	call := transport.Call{Method: "GET", URL: "https://x/v1", Attempt: 2}
	broken := errors.New("broken \x1b[31m\u009b2J\u202e")
	client.Request.OnRequest(transport.RequestEvent{Call: call, Status: 200, Bytes: 9, Elapsed: time.Second})
	client.Request.OnRequest(transport.RequestEvent{Call: call, Err: broken})
	client.Retry.OnRetry(transport.RetryEvent{Call: call, Err: broken, Wait: time.Second})
	client.Throttle.OnThrottle(transport.ThrottleEvent{Call: call, Status: 429, Wait: time.Second, Workers: 3})
	run.Page.OnPage(1, paginate.PageEvent{Rows: 5, Kept: 4, Err: broken})
	run.Split.OnSplit(1, paginate.SplitEvent{Low: paginate.Bounds{Lo: 1, Hi: 5}, High: paginate.Bounds{Lo: 5, Hi: 9}})

	clean := "broken ␛[31m"
	want := []map[string]any{
		{"level": "DEBUG", "msg": "attempt", "status": 200.0, "bytes": 9.0, "elapsed": 1e9},
		{"level": "DEBUG", "msg": "attempt", "error": clean},
		{"level": "WARN", "msg": "retry", "error": clean, "wait": 1e9},
		{"level": "WARN", "msg": "throttled", "status": 429.0, "wait": 1e9, "workers": 3.0},
		{"level": "DEBUG", "msg": "page", "scan": 1.0, "rows": 5.0, "kept": 4.0, "error": clean},
		{"level": "DEBUG", "msg": "split", "scan": 1.0},
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d records, want %d:\n%s", len(lines), len(want), out.String())
	}
	for i, line := range lines {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		for key, value := range want[i] {
			text, isText := got[key].(string)
			if key == "error" && (!isText || strings.ContainsAny(text, "\x1b\u009b\u202e") || !strings.HasPrefix(text, "broken ")) || key != "error" && got[key] != value {
				t.Errorf("%s of %s: %v, want %v", key, line, got[key], value)
			}
		}
	}
}

// TestTokenIsNotLogged: not of a server that sends it back wherever it can.
func TestTokenIsNotLogged(t *testing.T) {
	t.Parallel()
	const token = "S3CR3T-tok-123456"
	var attempts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if attempts.Add(1) > 1 { // a malformed header, which the client's error quotes
			connection, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nAuthorization %s\r\n\r\n", r.Header.Get("Authorization"))
				_ = connection.Close()
			}
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintf(w, `{"error":%q}`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(token), Hooks: sloghooks.Transport(logger), Backoff: -1, Retries: 2, RetryShare: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	_, err = query.Collect(t.Context(), shipstream.Users(client, shipstream.AnyUser), "id = 7", query.WithHooks(sloghooks.Query(logger)))
	if err == nil || attempts.Load() < 2 {
		t.Fatalf("%d attempts, error %v", attempts.Load(), err)
	}
	if log := out.String(); strings.Contains(log, token) || !strings.Contains(log, "msg=retry") || !strings.Contains(log, "error=") {
		t.Errorf("the log has the token, or lacks what failed:\n%s", log)
	}
}
