package plan

import (
	"fmt"
	"io"
	"time"
)

// Analysis compares a plan with what its run took. It is a value, safe for concurrent
// use.
type Analysis struct {
	Plan   *Plan
	Actual Actual
}

// Actual is what a run took. The zero value is that of a run that has not begun.
type Actual struct {
	Rows     int64         `json:"rows"`     // rows delivered
	Fetched  int64         `json:"fetched"`  // rows received from the server
	Requests int64         `json:"requests"` // page requests plus Counts, without retries
	Counts   int64         `json:"counts"`   // requests that counted rows, to choose among plans
	Retries  int64         `json:"retries"`  // repeated attempts at the same pages
	Elapsed  time.Duration `json:"-"`
	Scans    []ActualScan  `json:"-"` // in the plan's order; a limit may end a run before the last
}

// ActualScan is what one scan of a run took.
type ActualScan struct {
	Fetched  int64 `json:"fetched"`  // rows received from the server
	Requests int64 `json:"requests"` // page requests, without retries
	Retries  int64 `json:"retries"`  // repeated attempts at the same pages
}

// Explain writes the plan for people and, below it, the expected and the actual cost.
// Its only error is one of w.
func (a Analysis) Explain(w io.Writer) error {
	if err := a.Plan.Explain(w); err != nil {
		return err
	}
	e := &explainer{}
	e.row("expected", requestsForRows(a.Plan.Cost.Requests, a.Plan.Cost.Rows)+guess(a.Plan.Cost))
	e.row("took", fmt.Sprintf("%s (%d in the answer) in %s; retries: %d",
		requestsForRows(a.Actual.Requests, a.Actual.Fetched), a.Actual.Rows, a.Actual.Elapsed.Round(time.Millisecond), a.Actual.Retries))
	if a.Actual.Counts > 0 {
		e.row("", fmt.Sprintf("%d of the requests counted rows, to choose among plans", a.Actual.Counts))
	}
	if len(a.Actual.Scans) > 1 {
		for i, s := range a.Actual.Scans {
			e.row(scanLabel("scan", len(a.Actual.Scans), i), fmt.Sprintf("%s; retries: %d", requestsForRows(s.Requests, s.Fetched), s.Retries))
		}
	}
	_, err := io.WriteString(w, e.b.String())
	return err
}

func guess(c Cost) string {
	if c.Known {
		return ""
	}
	return " (an estimate: see --probe)"
}

// ExplainJSON writes the JSON of [Plan.ExplainJSON] with an "actual" object. Its only
// error is one of w.
func (a Analysis) ExplainJSON(w io.Writer) error {
	type actual struct {
		Actual
		ElapsedSeconds float64      `json:"elapsed_seconds"`
		Scans          []ActualScan `json:"scans"`
	}
	took := actual{a.Actual, a.Actual.Elapsed.Seconds(), append([]ActualScan{}, a.Actual.Scans...)}
	return writeIndented(w, struct {
		Document
		Actual actual `json:"actual"`
	}{a.Plan.Document(), took})
}
