// Package progress shows how far a fetch has got: a bar that is drawn again and
// again on a terminal, or now and then a plain line in a log.
//
//	show := progress.Start(progress.Options{Output: os.Stderr, Terminal: true, Width: width, Sample: sample})
//	defer show.Stop()
//
// A [Meter] turns samples of a run's counters into rates and an estimate; it
// reads no clock and draws nothing. [Show] takes the samples and owns the line.
package progress
