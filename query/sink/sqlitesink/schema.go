package sqlitesink

import (
	"strings"

	"github.com/muster-go/muster/model"
)

// column is one column of the table users.
type column struct {
	name    string
	typ     string
	field   int
	through bool // the value of the one reference that the path passes through
}

// columnsOf reads fields as columns. Roles are tables of their own, so that they
// and paths through them make none.
func columnsOf(fields []*model.Field) []column {
	types := map[model.Type]string{
		model.TypeInt: "INTEGER", model.TypeBool: "INTEGER", model.TypeString: "TEXT", model.TypeDateTime: "TEXT", model.TypeRef: "INTEGER",
	}
	columns := []column{}
	for _, f := range fields {
		if f.Name == "id" || f.Type == model.TypeRefs || f.Through == "roles" {
			continue
		}
		columns = append(columns, column{strings.ReplaceAll(f.Name, ".", "_"), types[f.Type], f.Index(), f.Through != ""})
	}
	return columns
}

// value is what the column has of a user, for the driver.
func (c column) value(u *model.User) any {
	v := u.Value(c.field)
	if c.through {
		if v = (model.Value{}); u.Len(c.field) > 0 {
			v = u.At(c.field, 0)
		}
	}
	switch v.Type() {
	case model.TypeInt, model.TypeBool:
		return v.Int()
	case model.TypeString:
		return v.Str()
	case model.TypeDateTime:
		return v.String()
	case model.TypeNull, model.TypeRef, model.TypeRefs:
	}
	return nil
}

// The tables beside users. An assignment may be to a role that did not come with
// the page, so that nothing makes it refer to one.
const (
	createRoles     = `CREATE TABLE roles (type TEXT NOT NULL, id INTEGER NOT NULL, name TEXT, permissions TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID`
	createUserRoles = `CREATE TABLE user_roles (user_id INTEGER NOT NULL, role_type TEXT NOT NULL, role_id INTEGER NOT NULL)`
	createExport    = `CREATE TABLE muster_export (
	one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, complete INTEGER NOT NULL, rows INTEGER NOT NULL,
	columns TEXT NOT NULL, checkpoint TEXT)`
	// seen is there while an export goes over rows that an earlier one has left.
	createSeen  = `CREATE TABLE muster_seen (id INTEGER PRIMARY KEY)`
	createIndex = `CREATE UNIQUE INDEX user_roles_by_user ON user_roles (user_id, role_type, role_id)`
)

func createUsers(columns []column) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE users (id INTEGER PRIMARY KEY")
	for _, c := range columns {
		b.WriteString(", " + quote(c.name) + " " + c.typ)
	}
	return b.String() + ")"
}

// upsertUsers puts n users into the table, in place of those with their ids.
func upsertUsers(columns []column, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO users (id")
	for _, c := range columns {
		b.WriteString(", " + quote(c.name))
	}
	b.WriteString(") VALUES " + tuples(n, len(columns)+1) + " ON CONFLICT (id) DO ")
	if len(columns) == 0 {
		return b.String() + "NOTHING"
	}
	b.WriteString("UPDATE SET ")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(c.name) + " = excluded." + quote(c.name))
	}
	return b.String()
}

// tuples is n tuples of that many parameters.
func tuples(n, width int) string {
	tuple := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(tuple+",", n), ",")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
