package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/transport"
)

// FuzzRetryAfter holds the Retry-After reader to its promise: whatever a server
// sends, the wait is between 0 and ten years, and an HTTP date is the instant
// that it names.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{
		"0", "120", "1.5", "-1", "NaN", "1e9", "1772600797", "1772600797000", "99999999999999999999",
		"Wed, 04 Mar 2026 05:06:17 GMT", "Wednesday, 04-Mar-26 05:06:17 GMT", "Wed Mar  4 05:06:17 2026", "",
	} {
		f.Add(value, int64(1772600767))
	}
	const longest = 10 * 365 * 24 * time.Hour
	f.Fuzz(func(t *testing.T, value string, unix int64) {
		now := time.Unix(unix%(1<<36), 0)
		wait, ok := transport.ParseRetryAfter(value, now)
		if wait < 0 || wait > longest || !ok && wait != 0 {
			t.Fatalf("ParseRetryAfter(%q, %v) = %v, %v", value, now, wait, ok)
		}
		at, err := http.ParseTime(strings.TrimSpace(value))
		if err != nil {
			return
		}
		if want := min(max(at.Sub(now), 0), longest); !ok || wait != want {
			t.Fatalf("ParseRetryAfter(%q, %v) = %v, %v; want %v", value, now, wait, ok, want)
		}
	})
}

// FuzzResolveNext holds links from the server to the base path: what resolves is
// a clean path, and it resolves to itself when it is sent back.
func FuzzResolveNext(f *testing.F) {
	for _, next := range []string{
		"/api/global/v1/x?limit=5&filter=id%7Bgt%3A1%7D", "https://api.test/api/global/v1/x", "/api/global/../x",
		"/api/global/%2e%2e/x", "/api/global/a%2f..%2fb", "//evil.test/api/global/x", "/api/global/a%20b", "<string>", "",
	} {
		f.Add(next)
	}
	client, err := transport.New(transport.Options{BaseURL: "https://api.test/api/global"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = client.Close() }) // it always returns nil
	f.Fuzz(func(t *testing.T, next string) {
		relative, query, err := client.ResolveNext(next)
		if err != nil {
			return
		}
		if !strings.HasPrefix(relative, "/") || path.Clean(relative) != relative || strings.ContainsAny(relative, "?#\\") {
			t.Fatalf("ResolveNext(%q) = %q", next, relative)
		}
		again := "https://api.test/api/global" + (&url.URL{Path: relative}).EscapedPath() + "?" + query.Encode()
		second, secondQuery, err := client.ResolveNext(again)
		if err != nil || second != relative || secondQuery.Encode() != query.Encode() {
			t.Fatalf("ResolveNext(%q) = %q, %v, %v; not %q", again, second, secondQuery, err, relative)
		}
	})
}

// FuzzErrorBody holds errors to their promise, whatever a server says of a refusal and in
// which form: one bounded line that can be printed and has no token in it.
func FuzzErrorBody(f *testing.F) {
	for _, body := range []string{
		`{"errors":[{"type":"openapi","message":"Invalid limit","details":[{"key":"limit","message":"must be <= 1000"}]}]}`,
		`{"message":"key hunter2hunter2"}`, `{"error":"a"}`, `{"error":{"message":"a\u001b\nb"}}`, `{"title":"a","detail":"b","status":400}`,
		`{"errors":[{"detail":"\u0068unter2hunter2"}]}`, `{"error_description":"Zm9vOmh1bnRlcjJodW50ZXIy"}`, `[]`, `{"errors":{}}`, "<html>", "",
	} {
		f.Add([]byte(body))
	}
	const password = "hunter2hunter2"
	answer := new(answering)
	client, err := transport.New(transport.Options{
		BaseURL: "https://api.test", Transport: answer, Auth: transport.Auth{Scheme: "Basic"}, Token: transport.StaticToken("foo:" + password),
		Rate: -1, Retries: -1,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = client.Close() }) // it always returns nil
	f.Fuzz(func(t *testing.T, body []byte) {
		answer.body = body
		_, err := client.Get(t.Context(), "/x", nil)
		if api, ok := errors.AsType[*transport.APIError](err); !ok || api.Status != http.StatusBadRequest {
			t.Fatalf("%q: %v", body, err)
		}
		text := err.Error()
		if len(text) > 2<<10 || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Fatalf("%q: %q", body, text)
		}
		for _, secret := range []string{password, "Zm9vOmh1bnRlcjJodW50ZXIy"} {
			if strings.Contains(fmt.Sprintf("%+v %s", err, text), secret) {
				t.Fatalf("%q: %q has %s", body, text, secret)
			}
		}
	})
}

// answering is a server that refuses with a body.
type answering struct{ body []byte }

func (a *answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{}, ContentLength: int64(len(a.body)), Body: io.NopCloser(bytes.NewReader(a.body)),
	}, nil
}
