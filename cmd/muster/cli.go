package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/dsl"
)

// cli is the command line, which kong reads off the tags. Each command is a type with
// a Run method in a file of its own.
type cli struct {
	Config string `help:"Settings file: a JSON object of flag names and values, and of named servers." placeholder:"FILE" env:"MUSTER_CONFIG"`
	Server string `help:"Server of the settings file to use." placeholder:"NAME" env:"MUSTER_SERVER"`
	Color  string `help:"Colours: ${enum}. auto is on a terminal, unless NO_COLOR is set or TERM=dumb." default:"auto" enum:"auto,always,never" env:"MUSTER_COLOR"`
	Quiet  bool   `help:"Print only rows and errors: no progress, no statistics, no warnings." short:"q" env:"MUSTER_QUIET"`

	Demo    demoCmd    `cmd:"" group:"start" help:"Run a real query against an emulator inside this process; needs no set-up."`
	Emulate emulateCmd `cmd:"" group:"start" help:"Serve an emulator of the API to practise against."`
	Conf    configCmd  `cmd:"" group:"start" name:"config" help:"Write, show or find the settings file."`
	Define  defineCmd  `cmd:"" group:"start" help:"Draft the definition of another API from a live listing or an OpenAPI document."`
	Doctor  doctorCmd  `cmd:"" group:"start" help:"Diagnose a server: does it answer, may you use it, what can it do."`

	Query  queryCmd  `cmd:"" group:"ask" help:"Print the rows that satisfy a filter."`
	Shell  shellCmd  `cmd:"" group:"ask" help:"Type filters and see their rows, with completion, history and counts while you type."`
	Count  countCmd  `cmd:"" group:"ask" help:"Print how many rows satisfy a filter."`
	Stats  statsCmd  `cmd:"" group:"ask" help:"Count the rows by a field, with a bar chart."`
	Export exportCmd `cmd:"" group:"ask" help:"Write the rows that satisfy a filter to a file, so that an interruption loses nothing."`
	Verify verifyCmd `cmd:"" group:"ask" help:"Check a finished export: every row is readable, each id is there once, and the server has as many."`

	Explain explainCmd `cmd:"" group:"filters" help:"Show how a query would be answered, without sending a request."`
	Check   checkCmd   `cmd:"" group:"filters" help:"Check that a filter parses and fits the resource's fields."`
	Fmt     fmtCmd     `cmd:"" group:"filters" help:"Print a filter in its canonical form, or in the API's filter syntax; comments are dropped."`
	Fields  fieldsCmd  `cmd:"" group:"filters" help:"List the fields that a filter can name."`

	Completion completionCmd `cmd:"" group:"more" help:"Print the script that makes a shell complete commands, flags and filters."`
	Complete   completeCmd   `cmd:"" name:"__complete" hidden:""`
	Version    versionCmd    `cmd:"" group:"more" help:"Print the version."`
}

const description = "Muster queries a paged REST API as if it were a table: a filter in, users out."

// parser returns the parser of arguments into c. If a command is named, it leaves out
// all others: the model of all takes longer to build than most commands take to run.
func parser(c *cli, command string, options ...kong.Option) (*kong.Kong, error) {
	options = append(options,
		kong.Name("muster"),
		kong.Description(description),
		kong.WithHyphenPrefixedParameters(true), // --sort -id
		kong.ExplicitGroups(commandGroups()),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, FlagsLast: true}),
		kong.Help(help),
	)
	if others := otherCommands(command); len(others) > 0 {
		options = append(options, kong.IgnoreFields(`^cli\.(`+strings.Join(others, "|")+`)$`))
	}
	return kong.New(c, options...)
}

// otherCommands returns the fields of all commands but one; nil if that one does not
// exist.
func otherCommands(command string) []string {
	var others []string
	found := false
	for field := range reflect.TypeFor[cli]().Fields() {
		if _, is := field.Tag.Lookup("cmd"); !is {
			continue
		}
		if name := cmp.Or(field.Tag.Get("name"), strings.ToLower(field.Name)); name == command {
			found = true
			continue
		}
		others = append(others, field.Name)
	}
	if !found {
		return nil
	}
	return others
}

// run parses the arguments, runs the command and returns the exit code.
func run(ctx context.Context, args []string, env *environment) (code int) {
	defer func() {
		if panicked := recover(); panicked != nil {
			code = report(env, defect(panicked))
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var c cli
	exited := -1
	parser, err := parser(&c, args[0],
		kong.Writers(env.stdout, env.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.Bind(env, &c),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return report(env, err)
	}
	for _, arg := range args {
		if !utf8.ValidString(arg) { // kong would replace the bytes and change the filter
			return report(env, invalidArgument(arg))
		}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		return report(env, &exit.UsageError{Err: err})
	}
	env.origins.parsed = kctx
	env.quiet, env.colored = c.Quiet, env.colors(c.Color)
	err = kctx.Run()
	if err == nil && env.stdout.err != nil {
		err = fmt.Errorf("writing to standard output: %w", env.stdout.err)
	}
	return report(env, err)
}

// usagef returns a mistake in the arguments.
func usagef(format string, args ...any) error { return exit.Usagef(format, args...) }

// defect is a panic as an error: a stack helps nobody who asks for rows.
func defect(panicked any) error {
	return fmt.Errorf("a defect in muster: %v; please report it, with the command line", panicked)
}

// report prints an error and returns its exit code.
func report(env *environment, err error) int {
	code := exit.Code(err)
	switch code {
	case exit.Done:
	case exit.Interrupted:
		env.notef("muster: interrupted")
	default:
		env.notef("muster: %s", strings.TrimSpace(exit.Message(err)))
	}
	if code == exit.Usage {
		env.notef("hint: muster --help")
	}
	return code
}

// invalidArgument reports an argument that is not UTF-8. It returns the language's own
// error if the argument may be the filter.
func invalidArgument(arg string) error {
	if _, err := dsl.Parse(arg); !strings.HasPrefix(arg, "--") && err != nil {
		return err
	}
	return exit.Usagef("the argument %q is not valid UTF-8", arg)
}
