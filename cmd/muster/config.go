package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/settings"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/rest/shelf"
)

// BeforeResolve reads the settings file that the flags and the environment name. Such
// a file must exist; the default one need not.
func (c *cli) BeforeResolve(ctx *kong.Context, env *environment) error {
	var path, server string
	for _, f := range ctx.Model.Flags {
		switch f.Name {
		case "config":
			path, _ = ctx.FlagValue(f).(string)
		case "server":
			server, _ = ctx.FlagValue(f).(string)
		}
	}
	needed := path != "" && !writesSettings(ctx)
	if path == "" {
		path = settings.DefaultPath(env.getenv)
	}
	file, err := settings.Load(path)
	if errors.Is(err, fs.ErrNotExist) && !needed {
		file, err = &settings.File{Path: path}, nil
	}
	if err != nil {
		return fmt.Errorf("the settings: %w", err)
	}
	values, err := file.For(server)
	if err != nil {
		return err
	}
	env.origins.values = values
	ctx.AddResolver(&resolver{file, values, env.getenv})
	return nil
}

// writesSettings reports whether the command may name a file that does not exist yet.
func writesSettings(ctx *kong.Context) bool {
	n := ctx.Selected()
	return n != nil && n.Parent != nil && n.Parent.Name == "config" && n.Name != "show"
}

// resolver gives kong the values of the settings.
type resolver struct {
	file   *settings.File
	values *settings.Values
	getenv func(string) string
}

// Validate refuses a key that is not a flag of any command: a mistyped limit would
// not limit anything.
func (r *resolver) Validate(app *kong.Application) error {
	known := flagNames(app.Node)
	unknown := func(key string) bool { return !slices.Contains(known, key) }
	keys := r.file.Keys()
	if !slices.ContainsFunc(keys, unknown) {
		return nil
	}
	all, err := parser(new(cli), "") // it may be another command's
	if err != nil {
		return err
	}
	known = flagNames(all.Model.Node)
	if i := slices.IndexFunc(keys, unknown); i >= 0 {
		return fmt.Errorf("%s sets %q, which is not a flag%s", r.file.Path, keys[i], meant(keys[i], known))
	}
	return nil
}

func flagNames(n *kong.Node) []string {
	names := make([]string, 0, len(n.Flags))
	for _, f := range n.Flags {
		names = append(names, f.Name)
	}
	for _, child := range n.Children {
		names = append(names, flagNames(child)...)
	}
	return names
}

func meant(key string, known []string) string {
	if near := dsl.Suggest(key, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Resolve returns a flag's value from the file; nil if the environment sets it. kong
// would prefer the file, but the environment is nearer to the user.
func (r *resolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if setVariable(flag, r.getenv) != "" {
		return nil, nil //nolint:nilnil // how kong says "not from here"
	}
	value, _, _ := r.values.Lookup(flag.Name)
	if path, ok := value.(string); ok && slices.Contains([]string{"resource-file", "token-file", "client-secret-file", "refresh-token-file", "ca-cert", "client-cert", "client-key"}, flag.Name) {
		return r.path(path), nil
	}
	return value, nil
}

// path resolves the name of a file in the settings: relative to them or, with ~/, to
// the home directory. What is on the shelf is not a file.
func (r *resolver) path(name string) string {
	if below, ok := strings.CutPrefix(name, "~/"); ok {
		return filepath.Join(settings.Home(r.getenv), below)
	}
	if name == "" || filepath.IsAbs(name) || strings.HasPrefix(name, shelf.Prefix) {
		return name
	}
	return filepath.Join(filepath.Dir(r.file.Path), name)
}

// setVariable returns the environment variable that sets the flag; "" = none.
func setVariable(flag *kong.Flag, getenv func(string) string) string {
	for _, name := range flag.Envs {
		if getenv(name) != "" {
			return name
		}
	}
	return ""
}

// rank orders the origins of values: the higher, the nearer to the user.
type rank int

const (
	fromDefault rank = iota
	fromFile
	fromEnvironment
	fromFlag
)

// origins knows where the values of flags come from.
type origins struct {
	parsed *kong.Context
	values *settings.Values
}

// of returns the origin of a flag's value, also in words.
func (o origins) of(flag *kong.Flag, getenv func(string) string) (nearest rank, words string) {
	for _, p := range o.parsed.Path {
		if p.Flag == flag && !p.Resolved {
			return fromFlag, "flag --" + flag.Name
		}
	}
	if name := setVariable(flag, getenv); name != "" {
		return fromEnvironment, "environment " + name
	}
	if o.values != nil {
		if _, place, ok := o.values.Lookup(flag.Name); ok {
			return fromFile, place
		}
	}
	return fromDefault, "default"
}

// rankOf returns the rank of a flag of the chosen command.
func (env *environment) rankOf(name string) rank {
	if env.origins.parsed == nil {
		return fromDefault
	}
	for _, f := range env.origins.parsed.Flags() {
		if f.Name == name {
			nearest, _ := env.origins.of(f, env.getenv)
			return nearest
		}
	}
	return fromDefault
}
