package main

import (
	"os"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/manpage"
	"github.com/muster-go/muster/cmd/muster/internal/settings"
	"github.com/muster-go/muster/cmd/muster/internal/shell"
)

// manCmd is `muster man`.
type manCmd struct{}

// Help shows how the command is used.
func (manCmd) Help() string {
	return examples(
		`muster man > muster.1   # man -l muster.1, or a folder man1 of the manpath`,
	)
}

// Run prints the manual page, made from the model that --help is made from.
func (manCmd) Run(env *environment) error {
	all, err := parser(new(cli), "")
	if err != nil {
		return err
	}
	atHome := func(name string) string { return map[string]string{"HOME": "~"}[name] }
	return manpage.Write(env.stdout, all.Model, manpage.About{Summary: "query a paged REST API as if it were a table", Version: version(), Date: built(), Sections: []manpage.Section{
		{Heading: "EXAMPLES", Text: tour},
		{Heading: "EXIT STATUS", Text: exitHelp},
		{Heading: "FILES", Text: settings.DefaultPath(atHome) + ": the settings.\n\n" + shell.HistoryPath(atHome) + ": the lines typed into muster shell."},
		{Heading: "ENVIRONMENT", Text: "MUSTER_TOKEN: the token; flags name the variables that stand for them.\n\n" +
			"NO_COLOR: no colours.\n\nPAGER: what shows long tables in muster shell."},
	}})
}

// built is the day that this program is from; "" where that cannot be told.
func built() string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(self)
	if err != nil {
		return ""
	}
	return info.ModTime().UTC().Format(time.DateOnly)
}
