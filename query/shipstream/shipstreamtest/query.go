package shipstreamtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// param is one parameter of a query string; raw is its text as sent.
type param struct{ key, value, raw string }

// query is a query string in the order it was sent.
type query []param

// parseQuery splits a query string. A parameter that is not in known is a 400:
// the reference does not say, and a client that misspells one should learn it.
func parseQuery(raw string, known ...string) (query, *apiError) {
	var q query
	for raw != "" {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		if part == "" {
			continue
		}
		k, v, _ := strings.Cut(part, "=")
		key, err := url.QueryUnescape(k)
		if err != nil {
			return nil, invalid("query", "%q is not URL encoding.", k)
		}
		value, err := url.QueryUnescape(v)
		if err != nil || !utf8.ValidString(value) {
			return nil, invalid("query."+key, "the value is not URL encoding of UTF-8.")
		}
		if !slices.Contains(known, key) {
			return nil, invalid("query."+key, "unknown parameter %q.", key)
		}
		q = append(q, param{key, value, part})
	}
	return q, nil
}

// all returns the values of a parameter that may be repeated.
func (q query) all(keys ...string) []string {
	var out []string
	for _, p := range q {
		if slices.Contains(keys, p.key) {
			out = append(out, p.value)
		}
	}
	return out
}

// one returns the value of a parameter that may not be repeated.
func (q query) one(key string) (value string, ok bool, err *apiError) {
	values := q.all(key)
	if len(values) > 1 {
		return "", false, invalid("query."+key, "given %d times.", len(values))
	}
	if len(values) == 0 {
		return "", false, nil
	}
	return values[0], true, nil
}

// integer returns an integer parameter, or def.
func (q query) integer(key string, def, lo, hi int64) (value int64, ok bool, err *apiError) {
	text, ok, err := q.one(key)
	if err != nil || !ok {
		return def, false, err
	}
	n, convErr := strconv.ParseInt(text, 10, 64)
	switch {
	case convErr != nil:
		return 0, false, invalid("query."+key, "%q is not an integer.", text)
	case n < lo || n > hi:
		return 0, false, invalid("query."+key, "%d is not in %d..%d.", n, lo, hi)
	}
	return n, true, nil
}

// link returns the query string of another page: q with its cursors replaced.
func (q query) link(drop []string, key string, cursor int64) string {
	var b strings.Builder
	for _, p := range q {
		if !slices.Contains(drop, p.key) {
			b.WriteString(p.raw)
			b.WriteByte('&')
		}
	}
	b.WriteString(key)
	b.WriteByte('=')
	b.WriteString(strconv.FormatInt(cursor, 10))
	return b.String()
}

// kinds is the set of users that a path's {type} stands for.
type kinds uint8

const (
	kindOrganization kinds = 1 << iota
	kindClient
)

func parseKinds(typ string) (kinds, *apiError) {
	switch typ {
	case "any":
		return kindOrganization | kindClient, nil
	case "organization":
		return kindOrganization, nil
	case "client":
		return kindClient, nil
	}
	return 0, invalid("path.type", "%q is none of any, organization, client.", typ)
}

func (k kinds) has(r *row) bool {
	if r.client {
		return k&kindClient != 0
	}
	return k&kindOrganization != 0
}

// sortKey is one key of a sort parameter.
type sortKey struct {
	field string
	desc  bool
}

// parseSort reads a sort parameter over the given fields; the default is -id.
func (q query) parseSort(fields ...string) ([]sortKey, *apiError) {
	text, ok, err := q.one("sort")
	if err != nil {
		return nil, err
	}
	if !ok {
		return []sortKey{{"id", true}}, nil
	}
	var keys []sortKey
	for item := range strings.SplitSeq(text, ",") {
		name, desc := strings.CutPrefix(item, "-")
		if !slices.Contains(fields, name) {
			return nil, invalid("query.sort", "%q cannot be sorted by; use %s.", name, strings.Join(fields, ", "))
		}
		keys = append(keys, sortKey{name, desc})
	}
	return keys, nil
}
