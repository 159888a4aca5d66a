// Package display prepares text for a terminal: it measures, cuts and cleans.
//
//	shown := display.Cut(display.Clean(name), 20)
//	pad := strings.Repeat(" ", 20-display.Width(shown))
//
// A cell is one column of a terminal. Text may come from strangers, so clean it
// before you print it: [Clean] leaves nothing that a terminal obeys.
//
// All functions are pure and safe for concurrent use.
package display
