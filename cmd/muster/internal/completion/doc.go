// Package completion says what may stand at the end of a command line that is being
// typed: commands, flags, their values and the text of a filter.
//
//	p := completion.Propose(app, fields, `muster query 'is_active and na`)
//	err := p.Write(os.Stdout, completion.Bash)
//
// [Propose] knows the commands from kong's model of them and filters from
// dsl.Complete; [Proposal.Write] knows how each shell is told. [Script] is what a
// shell has to load: it calls the program again with the line, so that what it
// proposes is always what the program understands.
package completion
