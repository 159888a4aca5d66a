package usersink_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// TestRoles: a role has its name and its permissions if it came with the users, and its
// reference alone if it did not.
func TestRoles(t *testing.T) {
	page, err := shipstream.DecodeUsers([]byte(`{"collection":[
		{"id":1,"type":"OrganizationUser","roles":[{"type":"OrganizationUserRole","id":3},{"type":"OrganizationUserRole","id":4},{"type":"OrganizationUserRole","id":5}]},
		{"id":2,"type":"OrganizationUser","roles":[{"type":"OrganizationUserRole","id":3}]}],
		"has_more":false,"included":{"OrganizationUserRole":[
		{"id":3,"name":"Pickers","permissions":["pick","pack\n\""]},{"id":4}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	path, ctx := filepath.Join(t.TempDir(), "users.sqlite"), t.Context()
	to, err := usersink.SQLite(path, shipstream.UserSchema(), nil, sqlitesink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = to.Resume(ctx)
	if err := errors.Join(err, to.Write(ctx, page.Rows), to.Commit(ctx, nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var got string
	err = db.QueryRowContext(ctx, `SELECT group_concat(id || '=' || coalesce(name, '-') || ':' || coalesce((SELECT group_concat(value, '+') FROM json_each(permissions)), '-'), ' ')
		FROM (SELECT * FROM roles ORDER BY id)`).Scan(&got)
	if want := "3=Pickers:pick+pack\n\" 4=-:- 5=-:-"; err != nil || got != want {
		t.Errorf("the roles are %q, %v, want %q", got, err, want)
	}
}

// permitted are users of which the one with the id holds a role with these permissions.
func permitted(t *testing.T, id int64, permissions string) []shipstream.User {
	t.Helper()
	page, err := shipstream.DecodeUsers([]byte(`{"collection":[{"id":` + strconv.FormatInt(id, 10) + `,"type":"OrganizationUser","roles":[
		{"type":"OrganizationUserRole","id":3},{"type":"OrganizationUserRole","id":4},{"type":"OrganizationUserRole","id":3}]}],
		"has_more":false,"included":{"OrganizationUserRole":[{"id":3,"permissions":` + permissions + `},{"id":4,"permissions":["all"]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

// TestPermissions: on request each permission of each role of a user is a row, which goes
// with the user: when the user changes, when the user is gone, in a run that resumes.
func TestPermissions(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "users.sqlite"), t.Context()
	field, _ := shipstream.UserSchema().Lookup("roles.permissions")
	open := func(o sqlitesink.Options) (to *sqlitesink.Sink[shipstream.User], checkpoint string) {
		t.Helper()
		to, err := usersink.SQLite(path, shipstream.UserSchema(), []*model.Field{field}, o)
		if err != nil {
			t.Fatal(err)
		}
		left, err := to.Resume(ctx)
		if err == nil {
			err = to.SinkCapabilities().Describe(ctx, to.SinkCapabilities().Identity)
		}
		if err != nil {
			t.Fatal(err)
		}
		return to, string(left)
	}
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		if got := ask(t, path, `SELECT group_concat(user_id || role_type || role_id || ' ' || position || ' ' || value, '; ') FROM "user_roles.permissions"`); got != want {
			t.Errorf("the permissions are\n%s, want\n%s", got, want)
		}
	}
	const all = "OrganizationUserRole4 0 all"
	tables := sqlitesink.Options{ListTables: true, Mode: sink.ModeResume}

	to, _ := open(tables)
	must(to.Write(ctx, permitted(t, 1, `["a","b","a"]`)), to.Commit(ctx, []byte("1")), to.Write(ctx, permitted(t, 2, `["c"]`)), to.Close())
	holds("1OrganizationUserRole3 0 a; 1OrganizationUserRole3 1 b; 1OrganizationUserRole3 2 a; 1" + all)
	to, left := open(tables)
	must(to.Write(ctx, permitted(t, 1, `["d"]`)), to.Write(ctx, permitted(t, 2, `null`)), to.Commit(ctx, nil), to.Close())
	holds("1OrganizationUserRole3 0 d; 1" + all + "; 2" + all) // user 1 came again, with less
	if left != "1" {
		t.Errorf("it resumes from %q", left)
	}

	to, _ = open(tables)
	must(to.Write(ctx, permitted(t, 2, `["e"]`)), to.Commit(ctx, []byte("2")), to.Close())
	holds("1OrganizationUserRole3 0 d; 1" + all + "; 2" + all) // until the update is whole
	to, left = open(tables)
	must(to.Write(ctx, permitted(t, 3, `["f","g"]`)), to.Commit(ctx, nil), to.Close())
	holds("2OrganizationUserRole3 0 e; 2" + all + "; 3OrganizationUserRole3 0 f; 3OrganizationUserRole3 1 g; 3" + all)
	if left != "2" {
		t.Errorf("the update resumes from %q", left)
	}

	to, _ = open(sqlitesink.Options{Replace: true})
	must(to.Write(ctx, permitted(t, 3, `["f"]`)), to.Commit(ctx, nil), to.Close())
	if got := ask(t, path, `SELECT count(*) FROM sqlite_schema WHERE name LIKE '%permissions%'`); got != "0" {
		t.Errorf("%s tables are left where none was asked for", got)
	}
}

// TestEarlierPermissions: an export by an earlier build, which made no table of
// permissions, is brought up to date with one. Unfinished, it does not resume without.
func TestEarlierPermissions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	field, _ := shipstream.UserSchema().Lookup("roles.permissions")
	for _, begun := range []string{"export", "update", ""} {
		path := filepath.Join(t.TempDir(), "users.sqlite")
		write := func(checkpoints ...[]byte) error {
			to, err := usersink.SQLite(path, shipstream.UserSchema(), []*model.Field{field}, sqlitesink.Options{ListTables: true, Mode: sink.ModeResume})
			if err != nil {
				return err
			}
			_, err = to.Resume(ctx)
			for _, checkpoint := range checkpoints {
				if err == nil {
					err = errors.Join(to.Write(ctx, permitted(t, 1, `["a"]`)), to.Commit(ctx, checkpoint))
				}
			}
			return errors.Join(err, to.Close())
		}
		if err := write([]byte("1")); err != nil {
			t.Fatal(err)
		}
		if begun != "export" {
			if err := write(nil); err != nil {
				t.Fatal(err)
			}
		}
		if begun == "update" {
			if err := write([]byte("1")); err != nil {
				t.Fatal(err)
			}
		}
		for _, statement := range []string{
			`DROP TABLE IF EXISTS "muster_new_user_roles.permissions"`, `DROP TABLE "user_roles.permissions"`,
			`UPDATE muster_export SET tables = '["users","roles","user_roles"]'`,
		} {
			change(t, path, statement)
		}
		err := write(nil)
		if begun != "" {
			if !errors.Is(err, sink.ErrCheckpoint) || !strings.Contains(err.Error(), "it has no table user_roles.permissions") {
				t.Errorf("an unfinished %s resumes: %v", begun, err)
			}
			continue
		}
		if got := ask(t, path, `SELECT group_concat(value) FROM "user_roles.permissions"`); err != nil || got != "a,all" {
			t.Errorf("brought up to date, it has %q, %v", got, err)
		}
	}
}

// ask returns the one value of a query over the database at path.
func ask(t *testing.T, path, question string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var answer sql.NullString
	if err := db.QueryRowContext(t.Context(), question).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.String
}

// change runs a statement that no export makes.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestOtherSchema: rows that are no users have no roles to share.
func TestOtherSchema(t *testing.T) {
	schema, err := model.NewSchema("orders", model.Field{Name: "id", Type: model.TypeInt})
	if err != nil {
		t.Fatal(err)
	}
	_, err = usersink.SQLite("unused.sqlite", schema, nil, sqlitesink.Options{})
	if e := new(sink.LayoutError); !errors.As(err, &e) {
		t.Errorf("got %v, want a LayoutError", err)
	}
}
