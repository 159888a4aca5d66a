package fuzz

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
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
		"/api/global/%2e%2e/x", "/api/global/a%2f..%2fb", "//evil.test/api/global/x", "/api/global/a%20b", "/api/global/00/", "<string>", "",
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
		clean := path.Clean(relative)
		if strings.HasSuffix(relative, "/") && clean != "/" {
			clean += "/" // a path may end in a slash
		}
		if !strings.HasPrefix(relative, "/") || clean != relative || strings.ContainsAny(relative, "?#\\") {
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

// FuzzHeaderText holds a client to its promise that nothing it says has the token in it,
// whatever a server makes of the request that it echoes: in headers that are malformed, in
// statuses, locations and trailers. The word TOKEN stands for the token's header, and PASSWORD for the token.
func FuzzHeaderText(f *testing.F) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nAuthorization TOKEN\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 TOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: TOKEN\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /TOKEN?TOKEN\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: %TOKEN\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\nTOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nTOKEN\r\n",
		"HTTP/1.1 500 TOKEN\r\nContent-Length: 21\r\n\r\n{\"message\":\"TOKEN\"}",
		"HTTP/1.1 429 x\r\nRetry-After: 99999 TOKEN\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nPASSWORD\r\n\r\n", "HTTP/1.1 PASSWORD\r\n\r\n", "TOKEN", "HTTP/TOKEN 200 OK\r\n\r\n", "HTTP/1.1 101 TOKEN\r\n\r\n", "",
	} {
		f.Add([]byte(answer), false)
		f.Add([]byte(answer), true)
	}
	const password = `hunter"2\hunter`
	f.Fuzz(func(t *testing.T, answer []byte, basic bool) {
		auth, token := transport.Auth{}, "hunter2.hunter2"
		header, secrets := "Bearer "+token, []string{token, token}
		if basic {
			auth, token = transport.Auth{Scheme: "Basic"}, "ann:"+password
			coded := base64.StdEncoding.EncodeToString([]byte(token))
			header, secrets = "Basic "+coded, []string{coded, password, strings.Trim(strconv.Quote(password), `"`)}
		}
		for _, secret := range secrets {
			if bytes.Contains(answer, []byte(secret)) {
				return // the server knows it from elsewhere
			}
		}
		said := new(listening)
		dial := func(context.Context, string, string) (net.Conn, error) {
			return echo([]byte(strings.NewReplacer("TOKEN", header, "PASSWORD", secrets[1]).Replace(string(answer)))), nil
		}
		wire := &http.Transport{DialContext: dial, DisableKeepAlives: true}
		client, err := transport.New(transport.Options{
			BaseURL: "http://127.0.0.1", Transport: wire, Auth: auth, Token: transport.StaticToken(token), FollowRedirects: true,
			Rate: -1, Retries: 1, Backoff: -1, MaxWait: 1, Hooks: transport.Hooks{Request: said, Retry: said},
			Logger: slog.New(slog.NewTextHandler(&said.text, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Get(t.Context(), "/x", nil)
		fmt.Fprintf(&said.text, "%v %+v", err, err)
		_ = client.Close() // it always returns nil
		for _, secret := range secrets {
			if strings.Contains(said.text.String(), secret) {
				t.Fatalf("%q: %q has %s", answer, said.text.String(), secret)
			}
		}
	})
}

// listening writes down what a client tells its hooks.
type listening struct{ text bytes.Buffer }

func (l *listening) OnRequest(e transport.RequestEvent) { fmt.Fprintf(&l.text, "%+v\n", e) }
func (l *listening) OnRetry(e transport.RetryEvent)     { fmt.Fprintf(&l.text, "%+v\n", e) }

// echo is a connection to a server that answers every request with the same bytes.
func echo(answer []byte) net.Conn {
	here, there := net.Pipe()
	go func() {
		defer there.Close() //nolint:errcheck // a pipe
		if _, err := http.ReadRequest(bufio.NewReader(there)); err == nil {
			_, _ = there.Write(answer) // the client may have had enough
		}
	}()
	return here
}
