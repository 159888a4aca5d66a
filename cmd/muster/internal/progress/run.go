package progress

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// Run is a run whose progress and statistics can be shown. Its functions may be
// called by another goroutine while the run lasts.
type Run struct {
	Client *transport.Client
	Limit  int64 // rows that the run stops at; 0 = none
	Stats  func() query.Stats

	Committed func() int64 // durable rows; nil for a run that writes none to disk
}

// Sample returns the run as it is now.
func (r Run) Sample() Sample {
	client := r.Client.Stats()
	s := Sample{
		Run: r.Stats(), Sent: client.PerSecond, Throttled: client.Throttled + client.Conflicts, Limit: r.Limit,
		Outage: client.Outage, MaxOutage: client.MaxOutage,
	}
	if r.Committed != nil {
		s.Committed = r.Committed()
	}
	return s
}

// Summary returns one line about the run, once it has finished.
func (r Run) Summary() string { return Summary(r.Stats(), r.Client.Stats()) }

// JSON returns the statistics of the run as one object, once it has finished.
func (r Run) JSON(complete bool) []byte {
	run, client := r.Stats(), r.Client.Stats()
	var committed *int64
	if r.Committed != nil {
		n := r.Committed()
		committed = &n
	}
	text, err := json.Marshal(struct {
		Complete      bool    `json:"complete"`
		Rows          int64   `json:"rows"`
		Committed     *int64  `json:"committed,omitempty"` // by an export, and by the runs that it resumes
		Fetched       int64   `json:"fetched"`
		Requests      int64   `json:"requests"`
		Attempts      int64   `json:"attempts"`
		Retries       int64   `json:"retries"`
		Throttled     int64   `json:"throttled"`
		Conflicts     int64   `json:"conflicts"`
		Bytes         int64   `json:"bytes"`
		Seconds       float64 `json:"seconds"`
		RowsPerSecond float64 `json:"rows_per_second"`

		Repeated int64    `json:"repeated,omitempty"` // rows that pages had again, and that were dropped
		Mended   int64    `json:"mended,omitempty"`   // characters that were not UTF-8 and became U+FFFD
		Warnings []string `json:"warnings,omitempty"`
	}{
		complete && !run.Incomplete, run.Rows, committed, run.Fetched, client.Requests, client.Attempts, client.Retries, client.Throttled, client.Conflicts,
		client.Bytes, run.Elapsed.Seconds(), run.RowsPerSecond(),
		run.Repeated, run.Mended, run.Warnings,
	})
	if err != nil {
		return []byte(err.Error()) // numbers do not fail
	}
	return text
}

// Summary returns one line about a finished run and what its client did for it.
func Summary(run query.Stats, client transport.Stats) string {
	line := fmt.Sprintf("%s in %s, %s", Count(run.Rows, "row"), run.Elapsed.Round(time.Millisecond), Count(client.Requests, "request"))
	if run.Repeated > 0 {
		line += ", " + Count(run.Repeated, "repeated row") + " dropped"
	}
	if client.Retries > 0 {
		line += ", " + Count(client.Retries, "retry")
	}
	if throttled := client.Throttled + client.Conflicts; throttled > 0 {
		line += ", throttled " + Count(throttled, "time")
	}
	return fmt.Sprintf("%s, %s rows/s", line, Number(int64(run.RowsPerSecond())))
}
