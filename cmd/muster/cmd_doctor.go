package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
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
		err = writeReportJSON(env, report)
	} else {
		err = writeReport(env, report)
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
	s.Listing, err = rest.New(nil, res.definition())
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

// writeReport prints a line for each thing, and below it what to do.
func writeReport(env *environment, r *doctor.Report) error {
	const detail = len("fail  latency  ")
	width := env.tableWidth()
	for _, l := range r.Lines {
		env.stdout.printf("%s  %-7s  %s\n", env.shade(l.State), l.Name, wrapped(l.Detail, width, detail))
		if l.Do != "" {
			env.stdout.printf("%*s→ %s\n", detail, "", wrapped(l.Do, width, detail+2))
		}
		if l.Name != doctor.FiltersLine {
			continue
		}
		for _, f := range r.Findings {
			word := onOff(f.Proved)
			if f.State != "" {
				word = string(f.State)
			}
			env.stdout.printf("%*s%-15s  %-4s %s\n", detail, "", f.Name, word, wrapped(f.Detail, width, detail+22))
		}
	}
	if r.Found == nil {
		return nil
	}
	settings, err := declaration(*r.Found)
	if err != nil {
		return err
	}
	env.stdout.printf("\nTo use what was found, put this into the settings (muster config path says where):\n%s\n", settings)
	return nil
}

// shade is a state in four cells, coloured where that is wanted.
func (env *environment) shade(s doctor.State) string {
	word := fmt.Sprintf("%-4s", s)
	if !env.colored {
		return word
	}
	color := map[doctor.State]string{doctor.OK: "32", doctor.Warn: "33", doctor.Fail: "31"}[s]
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// writeReportJSON prints the report as one object, with the settings that declare
// what was found.
func writeReportJSON(env *environment, r *doctor.Report) error {
	out := struct {
		*doctor.Report
		Settings map[string]any `json:"settings,omitempty"`
	}{Report: r}
	if r.Found != nil {
		out.Settings = doctor.Settings(*r.Found)
	}
	e := json.NewEncoder(env.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// declaration is the settings that declare the capabilities.
func declaration(c shipstream.Capabilities) ([]byte, error) {
	return json.MarshalIndent(doctor.Settings(c), "", "  ")
}
