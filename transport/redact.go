package transport

import (
	"errors"
	"net/http"
)

// redactingTransport is the innermost stage of a client whose URLs carry the token:
// an error may quote the URL, or the server's echo of it.
type redactingTransport struct {
	next   http.RoundTripper
	redact func(string) string
}

// RoundTrip implements [http.RoundTripper].
func (r *redactingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil && r.redact(err.Error()) != err.Error() {
		err = &redactedError{r.redact(err.Error()), err}
	}
	return resp, err
}

// redactedError still matches what its error matches, but shows another text. It has
// no Unwrap, which would give the token away.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }
