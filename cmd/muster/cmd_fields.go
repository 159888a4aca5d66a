package main

import (
	"text/tabwriter"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/filesource"
	"github.com/muster-go/muster/query/restsource"
	"github.com/muster-go/muster/query/shipstream"
)

// fieldsCmd is `muster fields`.
type fieldsCmd struct {
	Resource string `default:"users" enum:"users,userRoles,warehouses" help:"What to list: ${enum}."`
	Emit     bool   `help:"Write the resource as a definition in YAML, from which another can be made; userRoles and warehouses."`
}

// Help shows how the command is used.
func (*fieldsCmd) Help() string {
	return examples(
		`muster fields`,
	)
}

// Run lists the fields with what a filter, a select and a sort may do with each.
func (c *fieldsCmd) Run(env *environment) error {
	if c.Emit {
		return c.emit(env)
	}
	src := c.source()
	columns := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	w := &printer{w: columns}
	w.printf("FIELD\tTYPE\tNULL\tRETURNED\tSERVER SORTS\tMEANING\n")
	schema := src.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		w.printf("%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Type, yes(f.Nullable), f.Returned, yes(src.Dialect().Sorts(f)), f.Doc)
	}
	return columns.Flush()
}

// source is the resource, good for planning alone.
func (c *fieldsCmd) source() query.Resource {
	switch c.Resource {
	case "userRoles":
		return shipstream.Roles(nil, model.AnyUser)
	case "warehouses":
		return shipstream.Warehouses(nil)
	}
	return shipstream.Users(nil, model.AnyUser)
}

func (c *fieldsCmd) emit(env *environment) error {
	listing, ok := c.source().(*restsource.Source)
	if !ok {
		return usagef("--emit: %s is a resource of its own kind, which no definition describes", c.Resource)
	}
	text, err := filesource.Write(listing.Definition())
	if err != nil {
		return err
	}
	env.stdout.printf("%s", text)
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
