package main

import (
	"text/tabwriter"

	"github.com/muster-go/muster/query/filesource"
)

// fieldsCmd is `muster fields`.
type fieldsCmd struct {
	resourceFlags
	Emit bool `help:"Write the resource as a definition in YAML, from which another can be made; userRoles and warehouses."`
}

// Help shows how the command is used.
func (*fieldsCmd) Help() string {
	return examples(
		`muster fields`,
	)
}

// Run lists the fields with what a filter, a select and a sort may do with each.
func (c *fieldsCmd) Run(env *environment) error {
	res, err := c.source(env)
	if err != nil {
		return err
	}
	if c.Emit {
		return c.emit(env, res)
	}
	columns := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	w := &printer{w: columns}
	w.printf("FIELD\tTYPE\tNULL\tRETURNED\tSERVER SORTS\tMEANING\n")
	schema := res.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		w.printf("%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Type, yes(f.Nullable), f.Returned, yes(res.Dialect().Sorts(f)), f.Doc)
	}
	return columns.Flush()
}

func (c *fieldsCmd) emit(env *environment, res resource) error {
	definition, ok := res.definition()
	if !ok {
		return usagef("--emit: %s is a resource of its own kind, which no definition describes", c.Resource)
	}
	text, err := filesource.Write(definition)
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
