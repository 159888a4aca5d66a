package main

import (
	"text/tabwriter"

	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query/rest/yaml"
)

// fieldsCmd is `muster fields`.
type fieldsCmd struct {
	resourceFlags
	Emit bool `help:"Print the resource as a definition in YAML, for --resource-file or as a start for another API."`
}

// Help shows how the command is used.
func (*fieldsCmd) Help() string {
	return examples(
		`muster fields`,
		`muster fields --resource warehouses --emit > warehouses.yaml`,
	)
}

// Run lists the fields, and how a filter, a select and a sort may use each.
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
		w.printf("%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.TypeName(), yes(f.Nullable), f.Returned, yes(res.Dialect().Sorts(f)), f.Doc)
	}
	return columns.Flush()
}

func (*fieldsCmd) emit(env *environment, res resource.Resource) error {
	text, err := yaml.Write(res.Definition())
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
