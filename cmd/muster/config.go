package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/dsl"
)

// configuration reads a JSON object of flag names and values. A flag may be
// spelled with - or with _ between its words.
func configuration(getenv func(string) string) kong.ConfigurationLoader {
	return func(r io.Reader) (kong.Resolver, error) {
		var raw map[string]any
		if err := json.NewDecoder(r).Decode(&raw); err != nil {
			return nil, fmt.Errorf("the configuration is no JSON object: %w", err)
		}
		c := &config{values: make(map[string]any, len(raw)), getenv: getenv}
		for key, value := range raw {
			c.values[strings.ReplaceAll(key, "_", "-")] = value
		}
		return c, nil
	}
}

// config is the defaults of one file.
type config struct {
	values map[string]any
	getenv func(string) string
}

// Validate refuses a key that is no flag of any command: a mistyped limit would
// be no limit.
func (c *config) Validate(app *kong.Application) error {
	known := flagNames(app.Node)
	for key := range c.values {
		if !known[key] {
			return fmt.Errorf("the configuration sets %q, which is no flag%s", key, meant(key, known))
		}
	}
	return nil
}

func flagNames(n *kong.Node) map[string]bool {
	names := map[string]bool{}
	for _, f := range n.Flags {
		names[f.Name] = true
	}
	for _, child := range n.Children {
		for name := range flagNames(child) {
			names[name] = true
		}
	}
	return names
}

func meant(key string, known map[string]bool) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	if near := dsl.Suggest(key, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Resolve gives a flag's value. kong would let it override the environment; here
// the environment is nearer to the user than the file.
func (c *config) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if c.getenv(name) != "" {
			return nil, nil //nolint:nilnil // how kong says "not from here"
		}
	}
	return c.values[flag.Name], nil
}
