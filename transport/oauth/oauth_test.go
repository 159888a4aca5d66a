package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/oauth"
)

// What a request says: grant, scopes and parameters, with the client in either style.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, style := range []oauth.Style{"", oauth.Basic, oauth.Body} {
		i := issue(t, &issuer{style: style})
		s := source(t, i, func(o *oauth.Options) {
			o.Scopes, o.Params = []string{"users:read", "orders"}, url.Values{"audience": {"https://api.test/"}, "resource": {"a", "b"}}
		})
		token, err := s.Token(t.Context())
		if err != nil || token != "access-token-1" {
			t.Fatalf("%q: %q, %v", style, token, err)
		}
		got := i.requests[0]
		got.Del("client_id")
		got.Del("client_secret")
		want := url.Values{
			"grant_type": {"client_credentials"}, "scope": {"users:read orders"},
			"audience": {"https://api.test/"}, "resource": {"a", "b"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", style, diff)
		}
	}
}

// A client with a source asks for one token, however many requests run, and for one more
// after a refusal.
func TestOneFetchAtATime(t *testing.T) {
	t.Parallel()
	i := issue(t, &issuer{})
	s := source(t, i, nil)
	valid := &stored{value: "access-token-1"}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if want, _ := valid.Token(r.Context()); r.Header.Get("Authorization") != "Bearer "+want {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(api.Close)
	var clients []*transport.Client
	for range 2 {
		c, err := transport.New(transport.Options{BaseURL: api.URL, Token: s, Rate: -1, Concurrency: 16})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		clients = append(clients, c)
	}
	for round := 1; round <= 3; round++ {
		valid.put(fmt.Sprint("access-token-", round)) // which revokes the one before
		var wg sync.WaitGroup
		for n := range 32 {
			wg.Go(func() {
				if _, err := clients[n%2].Get(t.Context(), "/users", nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if i.count() != round {
			t.Fatalf("round %d: %d tokens were asked for", round, i.count())
		}
	}
}

// wire answers in process, under fake time.
type wire func(n int, req *http.Request) (*http.Response, error)

// in returns a source in a bubble; answers get the number of their request.
func in(t *testing.T, change func(*oauth.Options), with wire) (s *oauth.Source, count func() int) {
	t.Helper()
	var n int
	return source(t, &issuer{Server: &httptest.Server{URL: "https://login.test"}}, func(o *oauth.Options) {
		o.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
			n++
			return with(n, req)
		})
		if change != nil {
			change(o)
		}
	}), func() int { return n }
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func answer(status int, body string) (*http.Response, error) {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func issued(n int, seconds string) (*http.Response, error) {
	return answer(200, fmt.Sprintf(`{"access_token":"access-token-%d","token_type":"bearer","expires_in":%s}`, n, seconds))
}

// A token is renewed before it ends, a short one after half of its life, and one without an
// end never.
func TestRenewal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		seconds string
		at      time.Duration // of the second fetch; 0 = never
	}{
		{"3600", 59 * time.Minute},
		{`"3600"`, 59 * time.Minute},
		{"20", 10 * time.Second},
		{"-5", 500 * time.Millisecond},
		{"0", 0},
		{"null", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, count := in(t, nil, func(n int, _ *http.Request) (*http.Response, error) { return issued(n, test.seconds) })
			ask := func() {
				if _, err := s.Token(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			ask()
			if test.at == 0 {
				time.Sleep(10000 * time.Hour) //nolint:forbidigo // inside a synctest bubble
				if ask(); count() != 1 {
					t.Errorf("%s: %d fetches", test.seconds, count())
				}
				return
			}
			time.Sleep(test.at - time.Millisecond) //nolint:forbidigo // inside a synctest bubble
			ask()
			before := count()
			time.Sleep(time.Millisecond) //nolint:forbidigo // inside a synctest bubble
			if ask(); before != 1 || count() != 2 {
				t.Errorf("%s: %d fetches before, %d after", test.seconds, before, count())
			}
		})
	}
}

// While a token can be used, an endpoint that fails ends nothing: it is asked again later,
// and each time once.
func TestRenewalThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, count := in(t, nil, func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return issued(n, "3600")
			}
			return answer(503, "")
		})
		for _, step := range []struct {
			wait  time.Duration
			count int
			fails bool
		}{{0, 1, false}, {59 * time.Minute, 2, false}, {4 * time.Second, 2, false}, {time.Second, 3, false}, {time.Minute, 6, true}} {
			time.Sleep(step.wait) //nolint:forbidigo // inside a synctest bubble
			token, err := s.Token(t.Context())
			if count() != step.count || (err != nil) != step.fails || err == nil && token != "access-token-1" {
				t.Errorf("after %s: %q, %d requests, %v", step.wait, token, count(), err)
			}
		}
	})
}

// A refresh token that the endpoint replaces is kept, and handed on once.
func TestRotation(t *testing.T) {
	t.Parallel()
	i := issue(t, &issuer{refresh: "refresh-token-0", rotates: true})
	var got []string
	s := source(t, i, func(o *oauth.Options) {
		o.RefreshToken, o.OnRefreshToken = transport.StaticToken("refresh-token-0"), func(token string) { got = append(got, token) }
	})
	token, err := s.Token(t.Context())
	for range 2 {
		if err == nil {
			token, err = s.Renew(t.Context(), token)
		}
	}
	if diff := cmp.Diff([]string{"refresh-token-1", "refresh-token-2", "refresh-token-3"}, got); diff != "" || err != nil || token != "access-token-3" {
		t.Errorf("%s %q %v", diff, token, err)
	}
	if grant := i.requests[2].Get("grant_type"); grant != "refresh_token" {
		t.Error(grant)
	}
	i.rotates = false
	if _, err := s.Renew(t.Context(), token); err != nil || len(got) != 3 {
		t.Error(got, err)
	}
}

// Another process that used the refresh token has stored the next one.
func TestRefreshTokenThatAnotherProcessReplaced(t *testing.T) {
	t.Parallel()
	i := issue(t, &issuer{refresh: "refresh-token-0"})
	file := &stored{value: "refresh-token-0\n"}
	s := source(t, i, func(o *oauth.Options) { o.RefreshToken = file })
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i.refresh = "refresh-token-of-another"
	file.put(i.refresh)
	if token, err = s.Renew(t.Context(), token); err != nil || token != "access-token-3" {
		t.Errorf("%q, %v", token, err)
	}
}

// Each failure says which endpoint, what it said and what to do, and shows no secret.
func TestErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers  func(n int, w http.ResponseWriter, r *http.Request) bool
		change   func(*oauth.Options)
		want     string
		requests int
	}{
		"client": {
			change: func(o *oauth.Options) { o.Style = oauth.Body },
			want:   "token endpoint URL, grant client_credentials: 401 invalid_client (the client is not known: [secret]); check the client's id and secret, and the style (basic or body) that the endpoint wants", requests: 1,
		},
		"refresh token": {
			change: func(o *oauth.Options) { o.RefreshToken = transport.StaticToken("revoked-token") },
			want:   "token endpoint URL, grant refresh_token: 400 invalid_grant (not valid: [secret]); the refresh token has ended, was revoked or was used before: log in anew for another one", requests: 1,
		},
		"scope": {
			answers: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				refuse(w, 400, "invalid_scope", "")
				return true
			},
			want: "token endpoint URL, grant client_credentials: 400 invalid_scope; check the scopes", requests: 1,
		},
		"error with status 200": {
			answers: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				refuse(w, 200, "unauthorized_client", "")
				return true
			},
			want: "token endpoint URL, grant client_credentials: 200 unauthorized_client; the client may not use this grant: allow it at the endpoint, or take the other one", requests: 1,
		},
		"trouble": {
			answers: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusBadGateway)
				return true
			},
			want: "token endpoint URL, grant client_credentials: 502 Bad Gateway, 3 attempts; try again later", requests: 3,
		},
		"redirect": {
			answers: func(_ int, w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
				return true
			},
			want: "token endpoint URL, grant client_credentials: 307 Temporary Redirect; check the address of the token endpoint", requests: 1,
		},
		"page": {
			answers: func(_ int, w http.ResponseWriter, r *http.Request) bool {
				_, _ = io.WriteString(w, "<html>"+r.Header.Get("Authorization"))
				return true
			},
			want: "token endpoint URL, grant client_credentials: the answer has no token: oauth2: cannot parse json: invalid character '<' looking for beginning of value", requests: 1,
		},
		"no token": {
			answers: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				_, _ = io.WriteString(w, "{}")
				return true
			},
			want: "token endpoint URL, grant client_credentials: the answer has no token: oauth2: server response missing access_token", requests: 1,
		},
		"too long": {
			answers: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				_, _ = io.WriteString(w, `{"access_token":"`+strings.Repeat("a", 1<<20))
				return true
			},
			want: "token endpoint URL, grant client_credentials: the answer's body is longer than 1048576 bytes", requests: 1,
		},
		"secret": {
			change: func(o *oauth.Options) { o.ClientSecret = transport.FileToken("no-such-file") },
			want:   "the client's secret: open no-such-file: no such file or directory",
		},
		"empty refresh token": {
			change: func(o *oauth.Options) { o.RefreshToken = transport.StaticToken("\n") },
			want:   "token endpoint URL, grant refresh_token: the refresh token is empty",
		},
	} {
		i := issue(t, &issuer{answers: test.answers})
		_, err := source(t, i, test.change).Token(t.Context())
		want := strings.ReplaceAll(test.want, "URL", i.URL+"/token")
		if err == nil || err.Error() != want || i.count() != test.requests {
			t.Errorf("%s: %d requests, %v\nnot %s", name, i.count(), err, want)
		}
	}
}

// An endpoint that hangs ends by the time of an attempt, and by the caller's context.
func TestEndpointThatHangs(t *testing.T) {
	t.Parallel()
	release, fourth := make(chan struct{}), make(chan struct{})
	i := issue(t, &issuer{answers: func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n == 4 {
			close(fourth)
		}
		<-release
		return true
	}})
	t.Cleanup(func() { close(release) })
	_, err := source(t, i, func(o *oauth.Options) { o.Timeout = 20 * time.Millisecond }).Token(t.Context())
	if failed, ok := errors.AsType[*oauth.Error](err); !ok || !errors.Is(err, transport.ErrTimeout) || failed.Attempts != 3 || failed.TokenURL != i.URL+"/token" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		<-fourth
		cancel(enough)
	}()
	if _, err := source(t, i, nil).Token(ctx); !errors.Is(err, enough) {
		t.Error(err)
	}
}

// All that wait for a fetch take its error, and the next caller fetches anew.
func TestOneFetchThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, count := in(t, nil, func(int, *http.Request) (*http.Response, error) {
			time.Sleep(time.Second) //nolint:forbidigo // inside a synctest bubble
			return answer(401, `{"error":"invalid_client"}`)
		})
		for round := 1; round <= 2; round++ {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if _, err := s.Token(t.Context()); err == nil {
						t.Error("a token")
					}
				})
			}
			wg.Wait()
			if count() != round {
				t.Errorf("round %d: %d requests", round, count())
			}
		}
	})
}

// A server that cannot be reached is asked three times.
func TestEndpointThatIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		broken := errors.New("connection refused " + clientSecret)
		s, count := in(t, func(o *oauth.Options) { o.Backoff = time.Second }, func(int, *http.Request) (*http.Response, error) { return nil, broken })
		_, err := s.Token(t.Context())
		const want = "token endpoint https://login.test/token, grant client_credentials: connection refused [secret], 3 attempts"
		if err == nil || err.Error() != want || count() != 3 || time.Since(start) != 3*time.Second {
			t.Errorf("%d requests in %s: %v", count(), time.Since(start), err)
		}
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	_, err := oauth.New(oauth.Options{
		TokenURL: "http://ann:hunter2@login.test/token", Style: "header", Scopes: []string{"a b"}, Early: -1, Timeout: -1, Backoff: -1,
		Params: url.Values{"grant_type": {"password"}},
	})
	const want = `transport.oauth.TokenURL: it must hold no user name, password or fragment
transport.oauth.ClientID: it is empty
transport.oauth.ClientSecret: there is none, and no RefreshToken
transport.oauth.Style: "header" is neither basic nor body
transport.oauth.Early: -1ns is negative
transport.oauth.Timeout: -1ns is negative
transport.oauth.Backoff: -1ns is negative
transport.oauth.Scopes: "a b" is not a scope: one word without quotes
transport.oauth.Params: grant_type has an option of its own`
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"":                         "it is empty",
		"login.test/token":         "it must begin with https:// and a host",
		"http://login.test/token":  "plain http shows the secret to the network: use https",
		"https://login.test/token": "", "http://127.0.0.1:8080/token": "", "http://localhost/token": "", "http://[::1]/token": "",
	} {
		if got := transport.CheckTokenURL(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Formatting a source shows no secret, whether it has a token or not.
func TestSourceHidesItsSecrets(t *testing.T) {
	t.Parallel()
	i := issue(t, &issuer{refresh: "refresh-token-0", rotates: true})
	s := source(t, i, func(o *oauth.Options) { o.RefreshToken = transport.StaticToken("refresh-token-0") })
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "oauth: refresh_token at " + i.URL + "/token"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); got != want {
			t.Errorf("%s: %s", verb, got)
		}
	}
}
