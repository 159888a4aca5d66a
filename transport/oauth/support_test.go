package oauth_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/oauth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	clientID     = "muster"
	clientSecret = "s3cr3t of/the+client"
)

// issuer is a token endpoint that counts, and refuses who does not authenticate.
type issuer struct {
	*httptest.Server
	style    oauth.Style
	lifetime int                                                      // seconds of a token; 0 = the answer does not say
	refresh  string                                                   // the refresh token that it takes; "" = the other grant
	rotates  bool                                                     // each refresh token serves once
	answers  func(n int, w http.ResponseWriter, r *http.Request) bool // before anything else; true = it has answered

	mu       sync.Mutex
	requests []url.Values // without what authenticates
}

// issue starts an endpoint.
func issue(t *testing.T, i *issuer) *issuer {
	t.Helper()
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.requests)
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	i.requests = append(i.requests, r.PostForm)
	n := len(i.requests)
	i.mu.Unlock()
	if i.answers != nil && i.answers(n, w, r) {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	answer := map[string]string{"access_token": fmt.Sprint("access-token-", n), "token_type": "bearer"}
	switch {
	case !i.knows(r):
		refuse(w, http.StatusUnauthorized, "invalid_client", "the client is not known: "+clientSecret)
		return
	case r.PostForm.Get("refresh_token") != i.refresh:
		refuse(w, http.StatusBadRequest, "invalid_grant", "not valid: "+r.PostForm.Get("refresh_token"))
		return
	}
	if i.lifetime > 0 {
		answer["expires_in"] = strconv.Itoa(i.lifetime)
	}
	if i.rotates {
		i.refresh = fmt.Sprint("refresh-token-", n)
		answer["refresh_token"] = i.refresh
	}
	write(w, http.StatusOK, answer)
}

// knows checks that the client authenticates in the issuer's style, and in no other.
func (i *issuer) knows(r *http.Request) bool {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	user, password, basic := r.BasicAuth()
	user, _ = url.QueryUnescape(user)
	password, _ = url.QueryUnescape(password)
	if i.style == oauth.Body {
		return id == clientID && secret == clientSecret && !basic
	}
	return user == clientID && password == clientSecret && secret == ""
}

func refuse(w http.ResponseWriter, status int, code, words string) {
	write(w, status, map[string]string{"error": code, "error_description": words})
}

func write(w http.ResponseWriter, status int, answer map[string]string) {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// source returns a source for an issuer; change may be nil.
func source(t *testing.T, i *issuer, change func(*oauth.Options)) *oauth.Source {
	t.Helper()
	o := oauth.Options{
		TokenURL: i.URL + "/token", ClientID: clientID, ClientSecret: transport.StaticToken(clientSecret),
		Style: i.style, Backoff: time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	s, err := oauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stored is a secret that another process may replace.
type stored struct {
	mu    sync.Mutex
	value string
}

func (s *stored) Token(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value, nil
}

func (s *stored) put(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
}
