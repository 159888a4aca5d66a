package main

import (
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// fmtCmd is `muster fmt`.
type fmtCmd struct {
	filterFlags
	From  string `default:"muster" enum:"muster,odata,scim,aip160" help:"Language of the filter: ${enum}. The fields of the resource say what null means in the others."`
	To    string `default:"muster" enum:"muster,wire" help:"Language of the output: ${enum}. wire is the API's filter parameters, one a line."`
	Width int    `default:"80" help:"Columns at which a long filter wraps; 0 = never."`
}

// Help shows how the command is used.
func (*fmtCmd) Help() string {
	return examples(
		`muster fmt '((is_active)) && !(name == "Bob")'`,
		`muster fmt --from odata "is_active eq true and email ne 'x'"`,
		`muster fmt --to wire 'is_active and id in (1, 2)'   # what the API takes`,
	)
}

// Run prints the filter in its canonical form.
func (c *fmtCmd) Run(env *environment) error {
	text, err := c.text(env)
	if err != nil {
		return err
	}
	res, err := c.source(env)
	if err != nil {
		return err
	}
	profile, ok := shipstream.ProfileOf(res.Definition().Syntax)
	if !ok && c.To == "wire" {
		return usagef("%s have no filter parameters like the API's; muster explain shows what is asked", res.Schema().Name())
	}
	// It is not checked against the fields: a filter for another server can be formatted.
	filter, err := c.parse(text, res.Schema())
	if err != nil {
		return err
	}
	if c.To == "wire" {
		return c.writeWire(env, filter, res, profile)
	}
	out := ""
	switch {
	case filter.Root == nil:
	case c.Width > 0:
		out = dsl.FormatIndent(filter.Root, c.Width)
	default:
		out = dsl.Format(filter.Root)
	}
	env.stdout.printf("%s\n", out)
	return nil
}

// parse reads the filter in its language.
func (c *fmtCmd) parse(text string, s *model.Schema) (*dsl.Filter, error) {
	switch c.From {
	case "odata":
		return dsl.ParseOData(text, s)
	case "scim":
		return dsl.ParseSCIM(text, s)
	case "aip160":
		return dsl.ParseAIP160(text, s)
	}
	return dsl.Parse(text)
}

// writeWire prints the filter parameters, one a line, or the part that the API cannot
// express.
func (c *fmtCmd) writeWire(env *environment, filter *dsl.Filter, res resource.Resource, profile wire.Profile) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	checked, err := query.Check(res, filter, opts...)
	if err != nil {
		return err
	}
	params, err := profile.Encode(dsl.Simplify(dsl.NNF(checked.Root)))
	if err != nil {
		return err
	}
	for _, p := range params {
		env.stdout.printf("filter=%s\n", p)
	}
	return nil
}
