package shipstream

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// The indexes of the fields that roles have besides the id and the name.
const rolePermissions = smallFields

// Roles returns the users' roles as a source, `GET /v1/system/userRoles/{type}`. A
// nil client serves for planning alone. Roles of organization and of client users may
// have separate numbers: with [AnyUser] two roles may have the same id.
func Roles(client *transport.Client, t UserType, opts ...Option) *Listing[Role] {
	codec := objects(&rolePages, func(r *Role) model.Record { return (*roleRecord)(r) }, func(r *Role) int64 { return r.ID })
	codec.Hide = hideBy(func(r *Role, member string) {
		if member == "permissions" {
			r.Permissions = model.Opt[[]string]{}
		}
	})
	return newListing(client, RolesDefinition(t, opts...), "role", codec)
}

// RolesDefinition describes the roles' listing. Their permissions come on request, as
// those of a user's roles do.
func RolesDefinition(t UserType, opts ...Option) rest.Definition {
	d := smallDefinition("userRoles", "/v1/system/userRoles/"+string(t), opts)
	d.Select = "fields"
	d.Fields = append(d.Fields, rest.Field{
		Field: model.Field{Name: "permissions", Type: model.TypeList, Of: model.TypeString, Collation: capabilities(opts).collation(), Nullable: true, Returned: model.ReturnedOnRequest, Doc: "list of what the role permits"},
	})
	return d
}

// roleRecord is a role as the filter language reads it.
type roleRecord Role

func (r *roleRecord) Value(field int) model.Value {
	switch field {
	case smallID:
		return model.Int(r.ID)
	case smallName:
		return stringValue(r.Name)
	case rolePermissions:
		return valueOf(r.Permissions, listOfStrings)
	}
	return model.Value{}
}

// ListLen implements [model.ListRecord].
func (r *roleRecord) ListLen(field, _ int) int {
	if field == rolePermissions {
		return listLen(r.Permissions)
	}
	return -1
}

// Element implements [model.ListRecord].
func (r *roleRecord) Element(field, _, j int) model.Value {
	if j < 0 || j >= r.ListLen(field, 0) {
		return model.Value{}
	}
	return model.String(r.Permissions.Or(nil)[j])
}

func (*roleRecord) Len(int) int             { return 0 }
func (*roleRecord) At(int, int) model.Value { return model.Value{} }
