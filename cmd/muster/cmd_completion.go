package main

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/completion"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/model"
)

// completionCmd is `muster completion`.
type completionCmd struct {
	Shell completion.Shell `arg:"" enum:"bash,zsh,fish" help:"Shell to complete in: ${enum}."`
}

// Help shows how the command is used.
func (*completionCmd) Help() string {
	return examples(
		`muster completion bash > muster.bash   # source it in ~/.bashrc`,
		`muster completion zsh > _muster        # in a folder of $fpath`,
		`muster completion fish > muster.fish   # in ~/.config/fish/completions`,
	)
}

// Run prints the script.
func (c *completionCmd) Run(env *environment) error {
	text, err := completion.Script(c.Shell)
	env.stdout.printf("%s", text)
	return err
}

// completeCmd is `muster __complete SHELL LINE`, which the scripts call with the line
// up to the cursor.
type completeCmd struct {
	Shell completion.Shell `arg:"" enum:"bash,zsh,fish"`
	Line  string           `arg:""`
}

// Run prints what may complete the line.
func (c *completeCmd) Run(env *environment) error {
	all, err := parser(new(cli), "")
	if err != nil {
		return err
	}
	fields := func(words []string) *model.Schema { return fieldsNamed(env, words) }
	return completion.Propose(all.Model.Node, fields, c.Line).Write(env.stdout, c.Shell)
}

// fieldsNamed returns the fields of the resource that a command line names, with the
// environment and the settings; nil if it names none.
func fieldsNamed(env *environment, words []string) *model.Schema {
	if len(words) < 2 {
		return nil
	}
	var c cli
	named := *env
	parser, err := parser(&c, words[1], kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}), kong.Bind(&named, &c))
	if err != nil {
		return nil
	}
	kctx, err := parser.Parse(words[1:])
	if unfinished := (*kong.ParseError)(nil); errors.As(err, &unfinished) { // a required flag may still follow
		kctx = unfinished.Context
	}
	if kctx == nil || kctx.Selected() == nil || slices.ContainsFunc(kctx.Flags(), misspelt) {
		return nil
	}
	named.origins.parsed = kctx
	command, ok := reflect.TypeAssert[interface {
		source(env *environment) (resource.Resource, error)
	}](kctx.Selected().Target.Addr())
	if !ok {
		return nil
	}
	res, err := command.source(&named)
	if err != nil {
		return nil
	}
	return res.Schema()
}

// misspelt reports whether a flag has a value outside its enumeration.
func misspelt(f *kong.Flag) bool {
	return f.Enum != "" && !f.EnumMap()[fmt.Sprint(f.Target.Interface())]
}
