package doctor

import (
	"fmt"

	"github.com/muster-go/muster/query/shipstream"
)

// State is how a thing stands.
type State string

// The states, the best first.
const (
	OK   State = "ok"
	Warn State = "warn" // it works, and something is to be known or done
	Fail State = "fail" // it does not work
	Skip State = "skip" // it could not be looked at
)

// The names of the lines, in their order.
const (
	StatusLine  = "status"
	TokenLine   = "token"
	ClockLine   = "clock"
	LatencyLine = "latency"
	LimitsLine  = "limits"
	UsersLine   = "users"
	FiltersLine = "filters"

	PageLine   = "page" // of a listing, and what is below
	FieldsLine = "fields"
	PagesLine  = "pages"
	SortLine   = "sort"
)

// Line is what was seen of one thing.
type Line struct {
	Name   string         `json:"name"`
	State  State          `json:"state"`
	Detail string         `json:"detail"`
	Do     string         `json:"do,omitempty"`    // what to do about it; "" = nothing
	Facts  map[string]any `json:"facts,omitempty"` // the same for programs
}

// FormatVersion is the version of a report's JSON: it grows when a member changes
// its meaning or goes, and not when one is added.
const FormatVersion = 1

// Report is the lines that could be looked at: what needs an answer is left out
// where the server gave none.
type Report struct {
	Version  int       `json:"version"`
	BaseURL  string    `json:"base_url"`
	State    State     `json:"state"` // the worst of the lines
	Lines    []Line    `json:"lines"`
	Findings []Finding `json:"findings,omitempty"` // of the filters, if they were probed

	// Found is what probing believes the server to be capable of; nil without.
	Found *shipstream.Capabilities `json:"-"`
}

// Finding is what probing saw of one capability, or what became of one parameter of a
// listing, which has a State.
type Finding struct {
	Name   string `json:"name"`
	State  State  `json:"state,omitempty"` // OK, Fail or Skip
	Proved bool   `json:"proved"`
	Detail string `json:"detail"`
}

func (r *Report) add(l Line) {
	r.Lines = append(r.Lines, l)
	if l.State == Fail || l.State == Warn && r.State == OK {
		r.State = l.State
	}
}

// Failed returns the names of the lines that failed.
func (r *Report) Failed() []string {
	var names []string
	for _, l := range r.Lines {
		if l.State == Fail {
			names = append(names, l.Name)
		}
	}
	return names
}

func okf(name, format string, args ...any) Line {
	return Line{Name: name, State: OK, Detail: fmt.Sprintf(format, args...)}
}

// warnf is a line that asks for something to be done.
func warnf(name, do, format string, args ...any) Line {
	return Line{Name: name, State: Warn, Do: do, Detail: fmt.Sprintf(format, args...)}
}

// skipf is a line of what could not be looked at.
func skipf(name, format string, args ...any) Line {
	return Line{Name: name, State: Skip, Detail: fmt.Sprintf(format, args...)}
}

func failf(name, do, format string, args ...any) Line {
	return Line{Name: name, State: Fail, Do: do, Detail: fmt.Sprintf(format, args...)}
}
