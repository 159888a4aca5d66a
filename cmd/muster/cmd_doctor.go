package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// doctorCmd is `muster doctor`.
type doctorCmd struct {
	serverFlags
	resourceFlags
	ProbeFilters bool   `help:"Try every filter operator that queries send, on rows whose values are known, find undocumented ones, and print the settings that declare what was found. It takes 350 requests at most, within the limits."`
	Format       string `default:"text" enum:"text,json" help:"Output: ${enum}."`
}

// Help shows how the command is used.
func (*doctorCmd) Help() string {
	return examples(
		`muster doctor`,
		`muster doctor --probe-filters   # try every filter operator`,
		`muster doctor --resource warehouses   # check its definition`,
		`muster doctor --format json`,
	)
}

// Run prints a line for each check of the server. It fails if one of them fails.
func (c *doctorCmd) Run(ctx context.Context, env *environment) error {
	subject, err := c.subject(env)
	if err != nil {
		return err
	}
	var login *rest.OAuth
	if subject.Listing != nil {
		login = subject.Listing.Definition().OAuth
	}
	if subject.Options, err = c.transport(env, login); err != nil {
		return err
	}
	report, err := doctor.Examine(ctx, subject)
	if option := (*transport.OptionError)(nil); errors.As(err, &option) {
		return &exit.UsageError{Err: err}
	}
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = report.PrintJSON(env.stdout)
	} else {
		err = report.Print(env.stdout.raw(), env.tableWidth(), env.colored)
	}
	if err != nil {
		return err
	}
	return verdict(report, subject.Foreign)
}

// subject returns what to examine: the users, another built-in resource, or the
// resource of a file.
func (c *doctorCmd) subject(env *environment) (doctor.Subject, error) {
	declared, err := c.capabilities()
	if err != nil {
		return doctor.Subject{}, err
	}
	s := doctor.Subject{Declared: declared, Probe: c.ProbeFilters, Foreign: isFromFile(env)}
	if c.Resource == "users" && !s.Foreign {
		return s, refuse(env, "doctor, which checks users of all types", "type")
	}
	res, err := c.source(env)
	if err != nil {
		return s, err
	}
	s.Listing, err = rest.New(nil, res.Definition())
	return s, err
}

// verdict returns an error if a line of the report failed.
func verdict(r *doctor.Report, foreign bool) error {
	failed := r.Failed()
	if len(failed) == 0 {
		return nil
	}
	err := fmt.Errorf("the server cannot be used as it is: %s failed", strings.Join(failed, ", "))
	if foreign {
		err = fmt.Errorf("the definition and the server do not fit: %s failed", strings.Join(failed, ", "))
	}
	if slices.Contains(failed, doctor.TokenLine) {
		return &exit.AuthError{Err: err}
	}
	return err
}
