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
	ProbeFilters bool   `help:"Find out which filter operators the server has beyond the documented ones, and print the settings that declare them."`
	Format       string `default:"text" enum:"text,json" help:"Output: ${enum}."`
}

// Help shows how the command is used.
func (*doctorCmd) Help() string {
	return examples(
		`muster doctor`,
		`muster doctor --probe-filters   # some thirty requests more`,
		`muster doctor --resource warehouses   # does its definition fit`,
		`muster doctor --format json`,
	)
}

// Run says what it saw of the server, a line each. It fails when one of them
// fails.
func (c *doctorCmd) Run(ctx context.Context, env *environment) error {
	subject, err := c.subject(env)
	if err != nil {
		return err
	}
	if subject.Options, err = c.transport(env); err != nil {
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

// subject is what is examined: the users, another of the built-in resources, or what a
// file defines.
func (c *doctorCmd) subject(env *environment) (doctor.Subject, error) {
	declared, err := c.capabilities()
	if err != nil {
		return doctor.Subject{}, err
	}
	s := doctor.Subject{Declared: declared, Probe: c.ProbeFilters, Foreign: isFromFile(env)}
	if c.Resource == "users" && !s.Foreign {
		return s, refuse(env, "doctor, which looks at all kinds of users", "type")
	}
	if c.ProbeFilters {
		return s, exit.Usagef("--probe-filters is for users: the parameters of another resource are tried without being asked")
	}
	res, err := c.source(env)
	if err != nil {
		return s, err
	}
	s.Listing, err = rest.New(nil, res.Definition())
	return s, err
}

// verdict is the failure of a report, if a line failed.
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
