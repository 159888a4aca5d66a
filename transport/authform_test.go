package transport_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/muster-go/muster/transport"
)

// forms are ways to carry a token: what of a request holds it, and the texts by which
// it could be known.
var forms = []struct {
	auth  transport.Auth
	token string
	where string // the header, or the parameter after a ?
	want  string
	tells []string
}{
	{transport.Auth{}, secret, "Authorization", "Bearer " + secret, nil},
	{transport.Auth{Scheme: "Token"}, secret, "Authorization", "Token " + secret, nil},
	{transport.Auth{Header: "Authorization"}, secret, "Authorization", secret, nil},
	{transport.Auth{Header: "X-Api-Key"}, secret, "X-Api-Key", secret, nil},
	{transport.Auth{Header: "x-auth", Scheme: "Key"}, secret, "X-Auth", "Key " + secret, nil},
	{
		transport.Auth{Scheme: "Basic"},
		"ann:s3cret wörd", "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("ann:s3cret wörd")),
		[]string{"s3cret wörd", base64.StdEncoding.EncodeToString([]byte("ann:s3cret wörd"))},
	},
	{transport.Auth{Query: "key"}, "a+b/c=d&e", "?key", "a+b/c=d&e", []string{url.QueryEscape("a+b/c=d&e")}},
}

// TestAuth: a token is where the API wants it and nowhere else, not in what a server
// that repeats every request is told to have said, nor in a log or a hook.
func TestAuth(t *testing.T) {
	t.Parallel()
	for _, form := range forms {
		t.Run(fmt.Sprintf("%+v", form.auth), func(t *testing.T) {
			t.Parallel()
			var got []string
			var echo string
			w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
				got = req.Header.Values(form.where)
				if name, is := strings.CutPrefix(form.where, "?"); is {
					got = req.URL.Query()[name]
				}
				echo = fmt.Sprintf("%s %q %s", req.URL, req.Header, form.token)
				return answer(401, fmt.Sprintf(`{"errors":[{"message":%q}]}`, echo)), nil
			}}
			var log bytes.Buffer
			var events []any
			c := newClient(t, transport.Options{
				Transport: w, Auth: form.auth, Token: transport.StaticToken(form.token + "\n"),
				Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				Hooks:  transport.Hooks{Request: onRequest(func(e transport.RequestEvent) { events = append(events, e) })},
			})
			_, err := c.Get(t.Context(), "/v1/x", url.Values{"a": {"b"}})
			if len(got) != 1 || got[0] != form.want {
				t.Errorf("the request had %q in %s, want %q", got, form.where, form.want)
			}
			if !errors.Is(err, transport.ErrUnauthorized) || !strings.Contains(err.Error(), "[token]") || len(events) != 1 {
				t.Fatalf("%v, %v", err, events)
			}
			for _, secret := range append(form.tells, form.token) {
				if !strings.Contains(echo, secret) {
					t.Errorf("the server did not repeat %q: %s", secret, echo)
				}
				for what, text := range map[string]string{"error": fmt.Sprintf("%+v", err), "log": log.String(), "hook": fmt.Sprintf("%+v", events)} {
					if strings.Contains(text, secret) {
						t.Errorf("the %s has %q: %s", what, secret, text)
					}
				}
			}
		})
	}
}

type onRequest func(transport.RequestEvent)

func (f onRequest) OnRequest(e transport.RequestEvent) { f(e) }

// TestQueryTokenInErrors: an error of the network that repeats the URL shows no token
// that the URL carries, and is what it was.
func TestQueryTokenInErrors(t *testing.T) {
	t.Parallel()
	w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("malformed answer %q: %w", req.URL, http.ErrSchemeMismatch)
	}}
	var log bytes.Buffer
	c := newClient(t, transport.Options{
		Transport: w, Auth: transport.Auth{Query: "key"}, Token: transport.StaticToken(secret), Retries: -1,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	if !errors.Is(err, http.ErrSchemeMismatch) || !strings.Contains(err.Error(), "[token]") || strings.Contains(err.Error()+log.String(), secret) {
		t.Errorf("%v\n%s", err, &log)
	}
}

// TestLinksWithoutToken: a link that a server made of the request's own URL gives the
// token to nobody.
func TestLinksWithoutToken(t *testing.T) {
	t.Parallel()
	c := newClient(t, transport.Options{Transport: &wire{answer: sequence(200)}, Auth: transport.Auth{Query: "key"}, Token: transport.StaticToken(secret)})
	get(t, c) // the token is fetched by the first request
	path, query, err := c.ResolveNext("/api/global/v1/x?page=2&key=" + secret)
	if err != nil || path != "/v1/x" || query.Encode() != "page=2" {
		t.Errorf("%s %v %v", path, query, err)
	}
	if _, _, err = c.ResolveNext("https://evil.test/x?key=" + secret); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
}

// TestRedirectsCarryNothing: no other host sees the token, whatever carries it.
func TestRedirectsCarryNothing(t *testing.T) {
	t.Parallel()
	for _, form := range forms {
		var elsewhere atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.String(), http.StatusFound)
		}))
		c := newClient(t, transport.Options{BaseURL: server.URL, Auth: form.auth, Token: transport.StaticToken(form.token)})
		_, err := c.Get(t.Context(), "/x", nil)
		server.Close()
		other.Close()
		if !errors.Is(err, transport.ErrRedirect) || elsewhere.Load() != 0 || strings.Contains(err.Error(), form.token) {
			t.Errorf("%+v: %v, %d requests elsewhere", form.auth, err, elsewhere.Load())
		}
	}
}

// TestHeaders: headers go with every request, and in place of the client's own.
func TestHeaders(t *testing.T) {
	t.Parallel()
	var sent http.Header
	w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		sent = req.Header
		return answer(200, `{}`), nil
	}}
	own := http.Header{"accept": {"application/vnd.github+json"}, "X-Version": {"1", "2"}}
	c := newClient(t, transport.Options{Transport: w, Header: own, Token: transport.StaticToken(secret)})
	own["X-Version"][0] = "changed afterwards"
	get(t, c)
	if got := sent.Values("Accept"); len(got) != 1 || got[0] != "application/vnd.github+json" {
		t.Errorf("Accept is %q", got)
	}
	if got := sent.Values("X-Version"); len(got) != 2 || got[0] != "1" || sent.Get("User-Agent") == "" {
		t.Errorf("%v", sent)
	}
}

// TestAuthOptions: what no request could carry is refused before there is one.
func TestAuthOptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		auth   transport.Auth
		header http.Header
		want   string
	}{
		{transport.Auth{Header: "X Key"}, nil, `transport.Auth.Header: "X Key" is not a header name`},
		{transport.Auth{Header: "host"}, nil, "transport.Auth.Header: the connection sets host itself"},
		{transport.Auth{Scheme: "Bearer\r\nX: y"}, nil, `transport.Auth.Scheme: "Bearer\r\nX: y" is not a scheme`},
		{transport.Auth{Query: "k\n"}, nil, `transport.Auth.Query: the parameter "k\n" holds a control character`},
		{transport.Auth{Query: "k", Scheme: "Token"}, nil, "transport.Auth.Query: either a header or a parameter carries the token, not both"},
		{transport.Auth{}, http.Header{"authorization": {"x"}}, "transport.Header: authorization carries the token: say with auth"},
		{transport.Auth{Header: "X-Key"}, http.Header{"x-key": {"x"}}, "transport.Header: x-key carries the token"},
		{transport.Auth{}, http.Header{"X": {"a\r\nB: c"}}, "transport.Header: the value of X holds a control character, such as the end of a line"},
		{transport.Auth{}, http.Header{"X": {" a"}}, "transport.Header: the value of X begins or ends with a space"},
		{transport.Auth{}, http.Header{"": {"a"}}, `transport.Header: "" is not a header name`},
		{transport.Auth{}, http.Header{"Accept-Encoding": {"gzip"}}, "transport.Header: the connection sets Accept-Encoding itself"},
	} {
		_, err := transport.New(transport.Options{BaseURL: testBase, Auth: test.auth, Header: test.header})
		var option *transport.OptionError
		if !errors.As(err, &option) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v, %v: %v", test.auth, test.header, err)
		}
	}
}

// TestBasicTokens: what is no user and password is said without it.
func TestBasicTokens(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{"hunter2": "the token is not user:password", "ann:hun\tter2": "holds a control character"} {
		c := newClient(t, transport.Options{Transport: &wire{answer: sequence(200)}, Auth: transport.Auth{Scheme: "basic"}, Token: transport.StaticToken(token)})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		var wrong *transport.TokenError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ter2") {
			t.Errorf("got %v", err)
		}
	}
}

// An API that takes a key in a header of its own, and a media type.
func ExampleAuth() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Header.Get("X-Api-Key"), " ", r.Header.Get("Accept"))
	}))
	defer api.Close()
	client, err := transport.New(transport.Options{
		BaseURL: api.URL,
		Token:   transport.StaticToken("sesame"),
		Auth:    transport.Auth{Header: "X-Api-Key"},
		Header:  http.Header{"Accept": {"application/vnd.shop+json"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	resp, err := client.Get(context.Background(), "/orders", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(resp.Body))
	// Output: sesame application/vnd.shop+json
}

func ExampleAuth_Check() {
	fmt.Println(transport.Auth{Scheme: "Token"}.Check())
	fmt.Println(transport.Auth{Scheme: "Token "}.Check())
	// Output:
	// <nil>
	// transport.Auth.Scheme: "Token " is not a scheme: one word, such as Bearer, Basic or Token
}

func ExampleCheckHeader() {
	fmt.Println(transport.CheckHeader("Accept", "application/vnd.shop+json"))
	fmt.Println(transport.CheckHeader("Host", "shop.example.com"))
	// Output:
	// <nil>
	// transport.Header: the connection sets Host itself
}
