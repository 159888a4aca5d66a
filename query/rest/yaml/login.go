package yaml

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/query/rest"
)

type oauth struct {
	TokenURL string     `yaml:"token_url"`
	Grant    string     `yaml:"grant,omitempty"`
	Scopes   []string   `yaml:"scopes,flow,omitempty"`
	Style    string     `yaml:"style,omitempty"`
	Params   parameters `yaml:"params,flow,omitempty"`
}

type limits struct {
	Rate        float64 `yaml:"rate,omitempty"`
	Burst       int     `yaml:"burst,omitempty"`
	Concurrency int     `yaml:"concurrency,omitempty"`
}

func authOf(d rest.Definition) auth {
	a := auth{Header: d.Auth.Header, Scheme: d.Auth.Scheme, Query: d.Auth.Query}
	if o := d.OAuth; o != nil {
		a.OAuth = &oauth{o.TokenURL, o.Grant, o.Scopes, o.Style, written(o.Params)}
	}
	return a
}

// oauth reads where the token comes from. It refuses secrets by their usual names.
func (r *reader) oauth(to **rest.OAuth) func(*yaml.Node) {
	secrets := []string{"client_id", "client_secret", "secret", "refresh_token", "access_token", "token", "username", "password"}
	return func(n *yaml.Node) {
		o := new(rest.OAuth)
		*to = o
		kept := *n
		kept.Content = nil
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; n.Kind == yaml.MappingNode && slices.Contains(secrets, key.Value) {
				r.failf(key, "a definition is shared, and holds no %s: set MUSTER_CLIENT_ID, and MUSTER_CLIENT_SECRET or MUSTER_REFRESH_TOKEN, or have a file or a command yield the secret", key.Value)
				continue
			}
			kept.Content = append(kept.Content, n.Content[i], n.Content[i+1])
		}
		r.members(&kept, "oauth", "auth.oauth.", map[string]func(*yaml.Node){
			"token_url": r.text(&o.TokenURL), "grant": r.text(&o.Grant), "scopes": r.texts(&o.Scopes),
			"style": r.text(&o.Style), "params": r.parameters(&o.Params),
		})
	}
}

// limits reads what the server grants.
func (r *reader) limits(to *rest.Limits) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.members(n, "limits", "limits.", map[string]func(*yaml.Node){
			"rate": r.rate(&to.Rate), "burst": r.number(&to.Burst), "concurrency": r.number(&to.Concurrency),
		})
	}
}

func (r *reader) rate(to *float64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if err := n.Decode(to); err != nil {
			r.failf(n, "a number of requests a second is wanted here, not %q", n.Value)
		}
	}
}
