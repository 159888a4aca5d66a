package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// serverFlags say where the API is and how hard it may be asked.
type serverFlags struct {
	BaseURL      string  `name:"base-url" env:"MUSTER_BASE_URL" placeholder:"URL" help:"Base URL of the API, with /api/global."`
	TokenFile    string  `name:"token-file" env:"MUSTER_TOKEN_FILE" placeholder:"FILE" help:"File that holds the token; or set MUSTER_TOKEN."`
	TokenCommand string  `name:"token-command" env:"MUSTER_TOKEN_COMMAND" placeholder:"COMMAND" help:"Command that prints the token, such as a password manager's; run by the shell."`
	APIVersion   string  `name:"api-version" env:"MUSTER_API_VERSION" placeholder:"YYYY-MM" help:"API version to ask for; the latest by default."`
	Rate         float64 `env:"MUSTER_RATE" default:"10" help:"Requests a second; 0 = no limit."`
	Burst        int     `env:"MUSTER_BURST" default:"60" help:"Requests at once before the rate binds."`
	Concurrency  int     `env:"MUSTER_CONCURRENCY" default:"5" help:"Requests in flight at most."`
}

// check refuses numbers that the library would read as "the default" or "not
// known".
func (f serverFlags) check() error {
	switch {
	case f.Rate < 0:
		return exit.Usagef("--rate %v: must be 0 (no limit) or more", f.Rate)
	case f.Burst < 1:
		return exit.Usagef("--burst %d: must be 1 or more", f.Burst)
	case f.Concurrency < 1:
		return exit.Usagef("--concurrency %d: must be 1 or more", f.Concurrency)
	}
	return nil
}

// client makes the client that the flags describe, for what a resource wants of its
// requests. The token never is a flag: a process list would show it.
func (f serverFlags) client(env *environment, res resource.Resource) (*transport.Client, error) {
	o, err := f.transport(env)
	if err != nil {
		return nil, err
	}
	client, err := shipstream.NewClient(res.Definition().Client(o))
	if err != nil {
		return nil, &exit.UsageError{Err: err}
	}
	return client, nil
}

// transport is the flags as the options of a client.
func (f serverFlags) transport(env *environment) (transport.Options, error) {
	if err := f.check(); err != nil {
		return transport.Options{}, err
	}
	if f.BaseURL == "" {
		return transport.Options{}, exit.Usagef("no server: set --base-url or MUSTER_BASE_URL (or try `muster demo`, which needs none)")
	}
	token, err := f.token(env)
	header := http.Header{}
	if f.APIVersion != "" {
		header.Set(shipstream.VersionHeader, f.APIVersion)
	}
	return transport.Options{
		BaseURL: f.BaseURL, Token: token, Header: header,
		Rate: noneForZero(f.Rate), Burst: f.Burst, Concurrency: f.Concurrency, UserAgent: "muster/" + version(),
		Hooks: transport.Hooks{Retry: &retryNotes{env: env}},
	}, err
}

// token is the source of the token that is nearest to the user: a flag, then the
// environment, then the settings; nil where there is none and need be none.
func (f serverFlags) token(env *environment) (transport.TokenSource, error) {
	file, command, variable := rank(-1), rank(-1), rank(-1)
	if f.TokenFile != "" {
		file = env.rankOf("token-file")
	}
	if f.TokenCommand != "" {
		command = env.rankOf("token-command")
	}
	if env.getenv("MUSTER_TOKEN") != "" {
		variable = fromEnvironment
	}
	nearest := max(file, command, variable)
	switch {
	case nearest < 0 && isFromFile(env):
		return nil, nil //nolint:nilnil // no source of tokens is none to send, and others' APIs may need none
	case nearest < 0:
		return nil, &exit.AuthError{Err: errors.New("no token: set MUSTER_TOKEN, --token-file or --token-command")}
	case nearest == file:
		return f.fileToken(env)
	case nearest == command:
		name, args := shellCommand(f.TokenCommand)
		return transport.CommandToken(name, args...), nil
	}
	return transport.StaticToken(env.getenv("MUSTER_TOKEN")), nil
}

// fileToken warns of a token that others on the machine can read.
func (f serverFlags) fileToken(env *environment) (transport.TokenSource, error) {
	path := f.TokenFile
	info, err := os.Stat(path)
	if err != nil {
		return nil, &exit.AuthError{Err: fmt.Errorf("the token file cannot be read: %w", err)}
	}
	if open := info.Mode().Perm() & 0o077; open != 0 && runtime.GOOS != "windows" {
		env.warnf("muster: warning: others can read the token in %s: chmod 600 %s", path, path)
	}
	return transport.FileToken(path), nil
}

// shellCommand is a command line as a program and its arguments.
func shellCommand(command string) (name string, args []string) {
	if runtime.GOOS == "windows" {
		return "cmd", []string{"/C", command}
	}
	return "sh", []string{"-c", command}
}

// noneForZero is a limit in the library's terms, where 0 stands for the default
// and a negative number for none.
func noneForZero[T int | float64](limit T) T {
	if limit == 0 {
		return -1
	}
	return limit
}

// retryNotes tells people why nothing happens while no server answers at all, a
// line for each attempt of the request that is furthest. Answers that are
// repeated for a passing reason are not worth a line.
type retryNotes struct {
	env  *environment
	said atomic.Int64 // attempts told of
}

// OnRetry is called by several goroutines at once.
func (n *retryNotes) OnRetry(e transport.RetryEvent) {
	attempt := int64(e.Attempt)
	if e.Status != 0 || e.Err == nil || !n.said.CompareAndSwap(attempt-1, attempt) {
		return
	}
	reason := e.Err
	if inner := (*url.Error)(nil); errors.As(reason, &inner) {
		reason = inner.Err // the URL says nothing that the user does not know
	}
	n.env.warnf("muster: no answer: %v; attempt %d follows in %s", reason, attempt+1, e.Wait.Round(100*time.Millisecond))
}

// filterFlags are the filter and what gives its words a meaning.
type filterFlags struct {
	Filter string `arg:"" optional:"" help:"Filter such as 'is_active = true and created_at > 2024-01-01'; - reads it from standard input; none selects all."`
	meaningFlags
}

// meaningFlags give the words of a filter a meaning.
type meaningFlags struct {
	Param map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Bind the parameter :NAME, or $$1 as 1=VALUE."`
	resourceFlags
	TZ string `name:"tz" default:"UTC" env:"MUSTER_TZ" help:"Time zone of dates that name none."`
}

// text returns the filter, read from standard input for "-".
func (f filterFlags) text(env *environment) (string, error) {
	if f.Filter != "-" {
		return f.Filter, nil
	}
	text, err := io.ReadAll(io.LimitReader(env.stdin, maxFilterBytes+1))
	if err != nil {
		return "", fmt.Errorf("reading the filter from standard input: %w", err)
	}
	return strings.TrimRight(string(text), "\n"), nil
}

// maxFilterBytes is past the longest filter that parses: reading on would only
// fill memory before the same refusal.
const maxFilterBytes = 1 << 20

func (f meaningFlags) options() ([]query.Option, error) {
	zone, err := time.LoadLocation(f.TZ)
	if err != nil {
		return nil, exit.Usagef("--tz %s: no such time zone", f.TZ)
	}
	opts := []query.Option{query.Zone(zone)}
	args, named, err := splitParams(f.Param)
	if err != nil {
		return nil, err
	}
	opts = append(opts, query.Args(args...))
	for name, value := range named {
		opts = append(opts, query.Named(name, value))
	}
	return opts, nil
}

// splitParams sorts the numbered parameters from the named ones. Values come as
// text and take the type of the field that they meet.
func splitParams(params map[string]string) (args []any, named map[string]any, err error) {
	named = map[string]any{}
	numbered := map[int]string{}
	for name, value := range params {
		if n, err := strconv.Atoi(name); err == nil {
			numbered[n] = value
			continue
		}
		named[name] = dsl.Text(value)
	}
	for i := range numbered {
		if i < 1 || i > len(numbered) {
			return nil, nil, exit.Usagef("--param %d: positional parameters are numbered from 1 without a gap", i)
		}
	}
	for i := 1; i <= len(numbered); i++ {
		args = append(args, dsl.Text(numbered[i]))
	}
	return args, named, nil
}

// rowFlags say which rows, which of their fields and in what order.
type rowFlags struct {
	filterFlags
	shapeFlags
}

// shapeFlags say which rows of the answer are shown, and how.
type shapeFlags struct {
	Deleted  string   `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
	Select   []string `placeholder:"FIELD,…" help:"Fields to show besides the id; the API's basic fields by default. 'roles.*' is every field below roles, '*' every field of the row's own."`
	Sort     string   `placeholder:"KEY,…" help:"Order, such as -id or name,-created_at; none = as they come, which is fastest. On a terminal and with --limit it is the key's where that costs nothing."`
	Limit    int64    `placeholder:"N" help:"Most rows to print; 0 = all."`
	PageSize *int     `name:"page-size" placeholder:"N" help:"Rows a request, 1 to 1000; by default as many as the server gives."`
}

func (f rowFlags) options(env *environment) ([]query.Option, error) {
	opts, err := f.filterFlags.options()
	if err != nil {
		return nil, err
	}
	deleted := map[string]query.Deleted{"none": query.DeletedNone, "only": query.DeletedOnly, "include": query.DeletedInclude}[f.Deleted]
	if f.PageSize != nil {
		opts = append(opts, query.PageSize(*f.PageSize))
	}
	return append(opts, query.WithDeleted(deleted), query.Select(f.Select...), f.order(env), query.Limit(f.Limit)), nil
}

// check refuses what the library would read as "the default".
func (f shapeFlags) check() error {
	if f.PageSize != nil && *f.PageSize < 1 {
		return exit.Usagef("--page-size %d: must be 1 or more", *f.PageSize)
	}
	return nil
}

// noOrder is the word for rows as they come.
const noOrder = "none"

// order is the order of the rows: that of the key, the newest first, where they are
// looked at or cut off, nothing else was asked for and it costs nothing.
func (f shapeFlags) order(env *environment) query.Option {
	switch {
	case f.Sort == noOrder:
		return nil
	case f.Sort == "" && (f.Limit > 0 || env.stdoutTerminal):
		return query.OrderByKey()
	}
	return query.OrderBy(f.Sort)
}
