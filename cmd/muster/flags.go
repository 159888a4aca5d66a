package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// serverFlags are the address of the API, the token and the limits to keep.
type serverFlags struct {
	BaseURL      string  `name:"base-url" env:"MUSTER_BASE_URL" placeholder:"URL" help:"Base URL of the API, with /api/global."`
	TokenFile    string  `name:"token-file" env:"MUSTER_TOKEN_FILE" placeholder:"FILE" help:"File that holds the token; or set MUSTER_TOKEN."`
	TokenCommand string  `name:"token-command" env:"MUSTER_TOKEN_COMMAND" placeholder:"COMMAND" help:"Command that prints the token, such as a password manager's; run by the shell."`
	APIVersion   string  `name:"api-version" env:"MUSTER_API_VERSION" placeholder:"YYYY-MM" help:"API version to ask for; the latest by default."`
	Rate         float64 `env:"MUSTER_RATE" default:"10" help:"Requests a second; 0 = no limit."`
	Burst        int     `env:"MUSTER_BURST" default:"60" help:"Requests before the rate applies."`
	Concurrency  int     `env:"MUSTER_CONCURRENCY" default:"5" help:"Most requests in flight."`
	loginFlags
	connectionFlags

	anonymous bool // a server may need no token
}

// check refuses numbers that the library would read as the default or as unknown.
func (f serverFlags) check() error {
	switch {
	case f.Rate < 0:
		return exit.Usagef("--rate %v: must be 0 (no limit) or more", f.Rate)
	case f.Burst < 1:
		return exit.Usagef("--burst %d: must be 1 or more", f.Burst)
	case f.Concurrency < 1:
		return exit.Usagef("--concurrency %d: must be 1 or more", f.Concurrency)
	}
	return f.connectionFlags.check()
}

// client makes the client that the flags and the resource's definition describe. The
// token is never a flag, because a process list would show it.
func (f serverFlags) client(env *environment, res resource.Resource) (*transport.Client, error) {
	o, err := f.transport(env, res.Definition().OAuth)
	if err != nil {
		return nil, err
	}
	client, err := shipstream.NewClient(res.Definition().Client(o))
	if err != nil {
		return nil, &exit.UsageError{Err: err}
	}
	return client, nil
}

// transport returns the flags as options of a client that logs in as a definition says; nil
// = with a token. What nobody set is left to the definition, and to the library.
func (f serverFlags) transport(env *environment, login *rest.OAuth) (transport.Options, error) {
	if err := f.check(); err != nil {
		return transport.Options{}, err
	}
	if f.BaseURL == "" {
		return transport.Options{}, exit.Usagef("no server: set --base-url or MUSTER_BASE_URL (or try `muster demo`, which needs none)")
	}
	header := http.Header{}
	if f.APIVersion != "" {
		header.Set(shipstream.VersionHeader, f.APIVersion)
	}
	o := transport.Options{
		BaseURL: f.BaseURL, Header: header, UserAgent: "muster/" + version(),
		Hooks: transport.Hooks{Retry: &retryNotes{env: env}},
	}
	if env.rankOf("rate") > fromDefault {
		o.Rate = noneForZero(f.Rate)
	}
	if env.rankOf("burst") > fromDefault {
		o.Burst = f.Burst
	}
	if env.rankOf("concurrency") > fromDefault {
		o.Concurrency = f.Concurrency
	}
	if err := f.apply(&o, env); err != nil {
		return o, err
	}
	var err error
	o.Token, err = f.token(env, login, o)
	return o, err
}

// token returns the source of the token: the login that a definition describes, or what
// the user names. It is nil if there is none and none is needed.
func (f serverFlags) token(env *environment, login *rest.OAuth, o transport.Options) (transport.TokenSource, error) {
	given := secret{"token", "MUSTER_TOKEN", "token", f.TokenFile, f.TokenCommand}
	nearest, _ := given.nearest(env)
	switch {
	case login != nil && (f.ClientID != "" || nearest < 0):
		return f.oauth(env, *login, o)
	case nearest < 0 && (f.anonymous || isFromFile(env)):
		return nil, nil //nolint:nilnil // nil sends no token, and other APIs may need none
	case nearest < 0:
		return nil, &exit.AuthError{Err: errors.New(given.missing())}
	}
	return given.source(env)
}

// noneForZero returns a limit in the library's terms: 0 stands for the default there,
// and a negative number for no limit.
func noneForZero[T int | float64 | time.Duration](limit T) T {
	if limit == 0 {
		return -1
	}
	return limit
}

// retryNotes tells people why nothing happens while no server answers: one line for
// each number of attempts. A retry after an answer is not worth a line.
type retryNotes struct {
	env  *environment
	said atomic.Int64 // attempts reported
}

// OnRetry is safe for concurrent use.
func (n *retryNotes) OnRetry(e transport.RetryEvent) {
	attempt := int64(e.Attempt)
	if e.Status != 0 || e.Err == nil || !n.said.CompareAndSwap(attempt-1, attempt) {
		return
	}
	reason := e.Err
	if inner := (*url.Error)(nil); errors.As(reason, &inner) {
		reason = inner.Err // the user knows the URL
	}
	n.env.warnf("muster: no answer: %v; attempt %d follows in %s", reason, attempt+1, e.Wait.Round(100*time.Millisecond))
}

// filterFlags are the filter and the flags that give it meaning.
type filterFlags struct {
	Filter string `arg:"" optional:"" help:"Filter such as 'is_active = true and created_at > 2024-01-01'; - reads it from standard input; none selects all."`
	meaningFlags
}

// meaningFlags give a filter its meaning: parameters, resource and time zone.
type meaningFlags struct {
	Param map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Bind the parameter :NAME, or $$1 as 1=VALUE."`
	resourceFlags
	TZ string `name:"tz" default:"UTC" env:"MUSTER_TZ" help:"Time zone of dates without one."`
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

// maxFilterBytes is more than the longest filter that parses.
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

// splitParams separates numbered parameters from named ones. Values are text, and take
// the type of the field that they are compared with.
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

// rowFlags select rows, their fields and their order.
type rowFlags struct {
	filterFlags
	shapeFlags
	VerifyPushdown int64 `name:"verify-pushdown" placeholder:"N" help:"Evaluate the whole filter again on the first N rows of the server, and stop at one that does not satisfy it. Rows that the server leaves out cannot be seen so: muster doctor --probe-filters finds them."`
}

// shapeFlags shape the answer to a filter.
type shapeFlags struct {
	Deleted  string   `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
	Select   []string `placeholder:"FIELD,…" help:"Fields to show besides the id; the API's basic fields by default. 'roles.*' is every field below roles, '*' every field of the row itself."`
	Sort     string   `placeholder:"KEY,…" help:"Order, such as -id or name,-created_at; none = as they arrive, which is fastest. On a terminal and with --limit, rows are sorted by key if that is free."`
	Limit    int64    `placeholder:"N" help:"Most rows to print; 0 = all."`
	PageSize *int     `name:"page-size" placeholder:"N" help:"Rows a request, 1 to 1000; by default as many as the server allows."`
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
	return append(opts, query.WithDeleted(deleted), query.Select(f.Select...), f.order(env), query.Limit(f.Limit), query.VerifyPushdown(f.VerifyPushdown)), nil
}

// check refuses numbers that the library would read as the default.
func (f shapeFlags) check() error {
	if f.PageSize != nil && *f.PageSize < 1 {
		return exit.Usagef("--page-size %d: must be 1 or more", *f.PageSize)
	}
	return nil
}

// noOrder is the word for rows as they arrive.
const noOrder = "none"

// order returns the order of the rows. Without --sort, rows that are shown or limited
// are sorted by key, the newest first, if that is free.
func (f shapeFlags) order(env *environment) query.Option {
	switch {
	case f.Sort == noOrder:
		return nil
	case f.Sort == "" && (f.Limit > 0 || env.stdoutTerminal):
		return query.OrderByKey()
	}
	return query.OrderBy(f.Sort)
}
