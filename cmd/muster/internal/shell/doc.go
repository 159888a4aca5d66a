// Package shell is the interactive command line: filters typed one after another,
// answered from one client.
//
//	err := shell.Interact(ctx, engine, shell.Terminal{Width: width, Height: height, …})
//
// An [Engine] says what the rest of muster does for it, as functions. [Interact]
// edits lines on a terminal, completes them, keeps their history and counts rows
// while typing pauses; [Script] takes the same lines from a file or a pipe.
package shell
