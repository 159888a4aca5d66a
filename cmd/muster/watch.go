package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// watched is a run whose progress and statistics can be shown.
type watched struct {
	client *transport.Client
	limit  int64 // rows that the run stops at; 0 = none
	stats  func() query.Stats

	committed func() int64 // rows that are durable; nil of a run that only shows its rows
}

// watch shows the run's progress until stop is called: a bar on a terminal, a
// line now and then in a log.
func (env *environment) watch(w watched) (stop func()) {
	if env.quiet {
		return func() {}
	}
	o := progress.Options{
		Output: env.stderr, Terminal: env.stderrTerminal && env.getenv("TERM") != "dumb", Width: env.logWidth, Sample: w.sample,
	}
	if !o.Terminal {
		o.Interval = env.logEvery
	}
	show := progress.Start(o)
	rows := env.stdout.w
	if env.stdoutTerminal && env.stderrTerminal {
		env.stdout.w = show.Over(rows)
	}
	return func() {
		show.Stop()
		env.stdout.w = rows
	}
}

func (w watched) sample() progress.Sample {
	client := w.client.Stats()
	s := progress.Sample{Run: w.stats(), Sent: client.PerSecond, Throttled: client.Throttled + client.Conflicts, Limit: w.limit}
	if w.committed != nil {
		s.Committed = w.committed()
	}
	return s
}

// statsFlag says how a run is summed up.
type statsFlag struct {
	Stats string `default:"auto" enum:"auto,none,text,json" help:"Statistics at the end, on standard error: ${enum}. auto is text on a terminal."`
}

// sumUp prints the statistics of a run, complete or not.
func (f statsFlag) sumUp(env *environment, w watched, failed error) {
	choice := f.Stats
	if choice == "auto" {
		choice = "none"
		if env.stderrTerminal && !env.quiet && failed == nil {
			choice = "text"
		}
	}
	switch choice {
	case "text":
		env.notef("%s", summary(w.stats(), w.client.Stats()))
	case "json":
		env.notef("%s", w.statistics(failed == nil))
	}
}

// statistics is a run as one JSON object.
func (w watched) statistics(complete bool) []byte {
	run, client := w.stats(), w.client.Stats()
	var committed *int64
	if w.committed != nil {
		n := w.committed()
		committed = &n
	}
	text, err := json.Marshal(struct {
		Complete      bool    `json:"complete"`
		Rows          int64   `json:"rows"`
		Committed     *int64  `json:"committed,omitempty"` // of an export, those before a resumption included
		Fetched       int64   `json:"fetched"`
		Requests      int64   `json:"requests"`
		Attempts      int64   `json:"attempts"`
		Retries       int64   `json:"retries"`
		Throttled     int64   `json:"throttled"`
		Conflicts     int64   `json:"conflicts"`
		Bytes         int64   `json:"bytes"`
		Seconds       float64 `json:"seconds"`
		RowsPerSecond float64 `json:"rows_per_second"`
	}{
		complete, run.Rows, committed, run.Fetched, client.Requests, client.Attempts, client.Retries, client.Throttled, client.Conflicts,
		client.Bytes, run.Elapsed.Seconds(), run.RowsPerSecond(),
	})
	if err != nil {
		return []byte(err.Error()) // numbers do not fail
	}
	return text
}

// summary is one line about a finished run.
func summary(run query.Stats, client transport.Stats) string {
	line := fmt.Sprintf("%s in %s, %s", count(run.Rows, "row"), run.Elapsed.Round(time.Millisecond), count(client.Requests, "request"))
	if client.Retries > 0 {
		line += ", " + count(client.Retries, "retry")
	}
	if throttled := client.Throttled + client.Conflicts; throttled > 0 {
		line += ", throttled " + count(throttled, "time")
	}
	return fmt.Sprintf("%s, %s rows/s", line, progress.Number(int64(run.RowsPerSecond())))
}

// count is a number with its noun.
func count(n int64, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "retry":
		noun = "retrie"
	}
	return progress.Number(n) + " " + noun + "s"
}
