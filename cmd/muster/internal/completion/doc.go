// Package completion completes a command line while it is typed: commands, flags, their
// values and the text of a filter.
//
//	p := completion.Propose(app, fields, `muster query 'is_active and na`)
//	err := p.Write(os.Stdout, completion.Bash)
//
// [Propose] takes the commands from kong's model and filters from dsl.Complete.
// [Proposal.Write] prints for each shell. A shell loads the text of [Script], which
// calls the program again with the line, so that both always agree.
package completion
