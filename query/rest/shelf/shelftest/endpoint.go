package shelftest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// token is the secret that every server admits.
const token = "sesame-0123"

// object is an object of JSON.
type object = map[string]any

// endpoint is a listing as a handler. It refuses what it does not expect.
type endpoint struct {
	method, path string
	// header and value are what admits a request; "" = every one is.
	header, value string
	params        []string // that the API knows; nil = any
	lists         []string // of these, the ones that may be there several times
	// serve answers a request, or fails with what was wrong with it.
	serve func(r *request) (body any, err error)
	// fail is the body of a failure; nil = {"error": …}.
	fail func(status int, text string) any
}

// request is a request whose parameters are known ones.
type request struct {
	*http.Request

	q      url.Values
	body   any         // of a POST
	header http.Header // of the answer
}

// refusal is a failure with a status of its own.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

// refuse returns an error that a server answers with 400.
func refuse(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// ServeHTTP answers a request.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := &request{Request: r, q: r.URL.Query(), header: w.Header()}
	status := http.StatusOK
	body, err := e.answer(req)
	if err != nil {
		status = http.StatusInternalServerError
		if refused, ok := errors.AsType[*refusal](err); ok {
			status = refused.status
		}
		body = object{"error": err.Error()}
		if e.fail != nil {
			body = e.fail(status, err.Error())
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the client has gone: nothing to do
}

func (e *endpoint) answer(r *request) (any, error) {
	switch {
	case r.URL.Path != e.path:
		return nil, &refusal{http.StatusNotFound, "no such resource: " + r.URL.Path}
	case r.Method != e.method:
		return nil, &refusal{http.StatusMethodNotAllowed, "the method is " + e.method}
	case e.header != "" && r.Header.Get(e.header) != e.value:
		return nil, &refusal{http.StatusUnauthorized, "the token is missing or wrong"}
	}
	for name, values := range r.q {
		switch {
		case e.params != nil && !slices.Contains(e.params, name):
			return nil, refuse("there is no parameter %q", name)
		case len(values) > 1 && e.params != nil && !slices.Contains(e.lists, name):
			return nil, refuse("the parameter %q is there twice", name)
		}
	}
	if e.method == http.MethodPost {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &r.body); err != nil {
			return nil, refuse("the body is no JSON: %v", err)
		}
	}
	return e.serve(r)
}

// number returns a parameter that is a whole number from least to most; without it the
// default.
func (r *request) number(name string, least, most, other int) (int, error) {
	if !r.q.Has(name) {
		return other, nil
	}
	n, err := strconv.Atoi(r.q.Get(name))
	if err != nil || n < least || n > most {
		return 0, refuse("%s is a number from %d to %d, not %q", name, least, most, r.q.Get(name))
	}
	return n, nil
}

// next returns the URL of this page with another parameter.
func (r *request) next(name, value string) string {
	q := r.URL.Query()
	q.Set(name, value)
	return "http://" + r.Host + r.URL.EscapedPath() + "?" + q.Encode()
}

// link names the next page in a header, as the URL of this one with another parameter.
func (r *request) link(name, value string) {
	r.header.Add("Link", fmt.Sprintf(`<%s>; rel="next"`, r.next(name, value)))
}

// page returns the rows from skip on, at most limit, and whether more follow.
func page(rows []object, skip, limit int) (part []object, more bool) {
	skip = min(max(skip, 0), len(rows))
	end := min(skip+limit, len(rows))
	return slices.Clip(rows[skip:end]), end < len(rows)
}
