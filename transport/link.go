package transport

import (
	"net/url"
	"path"
	"strings"
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
	refuse := func(reason string) (string, url.Values, error) {
		return "", nil, &LinkError{Link: printable(c.auth.redact(next[:min(len(next), maxLink)]), 200), Reason: reason}
	}
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
	if reason := checkPath(relative); reason != "" || escapesSlash(u.RawPath) {
		return refuse(strings.TrimSpace("its path is not plain: " + reason))
	}
	query, err = url.ParseQuery(u.RawQuery)
	if err != nil {
		return refuse("its query is malformed")
	}
	if own := c.auth.form.Query; own != "" {
		query.Del(own) // a server may build the link from the request, token included
	}
	return relative, query, nil
}

// resolve returns the URL of a path under the base URL.
func (c *Client) resolve(relative string, query url.Values) (*url.URL, error) {
	if reason := checkPath(relative); reason != "" {
		return nil, &LinkError{Link: printable(relative, 200), Reason: reason}
	}
	u := *c.base
	u.Path += relative
	u.RawQuery = query.Encode()
	return &u, nil
}

// checkPath returns how an unescaped path could leave the base path, or "".
func checkPath(p string) string {
	switch {
	case !strings.HasPrefix(p, "/"):
		return "a path must begin with /"
	case strings.ContainsAny(p, "?#\\") || strings.ContainsFunc(p, isControl):
		return "a path holds no ?, #, backslash or control character"
	case p == "/" || path.Clean(p) != p:
		return "a path holds no empty, . or .. segment and no / at its end"
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
