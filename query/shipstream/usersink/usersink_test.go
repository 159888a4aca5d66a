package usersink_test

import (
	"database/sql"
	"errors"
	"path/filepath"
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
