package main

import "github.com/muster-go/muster/cmd/muster/internal/progress"

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

// statsFlag chooses the statistics of a run.
type statsFlag struct {
	Stats string `default:"auto" enum:"auto,none,text,json" help:"Statistics at the end, on standard error: ${enum}. auto is text on a terminal."`
}

// sumUp prints the statistics of a run, whether it failed or not.
func (f statsFlag) sumUp(env *environment, r progress.Run, failed error) {
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
}
