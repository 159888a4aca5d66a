// Package exit turns the error of a command into its exit code and into the text
// that people read.
//
//	code := exit.Code(err)
//	fmt.Fprintln(os.Stderr, "muster: "+exit.Message(err))
//
// The codes are an interface for scripts and never change.
package exit
