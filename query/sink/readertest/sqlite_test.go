package readertest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shell asks SQLite's own shell and returns the rows as JSON.
func shell(t *testing.T, path, query string) (rows []any) {
	t.Helper()
	out := command(t, "sqlite3", "-readonly", "-json", path, query)
	d := json.NewDecoder(strings.NewReader(string(out)))
	d.UseNumber()
	if err := d.Decode(&rows); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return rows
}

// TestSQLiteRead: SQLite's own shell finds the database in order, null apart from
// empty, times that its functions take, and the roles in tables of their own.
func TestSQLiteRead(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"PRAGMA integrity_check", `[{"integrity_check":"ok"}]`},
		{"SELECT complete, rows, checkpoint FROM muster_export", `[{"complete":1,"rows":4,"checkpoint":null}]`},
		{
			"SELECT id, type, name, iif(id = 4, hex(email), email) AS email, username, is_active, created_at, default_warehouse, default_warehouse_name, merchant FROM users ORDER BY id", `[
			{"id":1,"type":"OrganizationUser","name":"=1+1","email":"a@example.com","username":"say \"hi\", x; y","is_active":1,"created_at":"2017-07-21T17:32:28Z","default_warehouse":4,"default_warehouse_name":"North","merchant":null},
			{"id":2,"type":"ClientUser","name":"","email":null,"username":"line\nend\ttab","is_active":0,"created_at":null,"default_warehouse":null,"default_warehouse_name":null,"merchant":7},
			{"id":4,"type":"OrganizationUser","name":"Zoë 山田 🙂","email":"001F","username":"\\.","is_active":1,"created_at":"1969-12-31T23:59:59Z","default_warehouse":null,"default_warehouse_name":null,"merchant":null},
			{"id":9007199254740993,"type":"ClientUser","name":null,"email":"","username":"null","is_active":null,"created_at":"9999-12-31T23:59:59Z","default_warehouse":null,"default_warehouse_name":null,"merchant":null}]`,
		},
		{
			"SELECT id, unixepoch(created_at) AS created, date(last_login_at) AS seen FROM users ORDER BY id",
			`[{"id":1,"created":1500658348,"seen":"2024-02-29"},{"id":2,"created":null,"seen":"0001-01-01"},{"id":4,"created":-1,"seen":null},{"id":9007199254740993,"created":253402300799,"seen":null}]`,
		},
		{
			"SELECT u.id, r.type, r.id AS role, r.name, r.permissions FROM users u JOIN user_roles ON user_id = u.id JOIN roles r ON (r.type, r.id) = (role_type, role_id) ORDER BY 1, 2, 3",
			`[{"id":1,"type":"OrganizationUserRole","role":3,"name":"Pickers","permissions":"[\"a\",\"b/c\"]"},{"id":1,"type":"OrganizationUserRole","role":9,"name":null,"permissions":null},
			{"id":4,"type":"OrganizationUserRole","role":3,"name":"Pickers","permissions":"[\"a\",\"b/c\"]"},{"id":9007199254740993,"type":"ClientUserRole","role":3,"name":null,"permissions":"[]"}]`,
		},
	} {
		eachExport(t, "users.sqlite", func(t *testing.T, path string) {
			t.Helper()
			var want []any
			d := json.NewDecoder(strings.NewReader(tt.want))
			d.UseNumber()
			if err := d.Decode(&want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, shell(t, path, tt.query)); diff != "" {
				t.Errorf("%s\n%s", tt.query, diff)
			}
		})
	}
}

// TestSQLiteIndex: a user is found by id, and the roles of one, without a scan.
func TestSQLiteIndex(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT * FROM users WHERE id = 4":           "SEARCH users USING INTEGER PRIMARY KEY",
		"SELECT * FROM user_roles WHERE user_id = 4": "SEARCH user_roles USING COVERING INDEX user_roles_by_user",
	} {
		eachExport(t, "users.sqlite", func(t *testing.T, path string) {
			t.Helper()
			plan := command(t, "sqlite3", "-readonly", path, "EXPLAIN QUERY PLAN "+query)
			if !strings.Contains(string(plan), want) {
				t.Errorf("%s: %s", query, plan)
			}
		})
	}
}
