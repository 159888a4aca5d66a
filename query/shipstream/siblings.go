package shipstream

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/restsource"
	"github.com/muster-go/muster/transport"
)

// Roles returns the users' roles as a source, `GET /v1/system/userRoles/{type}`. A
// nil client serves for planning alone.
func Roles(client *transport.Client, t model.UserType, opts ...Option) *restsource.Source {
	return listing(client, RolesDefinition(t, opts...))
}

// Warehouses returns the warehouses as a source, `GET /v1/inventory/warehouses`. A
// nil client serves for planning alone.
func Warehouses(client *transport.Client, opts ...Option) *restsource.Source {
	return listing(client, WarehousesDefinition(opts...))
}

// RolesDefinition describes the roles' listing.
func RolesDefinition(t model.UserType, opts ...Option) restsource.Definition {
	return definition("userRoles", "/v1/system/userRoles/"+string(t), opts)
}

// WarehousesDefinition describes the warehouses' listing.
func WarehousesDefinition(opts ...Option) restsource.Definition {
	d := definition("warehouses", "/v1/inventory/warehouses", opts)
	d.Fields = append(d.Fields, restsource.Field{
		Field:  model.Field{Name: "is_active", Type: model.TypeBool, Returned: model.ReturnedAlways, Doc: "whether it is in use"},
		Filter: true,
	})
	return d
}

func capabilities(opts []Option) (c Capabilities) {
	for _, o := range opts {
		o.apply(&c)
	}
	return c
}

// paging is how all of the API's listings page.
func paging() restsource.Paging {
	return restsource.Paging{Style: restsource.Keyset, Limit: "limit", Sort: "sort"}
}

// definition is what the API's small listings have in common: an id and a name,
// by both of which they filter and sort.
func definition(name, path string, opts []Option) restsource.Definition {
	c := capabilities(opts)
	return restsource.Definition{
		Name: name, Path: path, Dialect: restsource.API, Profile: c.Profile,
		Fields: []restsource.Field{
			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways, Doc: "unique id, 1 or more"}, Filter: true, Sort: true},
			{Field: model.Field{Name: "name", Type: model.TypeString, Collation: c.Collation, Returned: model.ReturnedAlways, Doc: "name"}, Filter: true, Sort: true},
		},
		Layout: model.APILayout(), Paging: paging(),
	}
}

func listing(client *transport.Client, d restsource.Definition) *restsource.Source {
	s, err := restsource.New(client, d)
	if err != nil {
		panic(fmt.Sprintf("the definition is this package's own: %v", err))
	}
	return s
}
