package rest

import (
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/muster-go/muster/transport"
)

// OAuth says where a client gets its token by OAuth 2.0. A definition has no secrets: the
// program that reads it has them, and makes the source, as of package transport/oauth.
// TokenURL, Scopes and Params may have variables, such as {tenant}: see [OAuth.Variables].
type OAuth struct {
	TokenURL string     // the token endpoint: https, or http on this machine
	Grant    string     // client_credentials or refresh_token; "" = the former
	Scopes   []string   // nil = the endpoint decides
	Style    string     // how the client authenticates, basic or body; "" = basic
	Params   url.Values // sent besides, such as audience; nil = none
}

// Variables returns the names of the variables that have no value yet, each once: tenant of
// https://login.example.com/{tenant}/token. [Definition.Set] gives them values; until then
// the login cannot be used. A nil login has none.
func (o *OAuth) Variables() (names []string) {
	_ = o.filled(func(name string) string {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		return ""
	})
	return names
}

// filled returns the login with what value returns for each variable. It calls value in the
// order of the variables.
func (o *OAuth) filled(value func(name string) string) *OAuth {
	if o == nil {
		return nil
	}
	fill := func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(found string) string { return value(strings.Trim(found, "{}")) })
	}
	out := *o
	out.TokenURL, out.Scopes, out.Params = fill(o.TokenURL), slices.Clone(o.Scopes), maps.Clone(o.Params)
	for i, scope := range out.Scopes {
		out.Scopes[i] = fill(scope)
	}
	for _, name := range slices.Sorted(maps.Keys(out.Params)) {
		out.Params[name] = slices.Clone(out.Params[name])
		for i, text := range out.Params[name] {
			out.Params[name][i] = fill(text)
		}
	}
	return &out
}

// isLoginWord reports whether a value can stand in the address of a login: as the name of a
// host or a segment of a path, or a part of them.
func isLoginWord(value string) bool {
	return loginWord.MatchString(value) && strings.Trim(value, ".") != ""
}

var loginWord = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// Limits are what the server grants to a user. Of each, zero leaves it to the client.
type Limits struct {
	Rate        float64 // requests a second
	Burst       int     // requests at once after a rest
	Concurrency int     // requests in flight
}

// fill sets the limits that the caller has left open.
func (l Limits) fill(o *transport.Options) {
	if o.Rate == 0 {
		o.Rate = l.Rate
	}
	if o.Burst == 0 {
		o.Burst = l.Burst
	}
	if o.Concurrency == 0 {
		o.Concurrency = l.Concurrency
	}
}

// limits checks the limits that a definition gives.
func (c *checker) limits() {
	l := c.Limits
	if l.Rate < 0 || math.IsInf(l.Rate, 0) || math.IsNaN(l.Rate) {
		c.badf("limits.rate", "the rate %v is not a number of requests a second above 0", l.Rate)
	}
	if l.Burst < 0 {
		c.badf("limits.burst", "the burst %d is below 0", l.Burst)
	}
	if l.Concurrency < 0 {
		c.badf("limits.concurrency", "the concurrency %d is below 0", l.Concurrency)
	}
}

// oauth checks where the token comes from.
func (c *checker) oauth() {
	if c.OAuth == nil {
		return
	}
	o := c.OAuth.filled(func(string) string { return "x" })
	if strings.ContainsAny(o.TokenURL, "{}") {
		c.badf("auth.oauth.token_url", "the token endpoint has a brace that belongs to no variable; write a variable as {name}, of letters, digits and _")
	}
	if reason := transport.CheckTokenURL(o.TokenURL); reason != "" {
		c.badf("auth.oauth.token_url", "the token endpoint is refused: %s", reason)
	}
	if o.Grant != "" && o.Grant != "client_credentials" && o.Grant != "refresh_token" {
		c.badf("auth.oauth.grant", "the grant %q is neither client_credentials nor refresh_token", o.Grant)
	}
	if o.Style != "" && o.Style != "basic" && o.Style != "body" {
		c.badf("auth.oauth.style", "the style %q is neither basic nor body", o.Style)
	}
	for _, scope := range o.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \"\\") {
			c.badf("auth.oauth.scopes", "%q is not a scope: one word without quotes", scope)
		}
	}
	for _, own := range []string{"grant_type", "scope", "client_id", "client_secret", "refresh_token"} {
		if o.Params.Has(own) {
			c.badf("auth.oauth.params", "the parameter %q is not one of params: a definition holds no secret, and grant and scopes are members of their own", own)
		}
	}
}
