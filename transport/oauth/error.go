package oauth

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// Error reports a token endpoint that gave no token. [transport.TokenError] wraps it.
type Error struct {
	TokenURL    string // without its query
	Grant       string // client_credentials or refresh_token
	Status      int    // of the answer; 0 = none
	Code        string // of RFC 6749, such as invalid_client; "" = the answer has none
	Description string // the endpoint's words without secrets, bounded
	Attempts    int    // requests sent
	Err         error  // why there is no answer, or none that can be used; nil = it is a refusal

	passing bool // the next attempt may succeed
}

// Error returns one line: the endpoint, what it said, and what to do.
func (e *Error) Error() string {
	said := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if e.Err != nil {
		said = e.Err.Error()
	}
	if e.Code != "" {
		said = fmt.Sprintf("%d %s", e.Status, e.Code)
	}
	if e.Description != "" {
		said += " (" + e.Description + ")"
	}
	text := fmt.Sprintf("token endpoint %s, grant %s: %s", e.TokenURL, e.Grant, strings.TrimSpace(said))
	if e.Attempts > 1 {
		text += fmt.Sprintf(", %d attempts", e.Attempts)
	}
	if advice := e.advice(); advice != "" {
		text += "; " + advice
	}
	return display.Bounded(text, maxErrorText)
}

// Unwrap returns why there is no answer.
func (e *Error) Unwrap() error { return e.Err }

// maxErrorText bounds an error's text, in bytes.
const maxErrorText = 1 << 10

// advice says what to do about an error.
func (e *Error) advice() string {
	switch e.Code {
	case "invalid_client":
		return "check the client's id and secret, and the style (basic or body) that the endpoint wants"
	case "invalid_grant":
		return "the refresh token has ended, was revoked or was used before: log in anew for another one"
	case "invalid_scope":
		return "check the scopes"
	case "unauthorized_client", "unsupported_grant_type":
		return "the client may not use this grant: allow it at the endpoint, or take the other one"
	}
	switch {
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		return "check the client's id and secret, and the style (basic or body) that the endpoint wants"
	case e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status >= 300 && e.Status < 400:
		return "check the address of the token endpoint"
	case e.passing && e.Status != 0:
		return "try again later"
	}
	return ""
}
