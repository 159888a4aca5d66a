package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// The API's refusals by status; test for them with [errors.Is].
var (
	ErrBadRequest   = errors.New("the API does not accept the request")               // 400
	ErrUnauthorized = errors.New("the API does not accept the token")                 // 401, and any [*TokenError]
	ErrNotFound     = errors.New("the API has no such object")                        // 404
	ErrConcurrency  = errors.New("more requests at once than the API allows")         // 409
	ErrRateLimited  = errors.New("more requests a second than the API allows")        // 429
	ErrUnavailable  = errors.New("the API is unavailable")                            // 5xx
	ErrRedirect     = errors.New("the API redirects, and the client does not follow") // 3xx
	ErrUpgrade      = errors.New("the API changes the protocol")                      // 101
)

// ErrTimeout reports an attempt that got no complete answer within
// Options.AttemptTimeout.
var ErrTimeout = errors.New("no complete answer")

// ErrClosed reports a client that was closed.
var ErrClosed = errors.New("the client is closed")

// errForeignOrigin guards the token; see [auth].
var errForeignOrigin = errors.New("the request leaves the base URL's origin")

// APIError reports an answer with a status other than 2xx that the client did not
// retry, or retried in vain.
type APIError struct {
	Status   int         // the HTTP status
	Errors   []ErrorItem // what the API said; empty when the body has no form that the client knows
	Method   string
	URL      string // sanitised
	Location string // where a redirect leads, sanitised and without its query; "" = none
	Attempts int    // requests sent
}

// ErrorItem is one error of the API's body.
type ErrorItem struct {
	Type    string        `json:"type"` // "application" or "openapi" are documented
	Message string        `json:"message"`
	Details []ErrorDetail `json:"details,omitempty"`
}

// ErrorDetail locates an error in the request.
type ErrorDetail struct {
	Key     string `json:"key"` // the part of the request
	Message string `json:"message"`
}

// Error returns one line: the status, the API's own words, the request and the
// attempts. It is of bounded length and holds no control characters, because it will
// be printed on terminals.
func (e *APIError) Error() string {
	said := http.StatusText(e.Status)
	if len(e.Errors) > 0 {
		said = e.said()
	}
	if e.Location != "" {
		said += ", which leads to " + e.Location
	}
	if losesBody(e.Method, e.Status) {
		said += ", and would turn the POST into a GET without its body"
	}
	return fmt.Sprintf("%d %s (%s)", e.Status, said, where(e.Method, e.URL, e.Attempts))
}

func (e *APIError) said() string {
	var b strings.Builder
	for i, item := range e.Errors {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(item.Message)
		for _, detail := range item.Details {
			b.WriteString(" [" + detail.Key + ": " + detail.Message + "]")
		}
	}
	return display.Bounded(b.String(), maxErrorText)
}

// Is reports whether target is the sentinel of e's status.
func (e *APIError) Is(target error) bool { return statusIs(e.Status, target) }

// ThrottledError reports a server that asks for a longer wait than Options.MaxWait.
// Only this client gave the request up: it can be made again at Until.
type ThrottledError struct {
	Status   int           // of the answer that asked, most often 429 or 503
	Wait     time.Duration // how long from when the error was made
	Until    time.Time     // when the server wants to be asked again
	Method   string
	URL      string // sanitised
	Attempts int    // requests sent; 0 when the answer to an earlier request asked for the wait
	Err      error  // the answer as an *APIError, if it was this request's own
}

// Error returns one line with the time to come back at.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%d %s: the API asks to wait until %s, %s from now (%s)", e.Status, http.StatusText(e.Status),
		e.Until.UTC().Format(time.RFC3339), e.Wait.Round(time.Second), where(e.Method, e.URL, e.Attempts))
}

// Is reports whether target is the sentinel of e's status or [model.ErrLimit].
func (e *ThrottledError) Is(target error) bool {
	return statusIs(e.Status, target) || target == model.ErrLimit
}

// Unwrap returns the answer, if there was one.
func (e *ThrottledError) Unwrap() error { return e.Err }

// TokenError reports a [TokenSource] that returned no usable token. It matches
// [ErrUnauthorized].
type TokenError struct {
	Method string
	URL    string // sanitised; of the request that needed the token
	Err    error  // of the source
}

// Error returns one line that does not hold the token.
func (e *TokenError) Error() string { return "no token: " + e.Err.Error() }

// Is reports whether target is [ErrUnauthorized].
func (e *TokenError) Is(target error) bool { return target == ErrUnauthorized }

// Unwrap returns the source's error.
func (e *TokenError) Unwrap() error { return e.Err }

// RequestError reports a request that ended without an answer: the network failed, an
// attempt timed out, or the context ended.
type RequestError struct {
	Method   string
	URL      string // sanitised
	Attempts int    // requests sent
	Err      error  // of the last attempt
}

// Error returns one line.
func (e *RequestError) Error() string {
	return fmt.Sprintf("%s (%s)", display.Bounded(e.Err.Error(), maxErrorText), where(e.Method, e.URL, e.Attempts))
}

// Unwrap returns the last attempt's error.
func (e *RequestError) Unwrap() error { return e.Err }

// BodyTooLargeError reports a body that is longer, unpacked, than Options.MaxBody.
type BodyTooLargeError struct{ Limit int64 }

// Error returns the limit.
func (e *BodyTooLargeError) Error() string {
	return fmt.Sprintf("the answer's body is longer than %d bytes", e.Limit)
}

// Is reports whether target is [model.ErrLimit].
func (e *BodyTooLargeError) Is(target error) bool { return target == model.ErrLimit }

// OptionError reports an option that [New] does not accept.
type OptionError struct {
	Option string // the field of [Options]
	Reason string
}

// Error returns the option and the reason.
func (e *OptionError) Error() string { return "transport." + e.Option + ": " + e.Reason }

func statusIs(status int, target error) bool {
	var sentinel error
	switch {
	case status == http.StatusBadRequest:
		sentinel = ErrBadRequest
	case status == http.StatusUnauthorized:
		sentinel = ErrUnauthorized
	case status == http.StatusNotFound:
		sentinel = ErrNotFound
	case status == http.StatusConflict:
		sentinel = ErrConcurrency
	case status == http.StatusTooManyRequests:
		sentinel = ErrRateLimited
	case status >= http.StatusInternalServerError:
		sentinel = ErrUnavailable
	case status == http.StatusSwitchingProtocols:
		sentinel = ErrUpgrade
	case status >= 300 && status < 400:
		sentinel = ErrRedirect
	default:
		return false
	}
	return target == sentinel //nolint:errorlint // Is compares by identity
}

// maxErrorText bounds a server's words in an error's text, in bytes. The error's
// fields keep all of them.
const maxErrorText = 1 << 10

// where names a request and its attempts for an error's text.
func where(method, shownURL string, attempts int) string {
	switch attempts {
	case 0:
		return method + " " + shownURL + ", not sent"
	case 1:
		return method + " " + shownURL
	}
	return fmt.Sprintf("%s %s, %d attempts", method, shownURL, attempts)
}

// maxShownURL bounds a URL in an error or a log: a filter can be long.
const maxShownURL = 1 << 10

// sanitizeURL returns a URL fit for errors and logs. It drops user information and
// fragment, masks the values of parameters whose names sound secret, and bounds the
// length.
func sanitizeURL(u *url.URL) string {
	shown := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}
	query := u.Query()
	masked := false
	for name := range query {
		if soundsSecret(name) {
			query.Set(name, "masked")
			masked = true
		}
	}
	if masked {
		shown.RawQuery = query.Encode()
	}
	return display.Bounded(shown.String(), maxShownURL)
}

func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"token", "secret", "password", "authorization", "api_key", "apikey", "signature"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
