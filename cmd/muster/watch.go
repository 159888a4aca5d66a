package main

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
)

// watch shows the run's progress until stop is called: a bar on a terminal, or a line
// in a log now and then.
func (env *environment) watch(r progress.Run) (stop func()) {
	if env.quiet {
		return func() {}
	}
	o := progress.Options{
		Output: env.stderr, Terminal: env.stderrTerminal && env.getenv("TERM") != "dumb", Width: env.logWidth, Sample: r.Sample,
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

// doubts prints what the server's answers say against the rows of a run that has ended.
func (env *environment) doubts(s query.Stats) {
	for _, w := range s.Warnings {
		env.warnf("muster: warning: %s", w)
	}
}

// statsFlag says how a run is judged and summed up at its end.
type statsFlag struct {
	Stats  string `default:"auto" enum:"auto,none,text,json" help:"Statistics at the end, on standard error: ${enum}. auto is text on a terminal."`
	Strict bool   `help:"Exit with 1 if rows may be missing although the run read to the end, as when the server's total has more."`
}

// sumUp prints the statistics and the warnings of a run, whether it failed or not. It
// returns the error, or under --strict that rows may be missing.
func (f statsFlag) sumUp(env *environment, r progress.Run, failed error) error {
	choice := f.Stats
	if choice == "auto" {
		choice = "none"
		if env.stderrTerminal && !env.quiet && failed == nil {
			choice = "text"
		}
	}
	switch choice {
	case "text":
		env.notef("%s", r.Summary())
	case "json":
		env.notef("%s", r.JSON(failed == nil))
	}
	return f.judge(env, r, failed)
}

// judge prints the warnings of a run, and returns its error or, under --strict, that rows
// may be missing.
func (f statsFlag) judge(env *environment, r progress.Run, failed error) error {
	s := r.Stats()
	if failed != nil || !f.Strict || !s.Incomplete {
		env.doubts(s)
		return failed
	}
	return fmt.Errorf("rows may be missing: %s", strings.Join(s.Warnings, "; "))
}
