package settings_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/settings"
)

const text = `{
  "server": "acme",
  "page_size": 500,
  "rate": 9,
  "servers": {
    "acme": {"base_url": "https://acme.example", "rate": 5},
    "local": {"base-url": "http://127.0.0.1"}
  }
}`

// TestLookup: a server's own value goes before the general one.
func TestLookup(t *testing.T) {
	f, err := settings.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		server, flag string
		want         any
		origin       string
	}{
		{"", "rate", 5.0, ", server acme"},
		{"", "base-url", "https://acme.example", ", server acme"},
		{"local", "rate", 9.0, ""},
		{"local", "page-size", 500.0, ""},
		{"local", "tz", nil, ""},
	} {
		v, err := f.For(c.server)
		if err != nil {
			t.Fatal(err)
		}
		got, origin, ok := v.Lookup(c.flag)
		if got != c.want || origin != c.origin || ok != (c.want != nil) {
			t.Errorf("%s %s: %v from %q, %v", c.server, c.flag, got, origin, ok)
		}
	}
	if got := f.Keys(); !slices.Equal(got, []string{"base-url", "page-size", "rate"}) {
		t.Errorf("keys %q", got)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"a\": 1,\n}": "line 3",
		`[1]`:               "must be an object, not array",
		`{"servers": 5}`:    `"servers": must be an object, not number`,
		`{"server": 5}`:     `"server": must be a string, not number`,
		`{"server": "acm", "servers": {"acme": {}}}`:   "did you mean acme?",
		`{"server": "acme"}`:                           "the settings name none",
		`{"server": "x", "servers": {"b":{}, "a":{}}}`: "there are a, b",
	} {
		if _, err := settings.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestDefaultPath(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"XDG_CONFIG_HOME": "x", "HOME": "h"}, "x/muster/config.json"},
		{map[string]string{"HOME": "h"}, "h/.config/muster/config.json"},
		{map[string]string{"USERPROFILE": "u"}, "u/.config/muster/config.json"},
		{nil, ""},
	} {
		if got := settings.DefaultPath(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %q", c.env, got)
		}
	}
}

// TestTemplate: what a new user begins with is a file that can be read.
func TestTemplate(t *testing.T) {
	f, err := settings.Parse(settings.Template("acme", "https://acme.example/api/global"))
	if err != nil || f.Server != "acme" {
		t.Errorf("%+v, %v", f, err)
	}
}
