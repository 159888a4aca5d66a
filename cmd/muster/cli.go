package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/muster-go/muster/dsl"
)

// cli is the command line: kong reads the tags. Each command is a file of its
// own with a Run method.
type cli struct {
	Config kong.ConfigFlag `help:"Read defaults from a JSON object of flag names and values." placeholder:"FILE" env:"MUSTER_CONFIG"`

	Demo    demoCmd    `cmd:"" help:"Run a real query against an emulator inside this process: no set-up needed."`
	Query   queryCmd   `cmd:"" help:"Print the rows that satisfy a filter."`
	Export  exportCmd  `cmd:"" help:"Write the rows that satisfy a filter to a file, so that an interruption loses nothing."`
	Verify  verifyCmd  `cmd:"" help:"Check a finished export: every row reads, each id is there once, and a server has as many."`
	Count   countCmd   `cmd:"" help:"Print how many rows satisfy a filter."`
	Explain explainCmd `cmd:"" help:"Show how a query would be answered, without sending a request."`
	Check   checkCmd   `cmd:"" help:"Say whether a filter parses and fits the resource's fields."`
	Fmt     fmtCmd     `cmd:"" help:"Print a filter in its canonical form, or in the API's filter syntax; comments are dropped."`
	Fields  fieldsCmd  `cmd:"" help:"List the fields that a filter can name."`
	Emulate emulateCmd `cmd:"" help:"Serve an emulator of the API for any client to practise against."`
	Doctor  doctorCmd  `cmd:"" help:"Ask a server whether it can be used, and what it can do."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// environment is what a command may touch of the process, so that tests and
// main share every line but this.
type environment struct {
	stdin          io.Reader
	stdout         *printer
	stderr         io.Writer
	stdoutTerminal bool
	stderrTerminal bool
	getenv         func(string) string
}

func system() *environment {
	return &environment{
		stdin: os.Stdin, stdout: &printer{w: os.Stdout}, stderr: os.Stderr,
		stdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		stderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		getenv:         os.Getenv,
	}
}

// notef writes a line for people. That standard error is gone is nothing that
// could be said anywhere.
func (env *environment) notef(format string, args ...any) {
	_, _ = fmt.Fprintf(env.stderr, format+"\n", args...)
}

// printer is standard output. It keeps the first error, so that a command may
// print line by line and a full disk still ends it with a failure.
type printer struct {
	w   io.Writer
	err error
}

// Write writes to the stream until the first error.
func (p *printer) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.err = err
	return n, err
}

// printf writes formatted text; see err.
func (p *printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

const description = "Muster queries a paged REST API as if it were a table."

// exitHelp is printed at the end of --help: scripts rely on the codes.
const exitHelp = `Exit codes: 0 done (no rows too), 1 failed, 2 usage, 3 the filter does not parse or check,
4 authentication, 5 failed after rows reached standard output or a kept file,
130 interrupted.
Start with: muster demo`

// run parses the arguments, runs the command and returns the exit code.
func run(ctx context.Context, args []string, env *environment) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("muster"),
		kong.Description(description),
		kong.Writers(env.stdout, env.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.WithHyphenPrefixedParameters(true), // --sort -id
		kong.Configuration(configuration(env.getenv)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Help(help),
		kong.Bind(env),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return report(env, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	for _, arg := range args {
		if !utf8.ValidString(arg) { // kong would replace the bytes, and the filter would be another
			return report(env, invalidArgument(arg))
		}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		return report(env, &usageError{err})
	}
	err = kctx.Run()
	if err == nil && env.stdout.err != nil {
		err = fmt.Errorf("writing to standard output: %w", env.stdout.err)
	}
	return report(env, err)
}

// invalidArgument says where an argument is not UTF-8: as the language's own
// error where it may be the filter.
func invalidArgument(arg string) error {
	if _, err := dsl.Parse(arg); !strings.HasPrefix(arg, "--") && err != nil {
		return err
	}
	return usagef("the argument %q is not valid UTF-8", arg)
}

func help(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintln(ctx.Stdout, "\n"+exitHelp)
	return err
}
