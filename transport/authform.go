package transport

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Auth is how a request carries the token. The zero Auth is what most APIs expect:
// `Authorization: Bearer TOKEN`.
type Auth struct {
	// Header is the header that carries the token; "" means Authorization.
	Header string
	// Scheme is the word before the token, such as Token. With Basic the token is
	// `user:password`, which the client encodes as RFC 7617 says. "" means Bearer if
	// Header is "" too, and no word otherwise.
	Scheme string
	// Query is the URL parameter that carries the token instead of a header; "" =
	// none. Servers and proxies log URLs: prefer a header if the API has one.
	Query string
}

// Check returns an [*OptionError] that says which part is unusable, or nil.
func (a Auth) Check() error {
	fault := func(part, format string, args ...any) error {
		return &OptionError{Option: "Auth." + part, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case a.Query != "" && (a.Header != "" || a.Scheme != ""):
		return fault("Query", "either a header or a parameter carries the token, not both")
	case strings.ContainsFunc(a.Query, isControl):
		return fault("Query", "the parameter %q holds a control character", a.Query)
	case a.Scheme != "" && !isHTTPToken(a.Scheme):
		return fault("Scheme", "%q is not a scheme: one word, such as Bearer, Basic or Token", a.Scheme)
	case a.Header == "":
		return nil
	}
	if reason := headerFault(a.Header, ""); reason != "" {
		return fault("Header", "%s", reason)
	}
	return nil
}

// CheckHeader returns an [*OptionError] if Options.Header cannot hold the header: its
// name or value is malformed, or the client sets it itself.
func CheckHeader(name, value string) error {
	reason := headerFault(name, value)
	if http.CanonicalHeaderKey(name) == authorization {
		reason = name + " carries the token: say with auth how to send it"
	}
	if reason == "" {
		return nil
	}
	return &OptionError{Option: "Header", Reason: reason}
}

const authorization = "Authorization"

// headerFault returns why a header cannot be sent, or "".
func headerFault(name, value string) string {
	own := []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Accept-Encoding", "Te", "Trailer", "Upgrade"}
	switch {
	case !isHTTPToken(name):
		return fmt.Sprintf("%q is not a header name", name)
	case slices.Contains(own, http.CanonicalHeaderKey(name)):
		return "the connection sets " + name + " itself"
	case strings.ContainsFunc(value, isControl):
		return "the value of " + name + " holds a control character, such as the end of a line"
	case strings.TrimSpace(value) != value:
		return "the value of " + name + " begins or ends with a space"
	}
	return ""
}

// isHTTPToken reports whether a text is a token by RFC 9110, section 5.6.2.
func isHTTPToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

func (a Auth) basic() bool { return strings.EqualFold(a.Scheme, "Basic") }

// put adds the token to a request that the caller owns.
func (a Auth) put(req *http.Request, token string) {
	switch {
	case a.Query != "":
		target := *req.URL
		query := target.Query()
		query.Set(a.Query, token)
		target.RawQuery = query.Encode()
		req.URL = &target
	case a.Header == "" && a.Scheme == "":
		req.Header.Set(authorization, "Bearer "+token)
	default:
		header := a.Header
		if header == "" {
			header = authorization
		}
		value := token
		if a.basic() {
			value = base64.StdEncoding.EncodeToString([]byte(token))
		}
		if a.Scheme != "" {
			value = a.Scheme + " " + value
		}
		req.Header.Set(header, value)
	}
}

// clean strips what a file or a command puts around a token, and refuses text that
// cannot be one.
func (a Auth) clean(token string) (string, error) {
	if !a.basic() {
		return cleanToken(token)
	}
	token = strings.Trim(token, "\r\n")
	switch {
	case !strings.Contains(token, ":"):
		return "", errors.New("the token is not user:password, as Basic authentication expects")
	case strings.ContainsFunc(token, isControl):
		return "", errors.New("the user or the password holds a control character")
	}
	return token, nil
}

// shortestSecret is the shortest password that redaction looks for by itself: a
// shorter one occurs in any text.
const shortestSecret = 4

// secrets returns the texts that give the token away.
func (a Auth) secrets(token string) []string {
	if token == "" {
		return nil
	}
	all := []string{token}
	if a.basic() {
		all = append(all, base64.StdEncoding.EncodeToString([]byte(token)))
		if _, password, _ := strings.Cut(token, ":"); len(password) >= shortestSecret {
			all = append(all, password)
		}
	}
	return all
}
