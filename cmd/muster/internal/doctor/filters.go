package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// filters adds the line about the filter profile, and what probing found.
func (r *Report) filters(ctx context.Context, users *shipstream.UserSource, s Subject) {
	if !s.Probe {
		r.add(okf(FiltersLine, "%s, as declared; --probe-filters asks the server", Describe(s.Declared)))
		return
	}
	found, findings, failed := users.Probe(ctx)
	if failed != nil {
		found = s.Declared // to try them all the same
	}
	found.Profile.Off = nil
	for _, f := range findings {
		r.Findings = append(r.Findings, Finding{Name: f.Name, Proved: f.Proved, Detail: f.Detail})
	}
	tried, requests, err := tryUsers(ctx, users, found)
	r.Findings = append(r.Findings, tried...)
	syntax := shipstream.Syntax(found.Profile)
	wrong, right := blame(syntax, tried)
	for _, off := range s.Declared.Profile.Off {
		if !slices.Contains(right, off) {
			wrong = append(wrong, off) // nothing speaks against it
		}
	}
	slices.Sort(wrong)
	found.Profile = corrected(found.Profile, slices.Compact(wrong))
	l := filtersLine(s.Declared, found, tried)
	if problem := errors.Join(failed, err); problem != nil && l.State != Fail {
		l = warnf(FiltersLine, "queries use what is declared: "+Describe(s.Declared), "probing failed: %v", problem)
	} else {
		r.Found = &found
	}
	l.Facts = map[string]any{"requests": requests}
	r.add(l)
}

// tryUsers tries the operators that plans send for a server of these capabilities.
func tryUsers(ctx context.Context, users *shipstream.UserSource, c shipstream.Capabilities) (findings []Finding, requests int, err error) {
	src, err := rest.New(users.Client(), shipstream.UsersDefinition(shipstream.AnyUser, shipstream.With(c)))
	if err != nil {
		return nil, 0, err
	}
	t, err := newTrial(ctx, src)
	if err != nil {
		return nil, t.requests, err
	}
	return t.run(), t.requests, nil
}

// filtersLine compares the declared capabilities with those found. One that is
// declared but unsupported makes queries fail or, worse, miss rows. One that is
// supported but undeclared only makes them slower.
func filtersLine(declared, found shipstream.Capabilities, tried []Finding) Line {
	unsupported, idle := compareSwitches(declared, found)
	if said, is := declared.Collation.Or(model.CI), found.Collation.Or(model.CI); said != is {
		unsupported = append(unsupported, fmt.Sprintf("the collation %s (it is %s)", said, is))
	}
	switch found.Timestamps {
	case declared.Timestamps, model.ReturnedUnknown: // unknown: the rows could not show it
	case model.ReturnedNo, model.ReturnedOnRequest, model.ReturnedAlways:
		if declared.Timestamps == model.ReturnedOnRequest {
			unsupported = append(unsupported, "returned timestamps")
		} else {
			idle = append(idle, "timestamps "+timestampWord(found.Timestamps))
		}
	}
	var wrong []string
	if unsupported != nil {
		wrong = append(wrong, "declared but unsupported: "+strings.Join(unsupported, ", "))
	}
	if missing := undeclared(declared.Profile, found.Profile, tried); missing != nil {
		wrong = append(wrong, "answered wrongly: "+strings.Join(missing, ", "))
	}
	switch {
	case wrong != nil:
		return failf(FiltersLine, "correct the settings, such as by --profile="+strings.Join(found.Profile.Names(), ",")+", or queries fail, miss rows or have wrong ones",
			"%s", strings.Join(wrong, "; "))
	case len(idle) > 0:
		return warnf(FiltersLine, "declare it in the settings, so that queries read fewer rows", "the server can do more than declared: %s", strings.Join(idle, ", "))
	}
	return okf(FiltersLine, "%s, as declared", Describe(found))
}

// undeclared returns the names of the findings that failed, unless the declared profile
// turns off all that is wrong.
func undeclared(declared, found wire.Profile, tried []Finding) []string {
	var failed []string
	for _, f := range tried {
		if f.State == Fail {
			failed = append(failed, f.Name)
		}
	}
	covered := func(name string) bool {
		return slices.Contains(declared.Off, name) || slices.Contains(declared.Off, everything)
	}
	if !slices.ContainsFunc(found.Off, func(name string) bool { return !covered(name) }) && found.Off != nil {
		return nil
	}
	return failed
}

// compareSwitches returns the switches that are wrongly declared, and those that
// could be declared. The dialect of regex cannot be seen from outside.
func compareSwitches(declared, found shipstream.Capabilities) (wrong, idle []string) {
	has := found.Profile.Switches()
	for i, sw := range declared.Profile.Switches() {
		switch {
		case sw.On && !has[i].On && sw.Name != "regex":
			wrong = append(wrong, "the operator "+sw.Name)
		case !sw.On && has[i].On:
			idle = append(idle, "the operator "+sw.Name)
		}
	}
	for _, off := range declared.Profile.Off {
		if !slices.Contains(found.Profile.Off, off) {
			idle = append(idle, "the operator "+off)
		}
	}
	return wrong, idle
}

// Describe returns capabilities in a few words.
func Describe(c shipstream.Capabilities) string {
	operators := "only documented operators"
	if names := c.Profile.Names(); names != nil {
		operators = "documented operators and " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, collation %s, timestamps %s", operators, c.Collation.Or(model.CI), timestampWord(c.Timestamps))
}

// timestampWord returns the word of the settings.
func timestampWord(r model.Returned) string {
	switch r {
	case model.ReturnedOnRequest:
		return "on-request"
	case model.ReturnedNo:
		return "never"
	case model.ReturnedUnknown, model.ReturnedAlways:
	}
	return "unknown"
}

// Settings returns the capabilities as the settings file declares them.
func Settings(c shipstream.Capabilities) map[string]any {
	s := map[string]any{"collation": c.Collation.Or(model.CI).String(), "timestamps": timestampWord(c.Timestamps)}
	if names := c.Profile.Names(); names != nil {
		s["profile"] = names
	}
	return s
}
