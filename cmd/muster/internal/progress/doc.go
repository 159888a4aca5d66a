// Package progress shows how far a run is: a bar on a terminal, or a plain line in a log
// now and then. It also formats the statistics of a finished run.
//
//	show := progress.Start(progress.Options{Output: os.Stderr, Terminal: true, Width: width, Sample: sample})
//	defer show.Stop()
//
// A [Meter] turns samples of a run's counters into rates and an estimate. It reads no
// clock and draws nothing. A [Show] takes the samples and owns the line.
package progress
