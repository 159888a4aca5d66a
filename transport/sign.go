package transport

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/muster-go/muster/transport/internal/redact"
)

// SignError reports a request that Options.Sign did not sign. The client does not repeat
// such a request.
type SignError struct {
	Method string
	URL    string // sanitised
	Err    error  // of Options.Sign, or what it must not change
}

// Error returns one line.
func (e *SignError) Error() string { return "the request is not signed: " + e.Err.Error() }

// Unwrap returns the error of Options.Sign.
func (e *SignError) Unwrap() error { return e.Err }

var errSignChanges = errors.New("Options.Sign changed the method, the host, the path or the body; it may set headers and URL parameters")

// Texts of signatures that redaction looks for. Shorter ones occur in any text.
const (
	shortestSignature = 8
	shortestPart      = 16
	maxSignatures     = 1024
)

// signer signs requests, and keeps what the signatures were for redaction.
type signer struct {
	sign func(*http.Request) error

	mu     sync.Mutex
	recent []string // what sign set; the latest are last
}

// apply signs a request that the caller owns.
func (s *signer) apply(req *http.Request) error {
	header, target, method, host := req.Header.Clone(), *req.URL, req.Method, req.Host
	body, length := req.GetBody, req.ContentLength
	if err := s.sign(req); err != nil {
		return &SignError{Err: err}
	}
	s.keep(changed(header, req.Header))
	s.keep(changed(target.Query(), req.URL.Query()))
	if req.Method != method || req.Host != host || !sameOrigin(&target, req.URL) || req.URL.Path != target.Path || req.ContentLength != length {
		return &SignError{Err: errSignChanges}
	}
	if body == nil {
		return nil
	}
	req.GetBody = body
	var err error
	req.Body, err = body() // sign may have read it
	return err
}

// changed returns the values that are new.
func changed(before, after map[string][]string) (values []string) {
	for name, now := range after {
		if !slices.Equal(before[name], now) {
			values = append(values, now...)
		}
	}
	return values
}

// keep adds values to those that are redacted. Those that were not set for longest make
// room.
func (s *signer) keep(values []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if len(value) < shortestSignature {
			continue
		}
		if i := slices.Index(s.recent, value); i >= 0 {
			s.recent = slices.Delete(s.recent, i, i+1)
		}
		s.recent = append(s.recent, value)
	}
	if n := len(s.recent) - maxSignatures; n > 0 {
		s.recent = slices.Delete(s.recent, 0, n)
	}
}

// masks returns the masks of what was set, whole and in its parts: a server may show the
// signature alone from a header that has more.
func (s *signer) masks() (all []redact.Mask) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range s.recent {
		all = append(all, redact.Masks("[signature]", append(parts(value), value)...)...)
	}
	return all
}

// parts returns the words of a value such as `Signature keyId="k",signature="c2ln"`.
func parts(value string) (words []string) {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ,;\"'", r) }) {
		name, rest, named := strings.Cut(word, "=")
		if named && len(rest) >= shortestPart && len(name) < shortestPart {
			word = rest
		}
		if len(word) >= shortestPart {
			words = append(words, word)
		}
	}
	return words
}
