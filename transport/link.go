package transport

import (
	"net/url"
	"path"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// LinkError reports a path or a link that the client does not follow.
type LinkError struct {
	Link   string // cut to a bounded length, without control characters
	Reason string
}

// Error returns the link and the reason.
func (e *LinkError) Error() string { return "link " + e.Link + ": " + e.Reason }

// maxLink bounds the links that the client reads, in bytes: no server takes a longer
// request line.
const maxLink = 64 << 10

// ResolveNext reads the `next` or `previous` link of a page for [Client.Get]. It
// returns the path relative to the base URL, and the query without a parameter that
// carries the token. It accepts a path that begins with the base URL's, and a whole URL
// of the same origin. Anything else is a [*LinkError]: a link comes from the server and
// must not lead the token out of the API.
func (c *Client) ResolveNext(next string) (relative string, query url.Values, err error) {
	r, err := c.ResolveLink(next)
	if err == nil && r.RawPath != "" {
		err = c.refused(next, "its path is not plain: a segment has a slash, ?, # or backslash")
	}
	if err != nil {
		return "", nil, err
	}
	return r.Path, r.Query, nil
}

func (c *Client) refused(link, reason string) error {
	return &LinkError{Link: display.Bounded(c.auth.redact(link[:min(len(link), maxLink)]), 200), Reason: reason}
}

// ResolveLink is [Client.ResolveNext] as a request for [Client.Do]. Its path may have a
// slash, ?, # or backslash within a segment, escaped.
func (c *Client) ResolveLink(next string) (Request, error) {
	refuse := func(reason string) (Request, error) { return Request{}, c.refused(next, reason) }
	if len(next) > maxLink {
		return refuse("it is too long")
	}
	u, err := url.Parse(next)
	switch {
	case err != nil || u.Opaque != "":
		return refuse("it is not a URL")
	case u.User != nil || u.Fragment != "":
		return refuse("it holds user information or a fragment")
	case (u.Scheme != "" || u.Host != "") && !sameOrigin(c.base, u):
		return refuse("it leads to another server")
	}
	relative, ok := strings.CutPrefix(u.Path, c.base.Path)
	if !ok {
		return refuse("it lies outside " + c.base.Path)
	}
	if reason := checkEscaped(relative); reason != "" {
		return refuse("its path is not plain: " + reason)
	}
	raw := ""
	if escapesSlash(u.RawPath) || strings.ContainsAny(relative, hidden) {
		if raw, ok = strings.CutPrefix(u.EscapedPath(), c.base.EscapedPath()); !ok || !strings.HasPrefix(raw, "/") {
			return refuse("it lies outside " + c.base.Path)
		}
	}
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, ";", "%3B")) // a part of a value, as browsers have it
	if err != nil {
		return refuse("its query is malformed")
	}
	if own := c.auth.form.Query; own != "" {
		query.Del(own) // a server may build the link from the request, token included
	}
	return Request{Path: relative, RawPath: raw, Query: query}, nil
}

// resolve returns the URL of a request under the base URL.
func (c *Client) resolve(r Request) (*url.URL, error) {
	check := CheckPath
	if r.RawPath != "" {
		check = checkEscaped
	}
	if reason := check(r.Path); reason != "" {
		return nil, &LinkError{Link: display.Bounded(r.Path, 200), Reason: reason}
	}
	u := *c.base
	if raw := r.RawPath; raw != "" {
		if plain, err := url.PathUnescape(raw); err != nil || plain != r.Path || !strings.HasPrefix(raw, "/") || strings.ContainsAny(raw, hidden) {
			return nil, &LinkError{Link: display.Bounded(raw, 200), Reason: "it is not the escaped form of " + display.Bounded(r.Path, 200)}
		}
		u.RawPath = u.EscapedPath() + raw
	}
	u.Path += r.Path
	u.RawQuery = r.Query.Encode()
	return &u, nil
}

// hidden are the characters that a segment of a path has only if they are escaped.
const hidden = `?#\`

// checkEscaped is [CheckPath] for a path whose segments may have hidden characters, which
// its escaped form escapes. A server that reads a backslash as a slash is not led elsewhere.
func checkEscaped(p string) string {
	for part := range strings.FieldsFuncSeq(p, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return "a path holds no empty, . or .. segment"
		}
	}
	return CheckPath(strings.Map(func(r rune) rune {
		if strings.ContainsRune(hidden, r) {
			return '_'
		}
		return r
	}, p))
}

// CheckPath returns why [Client.Get] refuses a path, or "". The path is unescaped and
// relative to the base URL, which it must not leave. It may end in a slash.
func CheckPath(p string) string {
	switch {
	case !strings.HasPrefix(p, "/"):
		return "a path must begin with /"
	case strings.ContainsAny(p, "?#\\") || strings.ContainsFunc(p, isControl):
		return "a path holds no ?, #, backslash or control character"
	case strings.Contains(p, "//"), p != "/" && path.Clean(p) != strings.TrimSuffix(p, "/"):
		return "a path holds no empty, . or .. segment"
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// escapesSlash reports whether an escaped path hides a slash in a segment. Sent again,
// it would become a real slash.
func escapesSlash(raw string) bool {
	raw = strings.ToLower(raw)
	return strings.Contains(raw, "%2f") || strings.Contains(raw, "%5c")
}
