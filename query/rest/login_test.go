package rest_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// The limits of a definition hold where the caller has left them open.
func TestLimitsFillWhatIsOpen(t *testing.T) {
	t.Parallel()
	d := rest.Definition{Limits: rest.Limits{Rate: 2.5, Burst: 7, Concurrency: 3}}
	for _, test := range []struct{ given, want transport.Options }{
		{transport.Options{}, transport.Options{Rate: 2.5, Burst: 7, Concurrency: 3}},
		{transport.Options{Rate: -1}, transport.Options{Rate: -1, Burst: 7, Concurrency: 3}},
		{transport.Options{Burst: 9, Concurrency: -1}, transport.Options{Rate: 2.5, Burst: 9, Concurrency: -1}},
	} {
		if got := d.Client(test.given); got.Rate != test.want.Rate || got.Burst != test.want.Burst || got.Concurrency != test.want.Concurrency {
			t.Errorf("%v, %d, %d of %+v", got.Rate, got.Burst, got.Concurrency, test.given)
		}
	}
	if got := (rest.Definition{}).Client(transport.Options{}); got.Rate != 0 || got.Burst != 0 || got.Concurrency != 0 {
		t.Errorf("%v, %d, %d without limits", got.Rate, got.Burst, got.Concurrency)
	}
}

// TestLoginVariables: a login has values for its variables before it is used, and requests
// need none of them.
func TestLoginVariables(t *testing.T) {
	t.Parallel()
	d := things(rest.Token, func(d *rest.Definition) {
		d.Path = "/orgs/{org}/things"
		d.OAuth = &rest.OAuth{
			TokenURL: "https://login.test/{tenant}/token", Scopes: []string{"https://{org}.test/.default"}, Params: url.Values{"audience": {"a", "{tenant}/{kind}"}},
		}
	})
	before := *d.OAuth
	if got := d.Variables(); !slices.Equal(got, []string{"org", "tenant", "kind"}) {
		t.Errorf("the variables are %v", got)
	}
	half, err := d.Set(map[string]string{"org": "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rest.New(nil, half); err != nil {
		t.Errorf("a login that is not filled: %v", err)
	}
	src, _ := served(t, half, func(url.Values) (int, any) { return 200, map[string]any{"items": []any{}} })
	if _, err := src.Request(plan.Scan{}, paginate.Request{Limit: 1}); err != nil {
		t.Errorf("a request without the login's variables: %v", err)
	}
	whole, err := half.Set(map[string]string{"tenant": "t-1.x", "kind": "k"})
	want := &rest.OAuth{TokenURL: "https://login.test/t-1.x/token", Scopes: []string{"https://acme.test/.default"}, Params: url.Values{"audience": {"a", "t-1.x/k"}}}
	if diff := cmp.Diff(want, whole.OAuth); err != nil || diff != "" || whole.OAuth.Variables() != nil {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff(&before, d.OAuth); diff != "" {
		t.Errorf("the definition itself has changed: %s", diff)
	}
	wrong := (*rest.VariableError)(nil)
	for _, value := range []string{"", ".", "..", "a/b", "a@b", "a:1", "a b", "a%2Fb", "é", "a?b", "{x}"} {
		if _, err := d.Set(map[string]string{"tenant": value}); !errors.As(err, &wrong) || wrong.Path != "https://login.test/{tenant}/token" {
			t.Errorf("tenant=%q: %v", value, err)
		}
	}
	for text, want := range map[string]string{
		"https://{a/token":              "brace that belongs to no variable",
		"https://login.test/{a b}":      "brace that belongs to no variable",
		"http://{host}/token":           "plain http",
		"{scheme}://login.test":         "it must begin with https://",
		"https://ann:{pw}@login.test/x": "no user name",
	} {
		d.OAuth = &rest.OAuth{TokenURL: text}
		if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestLoginOfParent: both listings of a definition with a parent have one login.
func TestLoginOfParent(t *testing.T) {
	t.Parallel()
	login := &rest.OAuth{TokenURL: "https://login.test/{tenant}/token"}
	d := members(rest.Token, func(d *rest.Definition) { d.OAuth, d.Parent.Definition.OAuth = login, login })
	set, err := d.Set(map[string]string{"tenant": "t"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := rest.New(nil, set)
	if err != nil {
		t.Fatal(err)
	}
	if got := src.Definition().Parent.Definition.OAuth.TokenURL; got != "https://login.test/t/token" {
		t.Errorf("the parent logs in at %s", got)
	}
}
