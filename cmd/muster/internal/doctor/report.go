package doctor

import (
	"fmt"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
)

// State is the outcome of a check.
type State string

// The states, the best first.
const (
	OK   State = "ok"
	Warn State = "warn" // it works, but needs attention
	Fail State = "fail" // it does not work
	Skip State = "skip" // it could not be checked
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
	// GzipLine is missing if no request was answered.
	GzipLine = "gzip"

	PageLine   = "page" // this and the rest only for a listing
	FieldsLine = "fields"
	PagesLine  = "pages"
	LayoutLine = "layout" // of a listing whose pages lack what they should say; else missing
	SortLine   = "sort"
)

// Line is the outcome of one check.
type Line struct {
	Name   string         `json:"name"`
	State  State          `json:"state"`
	Detail string         `json:"detail"`
	Do     string         `json:"do,omitempty"`    // what to do about it; "" = nothing
	Facts  map[string]any `json:"facts,omitempty"` // the same for programs
}

// FormatVersion is the version of a report's JSON. It grows when a member changes
// its meaning or is removed, not when one is added.
const FormatVersion = 1

// Report is the lines of all checks. Those that need an answer are missing if the
// server gave none.
type Report struct {
	Version  int       `json:"version"`
	BaseURL  string    `json:"base_url"`
	State    State     `json:"state"` // the worst of the lines
	Lines    []Line    `json:"lines"`
	Findings []Finding `json:"findings,omitempty"` // of the filters, if they were probed

	// Found is what the server can do by the probes; nil without probing.
	Found *shipstream.Capabilities `json:"-"`
}

// Finding is the outcome of probing one capability, or of trying one operator of a field.
// Only the latter has a State.
type Finding struct {
	Name   string `json:"name"`
	State  State  `json:"state,omitempty"` // OK, Fail or Skip
	Proved bool   `json:"proved"`
	Detail string `json:"detail"`

	plan  *query.Plan // of the question that decided it; nil = none
	field *rest.Field // that was tried; nil = several were
	op    string      // of the field, as findings name it
	cause outcome     // of the question that failed
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

// warnf is a line that needs attention.
func warnf(name, do, format string, args ...any) Line {
	return Line{Name: name, State: Warn, Do: do, Detail: fmt.Sprintf(format, args...)}
}

// skipf is a line about what could not be checked.
func skipf(name, format string, args ...any) Line {
	return Line{Name: name, State: Skip, Detail: fmt.Sprintf(format, args...)}
}

func failf(name, do, format string, args ...any) Line {
	return Line{Name: name, State: Fail, Do: do, Detail: fmt.Sprintf(format, args...)}
}
