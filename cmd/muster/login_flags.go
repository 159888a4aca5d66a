package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/oauth"
)

// loginFlags say where the secrets are for a definition whose token comes from OAuth 2.0.
type loginFlags struct {
	ClientID            string `name:"client-id" env:"MUSTER_CLIENT_ID" placeholder:"ID" help:"Client's id at the token endpoint, for a definition with auth.oauth."`
	ClientSecretFile    string `name:"client-secret-file" env:"MUSTER_CLIENT_SECRET_FILE" placeholder:"FILE" help:"File that holds the client's secret; or set MUSTER_CLIENT_SECRET."`
	ClientSecretCommand string `name:"client-secret-command" env:"MUSTER_CLIENT_SECRET_COMMAND" placeholder:"COMMAND" help:"Command that prints the client's secret; run by the shell."`
	RefreshTokenFile    string `name:"refresh-token-file" env:"MUSTER_REFRESH_TOKEN_FILE" placeholder:"FILE" help:"File that holds the refresh token, and gets each new one; or set MUSTER_REFRESH_TOKEN."`
	RefreshTokenCommand string `name:"refresh-token-command" env:"MUSTER_REFRESH_TOKEN_COMMAND" placeholder:"COMMAND" help:"Command that prints the refresh token; run by the shell."`
}

func (f loginFlags) clientSecret() secret {
	return secret{"client secret", "MUSTER_CLIENT_SECRET", "client-secret", f.ClientSecretFile, f.ClientSecretCommand}
}

func (f loginFlags) refreshToken() secret {
	return secret{"refresh token", "MUSTER_REFRESH_TOKEN", "refresh-token", f.RefreshTokenFile, f.RefreshTokenCommand}
}

// oauth returns the source of tokens that a definition describes. It connects as o does.
func (f loginFlags) oauth(env *environment, login rest.OAuth, o transport.Options) (transport.TokenSource, error) {
	settings := oauth.Options{
		TokenURL: login.TokenURL, ClientID: f.ClientID, Scopes: login.Scopes, Params: login.Params, Style: oauth.Style(login.Style),
		Timeout: o.AttemptTimeout, TLS: o.TLS,
	}
	if f.ClientID == "" {
		return nil, f.missing(login, "no client id: set MUSTER_CLIENT_ID or --client-id, or MUSTER_TOKEN to a token")
	}
	for _, name := range login.Variables() {
		return nil, exit.Usagef("the login of the definition has the variable %s (%s), which has no value; set it with --set %s=VALUE", name, login.TokenURL, name)
	}
	var err error
	if settings.ClientSecret, err = f.clientSecret().source(env); err != nil {
		return nil, err
	}
	if login.Grant == "refresh_token" {
		if settings.RefreshToken, err = f.refreshToken().source(env); err != nil {
			return nil, err
		}
		settings.OnRefreshToken = func(token string) { f.keep(env, token) }
		if settings.RefreshToken == nil {
			return nil, f.missing(login, f.refreshToken().missing())
		}
	} else if settings.ClientSecret == nil {
		return nil, f.missing(login, f.clientSecret().missing())
	}
	source, err := oauth.New(settings)
	if err != nil {
		return nil, &exit.UsageError{Err: err}
	}
	return source, nil
}

func (loginFlags) missing(login rest.OAuth, what string) error {
	return &exit.AuthError{Err: fmt.Errorf("%s (the definition logs in at %s)", what, login.TokenURL)}
}

// keep stores a new refresh token where the old one came from: the old one is worth
// nothing any more.
func (f loginFlags) keep(env *environment, token string) {
	if _, place := f.refreshToken().nearest(env); place != inFile {
		env.warnf("muster: warning: the endpoint replaced the refresh token: only --refresh-token-file keeps the new one, and the old one may be worth nothing now")
		return
	}
	if err := replaceFile(f.RefreshTokenFile, token+"\n"); err != nil {
		env.warnf("muster: warning: the endpoint replaced the refresh token, and the new one is lost: %v: the next run may need a new login", err)
	}
}

// replaceFile gives a file another text at once, readable by its owner alone.
func replaceFile(path, text string) (err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	err = cmp.Or(err, file.Sync())
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what failed is said
	}
	return err
}

// secret is where the user may keep a secret. It is never a flag itself, because a process
// list would show it.
type secret struct {
	what     string // such as "token"
	variable string // of the environment, which holds the secret
	flag     string // without -file and -command
	file     string // of --…-file; "" = none
	command  string // of --…-command; "" = none
}

// place is a kind of place that holds a secret.
type place int

const (
	inVariable place = iota
	inFile
	byCommand
)

// nearest returns the place that is nearest to the user: a flag, then the environment, then
// the settings. The rank is negative if there is none.
func (s secret) nearest(env *environment) (rank, place) {
	nearest, at := rank(-1), inVariable
	if env.getenv(s.variable) != "" {
		nearest = fromEnvironment
	}
	if s.command != "" {
		if r := env.rankOf(s.flag + "-command"); r >= nearest {
			nearest, at = r, byCommand
		}
	}
	if s.file != "" {
		if r := env.rankOf(s.flag + "-file"); r >= nearest {
			nearest, at = r, inFile
		}
	}
	return nearest, at
}

// source returns the source of the secret; nil if the user names none.
func (s secret) source(env *environment) (transport.TokenSource, error) {
	switch nearest, at := s.nearest(env); {
	case nearest < 0:
		return nil, nil //nolint:nilnil // the caller knows whether it needs one
	case at == inFile:
		return s.fromFile(env)
	case at == byCommand:
		name, args := shellCommand(s.command)
		return transport.CommandToken(name, args...), nil
	}
	return transport.StaticToken(env.getenv(s.variable)), nil
}

// fromFile reads the secret from a file. It warns if others can read the file.
func (s secret) fromFile(env *environment) (transport.TokenSource, error) {
	info, err := os.Stat(s.file)
	if err != nil {
		return nil, &exit.AuthError{Err: fmt.Errorf("the %s file cannot be read: %w", s.what, err)}
	}
	if open := info.Mode().Perm() & 0o077; open != 0 && runtime.GOOS != "windows" {
		env.warnf("muster: warning: others can read the %s in %s: chmod 600 %s", s.what, s.file, s.file)
	}
	return transport.FileToken(s.file), nil
}

// missing says what to do without the secret.
func (s secret) missing() string {
	return fmt.Sprintf("no %s: set %s, --%s-file or --%s-command", s.what, s.variable, s.flag, s.flag)
}

// shellCommand returns a command line as a program and its arguments.
func shellCommand(command string) (name string, args []string) {
	if runtime.GOOS == "windows" {
		return "cmd", []string{"/C", command}
	}
	return "sh", []string{"-c", command}
}
