package main

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/settings"
	"github.com/muster-go/muster/model/display"
)

// configCmd is `muster config`.
type configCmd struct {
	Init configInitCmd `cmd:"" help:"Write a settings file for a server."`
	Show configShowCmd `cmd:"" help:"Show each setting and its origin."`
	Path configPathCmd `cmd:"" help:"Print the path of the settings file."`
}

// Help shows how the command is used.
func (*configCmd) Help() string {
	return examples(
		`muster config init acme https://acme.example/api/global --config acme.json`,
		`muster config show`,
		`muster config path`,
	)
}

// configInitCmd is `muster config init`.
type configInitCmd struct {
	Name string `arg:"" help:"Short name for the server, for --server."`
	URL  string `arg:"" help:"Its base URL, with /api/global."`
}

// Help shows how the command is used.
func (*configInitCmd) Help() string {
	return examples(`muster config init acme https://acme.example/api/global --config new.json`)
}

// settingsPath returns the file that the flags name, or the default one.
func settingsPath(c *cli, env *environment) (string, error) {
	if c.Config != "" {
		return c.Config, nil
	}
	path := settings.DefaultPath(env.getenv)
	if path == "" {
		return "", exit.Usagef("no home directory: name the settings file with --config")
	}
	return path, nil
}

// Run writes the file. It fails if the file exists.
func (c *configInitCmd) Run(all *cli, env *environment) error {
	path, err := settingsPath(all, env)
	if err != nil {
		return err
	}
	err = settings.Create(path, c.Name, c.URL)
	if errors.Is(err, fs.ErrExist) {
		return exit.Usagef("%s exists: edit it, or name another with --config", path)
	}
	if err != nil {
		return err
	}
	env.stdout.printf("%s\n", path)
	env.warnf("Put the token into the file that token-file names (chmod 600), or replace it by\n"+
		"\"token-command\": \"pass show %s\". Then: muster doctor", c.Name)
	return nil
}

// configPathCmd is `muster config path`.
type configPathCmd struct{}

// Help shows how the command is used.
func (configPathCmd) Help() string { return examples(`muster config path`) }

// Run prints the path, whether the file exists or not.
func (configPathCmd) Run(all *cli, env *environment) error {
	path, err := settingsPath(all, env)
	if err != nil {
		return err
	}
	env.stdout.printf("%s\n", path)
	return nil
}

// configShowCmd is `muster config show`. It takes the flags of a query to show what a
// query would use.
type configShowCmd struct {
	serverFlags
	meaningFlags
	shapeFlags
}

// Help shows how the command is used.
func (*configShowCmd) Help() string {
	return examples(`muster config show`, `MUSTER_RATE=5 muster config show --concurrency 2`)
}

// Run prints the name, the value and the origin of each setting. It never prints the
// token.
func (c *configShowCmd) Run(kctx *kong.Context, env *environment) error { //nolint:unparam // kong wants an error
	lines := [][3]string{}
	if env.origins.values != nil && env.origins.values.Server != "" {
		lines = append(lines, [3]string{"server", env.origins.values.Server, ""})
	}
	for _, f := range slices.Concat(kctx.Selected().Flags, settingsOnly(kctx)) {
		_, words := env.origins.of(f, env.getenv)
		lines = append(lines, [3]string{f.Name, flagText(kctx.FlagValue(f)), words})
	}
	for _, s := range []secret{{what: "token", variable: "MUSTER_TOKEN"}, c.clientSecret(), c.refreshToken()} {
		if env.getenv(s.variable) != "" {
			lines = append(lines, [3]string{strings.ReplaceAll(s.what, " ", "-"), "(not shown)", "environment " + s.variable})
		}
	}
	name, value := 0, 0
	for _, l := range lines {
		name, value = max(name, display.Width(l[0])), max(value, display.Width(l[1]))
	}
	for _, l := range lines {
		pad := strings.Repeat(" ", value-display.Width(l[1]))
		env.stdout.printf("%s\n", strings.TrimRight(fmt.Sprintf("%-*s  %s%s  %s", name, l[0], l[1], pad, l[2]), " "))
	}
	return nil
}

// settingsOnly returns the flags of all commands that do not shape a query.
func settingsOnly(kctx *kong.Context) (flags []*kong.Flag) {
	for _, f := range kctx.Model.Flags {
		if f.Name == "color" || f.Name == "quiet" {
			flags = append(flags, f)
		}
	}
	return flags
}

// flagText returns a flag's value as the user would write it.
func flagText(value any) string {
	switch v := reflect.ValueOf(value); {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return ""
	case v.Kind() == reflect.Map:
		var pairs []string
		for _, key := range v.MapKeys() {
			pairs = append(pairs, fmt.Sprintf("%v=%v", key, v.MapIndex(key)))
		}
		slices.Sort(pairs)
		return strings.Join(pairs, " ")
	case v.Kind() == reflect.Slice:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(value), "[]"), " ", ",")
	default:
		return fmt.Sprint(reflect.Indirect(v))
	}
}
