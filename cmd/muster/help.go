package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// tour is the text that `muster` alone prints before the commands.
const tour = `Muster queries a paged REST API as if it were a table: a filter in, users out.

Try it without a server:
  muster demo                                 a real query, its plan and rows

Practise on an emulator of the API:
  muster emulate --addr 127.0.0.1:8080        in one terminal; in another:
  export MUSTER_BASE_URL=http://127.0.0.1:8080/api/global MUSTER_TOKEN=demo
  muster query 'is_active and name starts with "a"' --limit 10
  muster stats --by is_active

Use your own server:
  muster config init acme https://acme.shipstream.app/api/global
  muster doctor                               does it answer, may you use it

Write a filter:
  muster fields                               the fields it can name
  muster shell                                filters with completion and counts
  muster check 'is_activ = true'              find mistakes, with suggestions
  muster explain 'name contains "x"'          what the server evaluates

Keep the rows:
  muster export 'is_active' -o users.parquet  resumes after an interruption
  muster verify users.parquet 'is_active'     each row once, none missing

Ask another API:
  muster define /v1/inventory/warehouses      a definition from its answers
  muster fields --resource warehouses --emit  a definition to start from
`

// exitHelp ends every --help: scripts rely on the codes.
const exitHelp = `Exit codes: 0 done (no rows too), 1 failed, 2 usage, 3 the filter does not
parse or check, 4 authentication, 5 failed after rows reached standard output or
a kept file, 6 a complete export was not replaced, 130 interrupted.`

// help prints the tour and the commands, or the help of one command.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	whole := ctx.Selected() == nil
	if whole {
		ctx.Model.Help = ""
		if _, err := fmt.Fprintf(ctx.Stdout, "%s\n", tour); err != nil {
			return err
		}
	}
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintln(ctx.Stdout, "\n"+exitHelp)
	return err
}

// examples returns a command's help from lines of the form "COMMAND  # NOTE". --help
// prints them before the flags, and a test runs them.
func examples(lines ...string) string {
	return "Examples:\n\n    " + strings.Join(lines, "\n    ")
}

// commandGroups returns the headings of the list of commands.
func commandGroups() []kong.Group {
	return []kong.Group{
		{Key: "start", Title: "Start here:"},
		{Key: "ask", Title: "Ask for rows:"},
		{Key: "filters", Title: "Understand a filter:"},
		{Key: "more", Title: "More:"},
	}
}
