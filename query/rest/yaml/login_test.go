package yaml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

const listing = "resource: x\npath: /x\ndialect: key-value\npaging: {style: link}\nlayout: {rows: rows, next: next}\nfields:\n  - {name: id, type: int}\n"

func TestLogin(t *testing.T) {
	d, err := yaml.Read([]byte(listing + `
auth:
  scheme: Token
  oauth: {token_url: "https://login.test/token", grant: client_credentials, scopes: [users:read, orders], params: {audience: api}}
limits: {rate: 0.5, burst: 10, concurrency: 4}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &rest.OAuth{
		TokenURL: "https://login.test/token", Grant: "client_credentials", Scopes: []string{"users:read", "orders"},
		Params: map[string][]string{"audience": {"api"}},
	}
	if diff := cmp.Diff(want, d.OAuth); diff != "" || d.Auth.Scheme != "Token" {
		t.Error(diff, d.Auth)
	}
	if want := (rest.Limits{Rate: 0.5, Burst: 10, Concurrency: 4}); d.Limits != want {
		t.Error(d.Limits)
	}
}

// Each fault is named at its place, and a secret is never repeated.
func TestLoginFaults(t *testing.T) {
	const url = `token_url: "https://login.test/token"`
	for text, want := range map[string]string{
		"auth: {oauth: {" + url + ", client_secret: hunter2}}":           "column 55: a definition is shared, and holds no client_secret: set MUSTER_CLIENT_ID, and MUSTER_CLIENT_SECRET or MUSTER_REFRESH_TOKEN",
		"auth: {oauth: {refresh_token: hunter2, " + url + "}}":           "column 16: a definition is shared, and holds no refresh_token",
		"auth: {oauth: {" + url + ", params: {client_secret: hunter2}}}": `column 63: the parameter "client_secret" is not one of params: a definition holds no secret`,
		`auth: {oauth: {token_url: "https://ann:hunter2@login.test/"}}`:  "column 27: the token endpoint is refused: it must hold no user name, password or fragment",
		"auth: {oauth: {token_url: http://login.test/}}":                 "column 27: the token endpoint is refused: plain http shows the secret to the network: use https",
		"auth: {oauth: {scopes: [a]}}":                                   "column 15: the token endpoint is refused: it is empty",
		"auth: {oauth: {" + url + ", grant: password}}":                  `column 62: the grant "password" is neither client_credentials nor refresh_token`,
		"auth: {oauth: {" + url + ", style: header}}":                    `column 62: the style "header" is neither basic nor body`,
		"auth: {oauth: {" + url + `, scopes: ["a b"]}}`:                  `column 63: "a b" is not a scope`,
		"auth: {oauth: {" + url + ", scopes: a}}":                        "column 63: a list of texts is wanted here",
		"auth: {oauth: {" + url + ", audience: a}}":                      `column 55: oauth has no member "audience"; there are grant, params, scopes, style, token_url`,
		"auth: {oauth: [a]}":                                             "column 15: oauth must be a mapping",
		"limits: {rate: fast}":                                           `column 16: a number of requests a second is wanted here, not "fast"`,
		"limits: {rate: -1}":                                             "column 16: the rate -1 is not a number of requests a second above 0",
		"limits: {rate: .inf}":                                           "column 16: the rate +Inf is not",
		"limits: {burst: -1}":                                            "column 17: the burst -1 is below 0",
		"limits: {concurrency: -1}":                                      "column 23: the concurrency -1 is below 0",
		"limits: {concurrency: 1.5}":                                     "column 23: a whole number is wanted here",
		"limits: {pace: 1}":                                              `column 10: limits has no member "pace"; there are burst, concurrency, rate`,
	} {
		want = "line 8, " + want
		if _, err := yaml.Read([]byte(listing + text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v\nnot %s", text, err, want)
		}
	}
}
