package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/muster-go/muster/cmd/muster/internal/define"
	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/rest/shelf"
	"github.com/muster-go/muster/transport"
)

// defineCmd is `muster define`.
type defineCmd struct {
	serverFlags
	URL     string `arg:"" optional:"" help:"URL of the listing, or its path below --base-url; shelf:NAME is a definition that is ready."`
	Shelf   bool   `help:"List the definitions that are ready, for --resource-file shelf:NAME."`
	OpenAPI string `name:"openapi" placeholder:"FILE" help:"Draft from an OpenAPI 3 document in place of a server; needs --path."`
	Path    string `placeholder:"PATH" help:"Path of the listing in the document, such as /users."`
	Output  string `short:"o" placeholder:"FILE" help:"Write the draft to a new file in place of standard output."`
}

// Help shows how the command is used.
func (*defineCmd) Help() string {
	return examples(
		`muster define /v1/inventory/warehouses -o drafted.yaml   # or a whole URL`,
		`muster define --openapi api.yaml --path /orders   # from a document`,
		`muster define --shelf   # definitions that are ready`,
		`muster define shelf:okta/users -o users.yaml   # one of them, to change it`,
	)
}

// Run drafts a definition, and says what could not be told.
func (c *defineCmd) Run(ctx context.Context, env *environment) error {
	if c.Output != "" {
		if _, err := os.Lstat(c.Output); err == nil {
			return exit.Usagef("%s exists: name another file with -o", c.Output)
		}
	}
	name, ready := strings.CutPrefix(c.URL, shelf.Prefix)
	switch {
	case (ready || c.Shelf) && (c.OpenAPI != "" || c.Path != "" || c.URL != "" && c.Shelf):
		return exit.Usagef("a definition of the shelf is ready, and nothing is drafted: give shelf:NAME or --shelf alone")
	case c.Shelf:
		return listShelf(env)
	case ready:
		return c.fromShelf(env, name)
	case c.OpenAPI != "" && c.URL != "":
		return exit.Usagef("a URL and --openapi: give only one")
	case c.OpenAPI != "":
		return c.fromDocument(env)
	case c.Path != "":
		return exit.Usagef("--path names a listing of --openapi; a listing of a server is given by its URL")
	case c.URL == "":
		return exit.Usagef("what to draft from: the URL of a listing, or --openapi FILE --path PATH")
	}
	return c.fromServer(ctx, env)
}

// listShelf prints what is on the shelf.
func listShelf(env *environment) error {
	columns := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	w := &printer{w: columns}
	for _, name := range shelf.Names() {
		w.printf("%s\t%s\n", shelf.Prefix+name, shelf.Summary(name))
	}
	return columns.Flush()
}

func (c *defineCmd) fromShelf(env *environment, name string) error {
	text, err := shelf.Text(name)
	if err != nil {
		return &exit.UsageError{Err: err}
	}
	return c.write(env, text)
}

func (c *defineCmd) fromDocument(env *environment) error {
	if c.Path == "" {
		return exit.Usagef("--openapi needs the path of the listing: --path /users")
	}
	draft, err := define.Document(c.OpenAPI, c.Path)
	if err != nil {
		return &exit.UsageError{Err: err}
	}
	if err := c.writeDraft(env, draft); err != nil {
		return err
	}
	c.say(env, draft)
	return nil
}

func (c *defineCmd) fromServer(ctx context.Context, env *environment) error {
	subject, err := c.subject(env)
	if err != nil {
		return err
	}
	result, err := define.Listing(ctx, subject)
	if option := (*transport.OptionError)(nil); errors.As(err, &option) {
		return &exit.UsageError{Err: err}
	}
	if err != nil {
		return err
	}
	if err := c.writeDraft(env, &result.Draft); err != nil {
		return err
	}
	env.warnf("muster: drafted from %d rows in %d requests", result.Rows, result.Requests)
	c.say(env, &result.Draft)
	if failed := result.Failed(); failed != "" {
		return fmt.Errorf("the draft does not fit the server: %s failed; the comments say which lines to look at", failed)
	}
	return nil
}

// subject parts the URL into the base URL and the path of the listing. Unless --base-url
// says otherwise the base is the server.
func (c *defineCmd) subject(env *environment) (s define.Subject, err error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return s, exit.Usagef("the URL of the listing is not a URL")
	}
	if u.User != nil || u.Fragment != "" {
		return s, exit.Usagef("the URL of the listing must hold no user name, password or fragment; for Basic authentication set MUSTER_TOKEN to user:password")
	}
	if u.Host != "" {
		if err := c.base(u); err != nil {
			return s, err
		}
	}
	s.Path, s.Params = u.Path, u.Query()
	if !strings.HasPrefix(s.Path, "/") {
		return s, exit.Usagef("%q is neither a URL with a path nor a path that begins with /", c.URL)
	}
	c.anonymous = true
	if err := refuse(env, "define, whose server takes a token", "client-id", "client-secret-file", "client-secret-command", "refresh-token-file", "refresh-token-command"); err != nil {
		return s, err
	}
	if s.Options, err = c.transport(env, nil); err != nil {
		return s, err
	}
	if name := define.Secret(s.Params); name != "" {
		s.Options.Auth = transport.Auth{Query: name}
		s.Options.Token = transport.StaticToken(s.Params.Get(name))
		s.Params.Del(name)
	}
	return s, nil
}

// base cuts the base URL off the listing's. It refuses another server than that of
// --base-url, for which the token is meant.
func (c *defineCmd) base(u *url.URL) error {
	server := u.Scheme + "://" + u.Host
	if c.BaseURL == "" {
		c.BaseURL = server
		return nil
	}
	base, err := url.Parse(strings.TrimRight(c.BaseURL, "/"))
	if err != nil {
		return exit.Usagef("--base-url is not a URL")
	}
	rest, below := strings.CutPrefix(u.Path, base.Path)
	if base.Scheme+"://"+base.Host != server || !below || !strings.HasPrefix(rest, "/") {
		return exit.Usagef("the URL is not below the base URL %s, which the token is for; give --base-url %s with it", c.BaseURL, server)
	}
	u.Path = rest
	return nil
}

func (c *defineCmd) writeDraft(env *environment, d *define.Draft) error {
	text, err := d.YAML()
	if err != nil {
		return err
	}
	return c.write(env, text)
}

// write writes a definition to standard output or to a new file.
func (c *defineCmd) write(env *environment, text []byte) error {
	if c.Output == "" {
		env.stdout.printf("%s", text)
		return nil
	}
	file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // G302, G304: the caller names it, and it holds no secret
	if errors.Is(err, fs.ErrExist) {
		return exit.Usagef("%s exists: name another file with -o", c.Output)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// say prints what could not be told.
func (c *defineCmd) say(env *environment, d *define.Draft) {
	for _, question := range d.Open() {
		env.warnf("muster: not told: %s", question)
	}
}
