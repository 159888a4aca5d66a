package oauth

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/internal/limit"
	"github.com/muster-go/muster/transport/internal/redact"
)

const (
	tries     = 3       // requests for a token while the endpoint fails
	maxAnswer = 1 << 20 // bytes of an answer
	shortest  = time.Second
)

// request is what one fetch sends.
type request struct {
	secret  string // of the client
	refresh string // token; "" = the grant client_credentials
}

func (s *Source) grant() string {
	if s.options.RefreshToken != nil {
		return "refresh_token"
	}
	return "client_credentials"
}

// shownURL returns the endpoint without its query, which may have secrets.
func (s *Source) shownURL() string {
	u, err := url.Parse(s.options.TokenURL)
	if err != nil {
		return "" // New has checked it
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// fetch returns a new token. While another one can be used, it tries once.
func (s *Source) fetch(ctx context.Context, hasOther bool) (token, error) {
	r, err := s.request(ctx)
	if err != nil {
		return token{}, err
	}
	issued, err := s.try(ctx, r, hasOther)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Code == "invalid_grant" && r.refresh != "" {
		// Another process may have used the refresh token, and stored the one after it.
		if stored, readErr := read(ctx, s.options.RefreshToken); readErr == nil && stored != r.refresh {
			r.refresh = stored
			issued, err = s.try(ctx, r, hasOther)
		}
	}
	if err != nil {
		return token{}, err
	}
	s.keep(r, issued.RefreshToken)
	return timed(issued, s.options.Early), nil
}

// request reads the secrets.
func (s *Source) request(ctx context.Context) (r request, err error) {
	if r.secret, err = read(ctx, s.options.ClientSecret); err != nil {
		return r, fmt.Errorf("the client's secret: %w", err)
	}
	s.mu.Lock()
	r.refresh = s.refresh
	s.mu.Unlock()
	if r.refresh == "" && s.options.RefreshToken != nil {
		if r.refresh, err = read(ctx, s.options.RefreshToken); err != nil {
			return r, fmt.Errorf("the refresh token: %w", err)
		}
		if r.refresh == "" {
			return r, &Error{TokenURL: s.shownURL(), Grant: s.grant(), Err: errors.New("the refresh token is empty")}
		}
	}
	return r, nil
}

// read returns a secret without the space that files and commands put around it.
func read(ctx context.Context, from transport.TokenSource) (string, error) {
	if from == nil {
		return "", nil
	}
	text, err := from.Token(ctx)
	return strings.TrimSpace(text), err
}

// keep stores the refresh token of the next fetch, and hands on one that is new.
func (s *Source) keep(r request, refresh string) {
	if r.refresh == "" || refresh == "" {
		return // a client that has credentials needs none
	}
	s.mu.Lock()
	s.refresh = refresh
	s.mu.Unlock()
	if refresh != r.refresh && s.options.OnRefreshToken != nil {
		s.options.OnRefreshToken(refresh)
	}
}

// timed returns a token with the times at which it is due and ends.
func timed(issued *oauth2.Token, early time.Duration) token {
	t := token{access: issued.AccessToken}
	if issued.Expiry.IsZero() {
		return t
	}
	left := max(issued.Expiry.Round(0).Sub(now()), shortest) // less would be fetched for every request
	t.ends = now().Add(left)
	t.due = t.ends.Add(-min(early, left/2))
	return t
}

// try asks the endpoint until it answers or refuses.
func (s *Source) try(ctx context.Context, r request, once bool) (*oauth2.Token, error) {
	for i := 1; ; i++ {
		issued, err := s.ask(ctx, r)
		if err == nil {
			return issued, nil
		}
		err.Attempts = i
		if once || i == tries || !err.passing || ctx.Err() != nil {
			return nil, err
		}
		if wait := limit.Pause(ctx, s.options.Backoff<<(i-1), nil); wait != nil {
			return nil, err
		}
	}
}

// ask sends one request.
func (s *Source) ask(ctx context.Context, r request) (*oauth2.Token, *Error) {
	params := maps.Clone(s.options.Params)
	if r.refresh != "" {
		if params == nil {
			params = url.Values{}
		}
		params["grant_type"], params["refresh_token"] = []string{s.grant()}, []string{r.refresh}
	}
	config := clientcredentials.Config{
		ClientID: s.options.ClientID, ClientSecret: r.secret, TokenURL: s.options.TokenURL,
		Scopes: s.options.Scopes, EndpointParams: params, AuthStyle: s.options.Style.auth(),
	}
	bounded, cancel := context.WithTimeoutCause(ctx, s.options.Timeout, transport.ErrTimeout)
	defer cancel()
	answer := &wholeAnswer{next: s.options.Transport}
	issued, err := config.Token(context.WithValue(bounded, oauth2.HTTPClient, &http.Client{
		Transport:     answer,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the secret stays here
	}))
	if err == nil {
		return issued, nil
	}
	if errors.Is(context.Cause(bounded), transport.ErrTimeout) {
		err = fmt.Errorf("%w in %s", transport.ErrTimeout, s.options.Timeout)
	}
	return nil, s.failed(r, answer, err)
}

// failed returns the typed error of a request, without secrets.
func (s *Source) failed(r request, answer *wholeAnswer, err error) *Error {
	masks := redact.Masks("[secret]", r.secret, r.refresh, answer.sent)
	clean := func(text string) string { return display.Bounded(redact.Text(text, masks), maxErrorText/2) }
	e := &Error{TokenURL: s.shownURL(), Grant: s.grant(), Err: err}
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		e.Status, e.Code, e.Description, e.Err = refused.Response.StatusCode, clean(refused.ErrorCode), clean(refused.ErrorDescription), nil
		e.passing = e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError
		return e
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // net/http's own wrapping repeats the URL
	}
	_, tooLarge := errors.AsType[*transport.BodyTooLargeError](err)
	e.passing = answer.status == 0 && !tooLarge
	if answer.status != 0 {
		err = fmt.Errorf("the answer has no token: %w", err)
	}
	e.Err = redact.Error(err, masks)
	return e
}

// wholeAnswer reads an answer to its end, within bounds.
type wholeAnswer struct {
	next   http.RoundTripper
	status int    // of the answer; 0 = none
	sent   string // the credentials in the header, as they are encoded
}

// RoundTrip implements [http.RoundTripper].
func (a *wholeAnswer) RoundTrip(req *http.Request) (*http.Response, error) {
	if user, password, ok := req.BasicAuth(); ok {
		a.sent = base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	}
	resp, err := a.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or given up
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, &transport.BodyTooLargeError{Limit: maxAnswer}
	}
	a.status = resp.StatusCode
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
