package shipstreamtest

import (
	"fmt"
	"net/http"
)

// The types of the API's errors.
const (
	errApplication = "application"
	errOpenAPI     = "openapi" // the request is not valid against the specification
)

// apiError is an error response.
type apiError struct {
	status  int
	typ     string
	message string
	details []detail
	header  http.Header
}

type detail struct{ key, message string }

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s", e.status, e.message) }

// invalid returns a 400 about one parameter.
func invalid(key, format string, args ...any) *apiError {
	return &apiError{
		status: http.StatusBadRequest, typ: errOpenAPI, message: "The request is not valid.",
		details: []detail{{key, fmt.Sprintf(format, args...)}},
	}
}

func failure(status int, message string) *apiError {
	return &apiError{status: status, typ: errApplication, message: message}
}

// appendJSON appends the error's body.
func (e *apiError) appendJSON(b []byte) []byte {
	b = append(append(append(b, `{"errors":[{"type":"`...), e.typ...), `","message":`...)
	b = appendString(b, e.message, false)
	if len(e.details) > 0 {
		b = append(b, `,"details":[`...)
		for i, d := range e.details {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(append(b, `{"key":`...), d.key, false)
			b = appendString(append(b, `,"message":`...), d.message, false)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	return append(b, "}]}"...)
}
