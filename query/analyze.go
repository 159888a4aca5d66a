package query

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Analysis is a plan beside what running it took.
type Analysis struct {
	Plan  *Plan
	Total Stats
	Scans []ScanStats // in the plan's order; a limit may end a run before the last
}

// ScanStats is what one scan of a run took.
type ScanStats struct {
	Fetched  int64 // rows received from the server
	Requests int64 // pages asked for, retries apart
	Retries  int64 // further attempts at the same pages
}

// Analyze returns the plan beside what the run has taken so far. Call it after
// the last row.
func (r *Rows[T]) Analyze() Analysis {
	a := Analysis{Plan: r.Plan(), Total: r.Stats(), Scans: make([]ScanStats, len(r.scans))}
	for i := range r.scans {
		c := &r.scans[i]
		a.Scans[i] = ScanStats{c.fetched.Load(), c.requests.Load(), c.retries.Load()}
	}
	return a
}

// Explain writes the plan and, below it, what it took beside what was expected.
func (a Analysis) Explain(w io.Writer) error {
	if err := a.Plan.Explain(w); err != nil {
		return err
	}
	e := &explainer{}
	e.row("expected", fmt.Sprintf("%s for %s%s", plural(int(a.Plan.Cost.Requests), "request"), plural(int(a.Plan.Cost.Rows), "row"), guess(a.Plan.Cost)))
	e.row("took", fmt.Sprintf("%s for %s, of which %d are the answer, in %s; retries: %d",
		plural(int(a.Total.Requests), "request"), plural(int(a.Total.Fetched), "row"), a.Total.Rows, a.Total.Elapsed.Round(time.Millisecond), a.Total.Retries))
	if a.Total.Counts > 0 {
		e.row("", fmt.Sprintf("%d of the requests counted rows, to choose among plans", a.Total.Counts))
	}
	if len(a.Scans) > 1 {
		for i, s := range a.Scans {
			e.row(scanLabel("scan", len(a.Scans), i), fmt.Sprintf("%s for %s; retries: %d", plural(int(s.Requests), "request"), plural(int(s.Fetched), "row"), s.Retries))
		}
	}
	_, err := io.WriteString(w, e.b.String())
	return err
}

func guess(c Cost) string {
	if c.Known {
		return ""
	}
	return " (a guess: see --probe)"
}

// analysisJSON is the stable form of an analysis for programs.
type analysisJSON struct {
	planJSON
	Actual actualJSON `json:"actual"`
}

type actualJSON struct {
	Rows           int64            `json:"rows"`
	Fetched        int64            `json:"fetched"`
	Requests       int64            `json:"requests"`
	Counts         int64            `json:"counts"`
	Retries        int64            `json:"retries"`
	ElapsedSeconds float64          `json:"elapsed_seconds"`
	Scans          []actualScanJSON `json:"scans"`
}

type actualScanJSON struct {
	Fetched  int64 `json:"fetched"`
	Requests int64 `json:"requests"`
	Retries  int64 `json:"retries"`
}

// ExplainJSON writes what [Plan.ExplainJSON] does, with an "actual" object.
func (a Analysis) ExplainJSON(w io.Writer) error {
	t := a.Total
	out := analysisJSON{a.Plan.json(), actualJSON{t.Rows, t.Fetched, t.Requests, t.Counts, t.Retries, t.Elapsed.Seconds(), make([]actualScanJSON, len(a.Scans))}}
	for i, s := range a.Scans {
		out.Actual.Scans[i] = actualScanJSON(s)
	}
	return encodeJSON(w, out)
}

func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // the requests are to be read
	e.SetIndent("", "  ")
	return e.Encode(v)
}
