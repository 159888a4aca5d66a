// Package console prepares text that a command prints for people.
//
//	fmt.Fprint(os.Stderr, console.Clean(text))
//	fmt.Println(console.Wrap(detail, width, 4))
//
// Text may come from a server, a file or a definition, so nothing of it may reach a
// terminal as a command. [Clean] is the one place that sees to that; it measures
// and replaces as package display does.
//
// All functions are pure and safe for concurrent use.
package console
