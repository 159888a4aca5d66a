package usersink

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// SQLite returns a sink that writes users into the database at path: a column of the
// table users for each field, and the roles that users refer to, with their names and their
// permissions, a JSON array that json_each reads. With ListTables and the field
// roles.permissions, "user_roles.permissions" has a row for each permission of each role of
// each user. It touches nothing before Resume. A schema other than that of users is a
// [*sink.LayoutError].
func SQLite(path string, schema *model.Schema, fields []*model.Field, o sqlitesink.Options) (*sqlitesink.Sink[shipstream.User], error) {
	if schema.Name() != shipstream.UserSchema().Name() {
		return nil, &sink.LayoutError{Reason: schema.Name() + " are not users: see sqlitesink.New"}
	}
	record := func(u *shipstream.User) model.Record { return u }
	return sqlitesink.NewShared(path, schema, "id", fields, record, sqlitesink.Shared[shipstream.User]{
		Objects: "roles", Columns: []string{"name", "permissions"},
		Links: "user_roles", Row: "user", Object: "role", List: "roles",
		Refs: func(u *shipstream.User) []model.Ref {
			refs, _ := u.Roles.Get()
			return refs
		},
		Values: roleValues,
	}, o)
}

func roleValues(u *shipstream.User, ref model.Ref) (values []any, ok bool) {
	role, ok := model.LookupAs[*shipstream.Role](u.Included(), ref)
	if !ok {
		return nil, false
	}
	values = make([]any, 2)
	if name, set := role.Name.Get(); set {
		values[0] = name
	}
	if permissions, set := role.Permissions.Get(); set {
		values[1] = string(model.AppendStrings(nil, permissions))
	}
	return values, true
}
