package shipstream

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// The indexes of the fields that all of the API's small listings begin with.
const (
	smallID = iota
	smallName
	smallFields // their number
)

// smallDefinition is what the API's small listings have in common: an id and a name,
// by both of which they filter and sort.
func smallDefinition(name, path string, opts []Option) rest.Definition {
	c := capabilities(opts)
	return rest.Definition{
		Name: name, Path: path, Syntax: Syntax(c.Profile),
		Fields: []rest.Field{
			smallID:   {Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways, Doc: "unique id, 1 or more"}, Filter: true, Sort: true},
			smallName: {Field: model.Field{Name: "name", Type: model.TypeString, Collation: c.collation(), Returned: model.ReturnedAlways, Doc: "name"}, Filter: true, Sort: true},
		},
		Layout: model.DefaultLayout(), Paging: paging(),
	}
}
