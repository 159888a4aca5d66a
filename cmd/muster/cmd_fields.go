package main

import (
	"text/tabwriter"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// fieldsCmd is `muster fields`.
type fieldsCmd struct {
	Resource string `default:"users" enum:"users" help:"What to list: ${enum}."`
}

// Help shows how the command is used.
func (*fieldsCmd) Help() string {
	return examples(
		`muster fields`,
	)
}

// Run lists the fields with what a filter, a select and a sort may do with each.
func (c *fieldsCmd) Run(env *environment) error {
	src := shipstream.Users(nil, model.AnyUser)
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

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
