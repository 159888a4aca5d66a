package transport_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

const question = `{"filter":"a"}`

// posted is a request with a body, as a listing by POST sends it.
func posted() transport.Request {
	return transport.Request{Method: http.MethodPost, Path: "/v1/x", Body: []byte(question)}
}

// asked keeps what a server receives, and answers with another script.
func asked(got *[]string, with script) script {
	return func(n int, req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		*got = append(*got, fmt.Sprintf("%s %s %d %s %s", req.Method, req.URL.Path, req.ContentLength, req.Header.Get("Content-Type"), body))
		return with(n, req)
	}
}

const received = "POST /api/global/v1/x 14 application/json " + question

// A POST is sent again with its body wherever a GET is: after a broken connection, a
// server in trouble, a throttling, and a 401 that a new token mends. It is counted, timed
// and told to hooks like a GET.
func TestPostIsRepeatedAsAGet(t *testing.T) {
	t.Parallel()
	post, bodies := throughTroubles(t, posted())
	get, _ := throughTroubles(t, transport.Request{Path: "/v1/x"})
	for i, got := range bodies {
		if got != received {
			t.Errorf("attempt %d: %s", i+1, got)
		}
	}
	if post.Attempts != 6 || len(bodies) != 6 {
		t.Errorf("%d attempts, %d bodies", post.Attempts, len(bodies))
	}
	asGet := cmp.Transformer("method", func(c transport.Call) string {
		return strings.Replace(c.Method, http.MethodPost, http.MethodGet, 1) + fmt.Sprint(" ", c.URL, c.Attempt)
	})
	if diff := cmp.Diff(get, post, asGet); diff != "" {
		t.Error(diff)
	}
	if e, ok := post.Events[0].(transport.RequestEvent); !ok || e.Method != http.MethodPost {
		t.Errorf("%+v", post.Events[0])
	}
}

// outcome is what a client tells of a request.
type outcome struct {
	Events   []any
	Attempts int
	Stats    transport.Stats
}

// throughTroubles sends a request to a server that answers the sixth attempt, and returns
// what it received.
func throughTroubles(t *testing.T, request transport.Request) (o outcome, got []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &record{}
		var tokens int
		c := newClient(t, transport.Options{
			Transport: &wire{answer: asked(&got, sequence(0, 503, 429, 401, 408, 200))}, Backoff: -1, RetryShare: -1,
			Hooks: transport.Hooks{Request: r, Retry: r, Throttle: r},
			Token: transport.TokenFunc(func(context.Context) (string, error) {
				tokens++
				return fmt.Sprint("token-", tokens), nil
			}),
		})
		resp, err := c.Do(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 { // the broken connection, and its retry
			r.events[i] = withoutErr(t, r.events[i])
		}
		o = outcome{r.events, resp.Attempts, c.Stats()}
	})
	return o, got
}

// A redirect is followed with method and body, or not at all.
func TestRedirectsOfAPost(t *testing.T) {
	t.Parallel()
	const to = ", which leads to https://api.test/api/global/v1/there"
	const where = " (POST https://api.test/api/global/v1/x)"
	const lost = ", and would turn the POST into a GET without its body"
	for _, test := range []struct {
		status    int
		follow    bool
		location  string
		want      string // "" = followed
		wantAtAll int
	}{
		{301, true, "there", "301 Moved Permanently" + to + lost + where, 1},
		{302, true, "there", "302 Found" + to + lost + where, 1},
		{303, true, "there", "303 See Other" + to + lost + where, 1},
		{302, true, "", "302 Found" + lost + where, 1},
		{302, false, "there", "302 Found" + to + lost + where, 1},
		{307, true, "there", "", 2},
		{308, true, "there", "", 2},
		{307, false, "there", "307 Temporary Redirect" + to + where, 1},
		{308, true, "https://evil.test/there", "308 Permanent Redirect, which leads to https://evil.test/there" + where, 1},
	} {
		var got []string
		w := &wire{answer: asked(&got, leading(test.status, test.location))}
		c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(secret), FollowRedirects: test.follow})
		_, err := c.Do(t.Context(), posted())
		if (err == nil) != (test.want == "") || err != nil && (err.Error() != test.want || !errors.Is(err, transport.ErrRedirect)) || len(got) != test.wantAtAll {
			t.Errorf("%d to %q: %d requests, %v", test.status, test.location, len(got), err)
		}
		for i, one := range got {
			if want := strings.ReplaceAll(received, "/v1/x", []string{"/v1/x", "/v1/there"}[i]); one != want {
				t.Errorf("%d to %q: %s", test.status, test.location, one)
			}
		}
		if w.bearers[len(got)-1] != "Bearer "+secret {
			t.Errorf("%d to %q: without the token", test.status, test.location)
		}
	}
}

// A redirect of a redirect is held to the same rule.
func TestRedirectsOfAPostInTurn(t *testing.T) {
	t.Parallel()
	w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
		return answer([]int{307, 302}[n-1], "", "Location", "there"), nil
	}}
	c := newClient(t, transport.Options{Transport: w, FollowRedirects: true})
	if _, err := c.Do(t.Context(), posted()); !errors.Is(err, transport.ErrRedirect) || w.n != 2 {
		t.Errorf("%d requests: %v", w.n, err)
	}
}

// What the client cannot send ends before anything is sent, and errors name the method.
func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := &wire{answer: sequence(400)}
	c := newClient(t, transport.Options{Transport: w})
	for _, test := range []struct {
		request transport.Request
		want    string
	}{
		{transport.Request{Method: "PUT", Path: "/v1/x"}, "transport.Request.Method: it is neither GET nor POST, and the client only reads: PUT (PUT https://api.test/api/global/v1/x, not sent)"},
		{transport.Request{Method: "post", Path: "/v1/x"}, "transport.Request.Method: it is neither GET nor POST, and the client only reads: post (post https://api.test/api/global/v1/x, not sent)"},
		{transport.Request{Path: "/v1/x", Body: []byte("{}")}, "transport.Request.Body: a GET has no body: use POST (GET https://api.test/api/global/v1/x, not sent)"},
		{transport.Request{Method: http.MethodPost, Path: "v1/x"}, "link v1/x: a path must begin with /"},
	} {
		if _, err := c.Do(t.Context(), test.request); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v", test.request, err)
		}
	}
	if w.n != 0 {
		t.Errorf("%d requests", w.n)
	}
	_, err := c.Do(t.Context(), posted())
	if refused, ok := errors.AsType[*transport.APIError](err); !ok || refused.Method != http.MethodPost || err.Error() != "400 Bad Request (POST https://api.test/api/global/v1/x)" {
		t.Error(err)
	}
}

// Options.Header may say that the body is another JSON, and a POST may have no body.
func TestContentTypeOfAPost(t *testing.T) {
	t.Parallel()
	var got []string
	c := newClient(t, transport.Options{
		Transport: &wire{answer: asked(&got, sequence(200))}, Header: http.Header{"Content-Type": {"application/vnd.api+json"}},
	})
	if _, err := c.Do(t.Context(), posted()); err != nil {
		t.Error(err)
	}
	c = newClient(t, transport.Options{Transport: &wire{answer: asked(&got, sequence(200))}})
	if _, err := c.Do(t.Context(), transport.Request{Method: http.MethodPost, Path: "/v1/x"}); err != nil {
		t.Error(err)
	}
	want := []string{
		"POST /api/global/v1/x 14 application/vnd.api+json " + question,
		"POST /api/global/v1/x 0  ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A server may close an idle connection at the moment at which the client uses it. A POST
// is then sent on another one within the attempt, as net/http does for a GET.
func TestPostOnAConnectionThatIsClosed(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	got := make(chan string, 3)
	go func() {
		for i := 0; ; i++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(conn)
			for answers := i; answers < 2; answers++ { // of the first connection's two requests one is answered
				req, err := http.ReadRequest(in)
				if err != nil {
					break
				}
				body, _ := io.ReadAll(req.Body)
				got <- fmt.Sprint(len(req.Header["Idempotency-Key"]), string(body))
				if i == 0 && answers == 1 {
					break
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			}
			_ = conn.Close()
		}
	}()
	c := newClient(t, transport.Options{BaseURL: "http://" + listener.Addr().String(), Retries: -1})
	for range 2 {
		if resp, err := c.Do(t.Context(), posted()); err != nil || resp.Attempts != 1 {
			t.Fatal(resp, err)
		}
	}
	for range 3 {
		if one := <-got; one != "0"+question {
			t.Error(one)
		}
	}
}
