package rest

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-go/muster/transport"
)

// Client returns o with the definition's Auth, its Header over o's own, and its Limits
// where o has zero: the options for [transport.New]. What OAuth describes is the caller's
// to make into o.Token.
func (d Definition) Client(o transport.Options) transport.Options {
	o.Auth = d.Auth
	d.Limits.fill(&o)
	if o.Header == nil {
		o.Header = d.Header
		return o
	}
	o.Header = o.Header.Clone()
	for name, values := range d.Header {
		o.Header[http.CanonicalHeaderKey(name)] = values
	}
	return o
}

// client checks the token and the headers that a client sends with every request.
func (c *checker) client() {
	if wrong, ok := errors.AsType[*transport.OptionError](c.Auth.Check()); ok {
		c.badf(strings.ToLower(wrong.Option), "%s", wrong.Reason)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		part := "headers." + name
		if c.Auth.Header != "" && strings.EqualFold(name, c.Auth.Header) {
			c.badf(part, "%s carries the token", name)
		}
		for _, value := range c.Header[name] {
			if wrong, ok := errors.AsType[*transport.OptionError](transport.CheckHeader(name, value)); ok {
				c.badf(part, "%s", wrong.Reason)
			}
		}
	}
}
