package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// filters adds the line about the filter profile, and what probing found.
func (r *Report) filters(ctx context.Context, users *shipstream.UserSource, s Subject) {
	if !s.Probe {
		r.add(okf(FiltersLine, "%s, as declared; --probe-filters asks the server", Describe(s.Declared)))
		return
	}
	found, findings, err := users.Probe(ctx)
	if err != nil {
		r.add(warnf(FiltersLine, "queries use what is declared: "+Describe(s.Declared), "probing failed: %v", err))
		return
	}
	r.Found = &found
	for _, f := range findings {
		r.Findings = append(r.Findings, Finding{Name: f.Name, Proved: f.Proved, Detail: f.Detail})
	}
	r.add(filtersLine(s.Declared, found))
}

// filtersLine compares the declared capabilities with those found. One that is
// declared but unsupported makes queries fail or, worse, miss rows. One that is
// supported but undeclared only makes them slower.
func filtersLine(declared, found shipstream.Capabilities) Line {
	wrong, idle := compareSwitches(declared, found)
	if declared.Collation != found.Collation {
		wrong = append(wrong, fmt.Sprintf("the collation %s (it is %s)", declared.Collation, found.Collation))
	}
	switch found.Timestamps {
	case declared.Timestamps, model.ReturnedUnknown: // unknown: the rows could not show it
	case model.ReturnedNo, model.ReturnedOnRequest, model.ReturnedAlways:
		if declared.Timestamps == model.ReturnedOnRequest {
			wrong = append(wrong, "returned timestamps")
		} else {
			idle = append(idle, "timestamps "+timestampWord(found.Timestamps))
		}
	}
	switch {
	case len(wrong) > 0:
		return failf(FiltersLine, "correct the settings, or queries fail or miss rows", "declared but unsupported: %s", strings.Join(wrong, ", "))
	case len(idle) > 0:
		return warnf(FiltersLine, "declare it in the settings, so that queries read fewer rows", "the server can do more than declared: %s", strings.Join(idle, ", "))
	}
	return okf(FiltersLine, "%s, as declared", Describe(found))
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
	return wrong, idle
}

// Describe returns capabilities in a few words.
func Describe(c shipstream.Capabilities) string {
	operators := "only documented operators"
	if on := c.Profile.String(); on != "documented" {
		operators = "documented operators and " + strings.ReplaceAll(on, ",", ", ")
	}
	return fmt.Sprintf("%s, collation %s, timestamps %s", operators, c.Collation, timestampWord(c.Timestamps))
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
	s := map[string]any{"collation": c.Collation.String(), "timestamps": timestampWord(c.Timestamps)}
	if on := c.Profile.String(); on != "documented" {
		s["profile"] = strings.Split(on, ",")
	}
	return s
}
