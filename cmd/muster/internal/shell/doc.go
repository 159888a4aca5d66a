// Package shell is the interactive command line: the user types filters one after
// another, and one client answers them.
//
//	err := shell.Interact(ctx, engine, shell.Terminal{Width: width, Height: height, …})
//
// An [Engine] provides the answers as functions. [Interact] edits lines on a terminal,
// completes them, keeps their history and counts rows when typing pauses. [Script]
// takes the same lines from a file or a pipe.
package shell
