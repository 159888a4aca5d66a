package sqlitesink_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// updated is a database that is exported to again and again.
type updated struct {
	*testing.T

	path string
}

// open opens a sink for users with these columns.
func (u updated) open(o sqlitesink.Options, columns ...string) *sqlitesink.Sink[shipstream.User] {
	u.Helper()
	fields := make([]*model.Field, len(columns))
	for i, name := range columns {
		fields[i], _ = shipstream.UserSchema().Lookup(name)
	}
	to, err := usersink.SQLite(u.path, shipstream.UserSchema(), fields, o)
	if err != nil {
		u.Fatal(err)
	}
	return to
}

// users returns users with the ids from one to another, each with a role of its own and
// one that all have.
func someUsers(from, to int64, name string) []shipstream.User {
	var users []shipstream.User
	for id := from; id <= to; id++ {
		roles := []model.Ref{{Type: shipstream.RefClientUserRole, ID: 1}, {Type: shipstream.RefClientUserRole, ID: 100 + id}}
		users = append(users, shipstream.User{ID: id, Name: model.Some(name), Roles: model.Some(roles)})
	}
	return users
}

// export writes users by a query of that identity, with a commit after each call's users.
func (u updated) export(to *sqlitesink.Sink[shipstream.User], filter string, users ...[]shipstream.User) error {
	u.Helper()
	_, err := to.Resume(u.Context())
	if err == nil {
		err = to.SinkCapabilities().Describe(u.Context(), map[string]string{"filter": filter, "limit": "0"})
	}
	for _, some := range users {
		if err == nil {
			err = errors.Join(to.Write(u.Context(), some), to.Commit(u.Context(), []byte("1")))
		}
	}
	if err == nil {
		err = to.Commit(u.Context(), nil)
	}
	return errors.Join(err, to.Close())
}

// says runs a query over the database and compares its one row.
func (u updated) says(question, want string) {
	u.Helper()
	db, err := sql.Open("sqlite", u.path)
	if err != nil {
		u.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	var got string
	if err := db.QueryRowContext(u.Context(), question).Scan(&got); err != nil || got != want {
		u.Errorf("%s: %q, %v; want %q", question, got, err, want)
	}
}

// holds checks how many rows of each table there are, and that no other table is left.
func (u updated) holds(users, roles, links int) {
	u.Helper()
	u.says(`SELECT (SELECT count(*) FROM users) || ' ' || (SELECT count(*) FROM roles) || ' ' || (SELECT count(*) FROM user_roles)`, fmt.Sprint(users, roles, links))
	u.says(`SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)`, "muster_export,roles,user_roles,users")
	u.says(`SELECT complete || ' ' || rows || ' ' || (checkpoint IS NULL) FROM muster_export`, fmt.Sprintf("1 %d 1", users))
}

// TestUpdate: a complete database stays as it is until an update completes.
func TestUpdate(t *testing.T) {
	t.Parallel()
	u := updated{t, filepath.Join(t.TempDir(), "x.sqlite")}
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 100, "a")); err != nil {
		t.Fatal(err)
	}
	u.holds(100, 101, 200)

	// An update that is interrupted after a commit.
	to := u.open(sqlitesink.Options{}, "name")
	_, err := to.Resume(t.Context())
	if err := errors.Join(err, to.Write(t.Context(), someUsers(11, 60, "b")), to.Commit(t.Context(), []byte("7")), to.Close()); err != nil {
		t.Fatal(err)
	}
	u.says(`SELECT count(*) || ' ' || max(name) || ' ' || (SELECT complete FROM muster_export) FROM users`, "100 a 1")
	n := 0
	for _, err := range sqlitesink.IDs[int64](t.Context(), u.path) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 100 {
		t.Errorf("%d ids", n)
	}
	to = u.open(sqlitesink.Options{}, "name")
	if _, err := to.Resume(t.Context()); !errors.Is(err, sink.ErrLeftover) {
		t.Error(err)
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}

	// It resumes, and the last commit replaces and removes rows.
	to = u.open(sqlitesink.Options{Mode: sink.ModeResume}, "name")
	left, err := to.Resume(t.Context())
	id, _ := shipstream.UserSchema().Lookup("id")
	kept := 0
	for _, err := range to.SinkCapabilities().Keys(t.Context(), id) {
		if kept++; err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(err, to.Write(t.Context(), someUsers(61, 120, "b")), to.Commit(t.Context(), []byte("8")), to.Commit(t.Context(), nil), to.Close()); err != nil || string(left) != "7" || kept != 50 {
		t.Fatalf("%s, %d kept, %v", left, kept, err)
	}
	u.holds(110, 111, 220)
	u.says(`SELECT min(id) || ' ' || max(id) || ' ' || min(name) FROM users`, "11 120 b")

	// One that is restarted begins with nothing of the last.
	to = u.open(sqlitesink.Options{}, "name")
	_, err = to.Resume(t.Context())
	if err := errors.Join(err, to.Write(t.Context(), someUsers(500, 501, "c")), to.Commit(t.Context(), []byte("7")), to.Close()); err != nil {
		t.Fatal(err)
	}
	if err := u.export(u.open(sqlitesink.Options{Mode: sink.ModeRestart}, "name"), "all", someUsers(11, 111, "d")); err != nil {
		t.Fatal(err)
	}
	u.holds(101, 102, 202)
}

// TestRefusedUpdate: another query, and an answer without most of the rows, change nothing.
func TestRefusedUpdate(t *testing.T) {
	t.Parallel()
	u := updated{t, filepath.Join(t.TempDir(), "x.sqlite")}
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 100, "a")); err != nil {
		t.Fatal(err)
	}
	for _, columns := range []string{"name", "email"} {
		err := u.export(u.open(sqlitesink.Options{}, columns), "some", someUsers(1, 100, "b"))
		if refused := (*sink.ReplaceError)(nil); !errors.As(err, &refused) || refused.Differences[0] != (query.Difference{Name: "filter", Stored: "all", Asked: "some"}) {
			t.Error(err)
		}
	}
	err := u.export(u.open(sqlitesink.Options{}, "email"), "all", someUsers(1, 100, "b"))
	if !errors.Is(err, sink.ErrReplace) || !strings.Contains(err.Error(), "its columns is `id,name`, not `id,email`") {
		t.Error(err)
	}
	for _, users := range [][]shipstream.User{nil, someUsers(1, 49, "b"), someUsers(52, 100, "b")} {
		err = u.export(u.open(sqlitesink.Options{}, "name"), "all", users)
		if refused := (*sink.ReplaceError)(nil); !errors.As(err, &refused) || refused.Removed != int64(100-len(users)) || refused.Rows != 100 {
			t.Error(err)
		}
	}
	u.holds(100, 101, 200)
	u.says(`SELECT max(name) FROM users`, "a")

	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 50, "b")); err != nil { // 50 are not many
		t.Error(err)
	}
	u.holds(50, 51, 100)
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 200, "b")); err != nil {
		t.Error(err)
	}
	if err := u.export(u.open(sqlitesink.Options{AcceptDeletes: true}, "name"), "all", someUsers(7, 9, "b")); err != nil {
		t.Error(err)
	}
	u.holds(3, 4, 6)
	if err := u.export(u.open(sqlitesink.Options{Replace: true}, "email", "is_active"), "some", someUsers(1, 80, "b")); err != nil {
		t.Error(err)
	}
	u.holds(80, 81, 160)
	if err := u.export(u.open(sqlitesink.Options{}, "email", "is_active"), "some", someUsers(1, 80, "b"), someUsers(1, 80, "b")); err != nil {
		t.Error(err)
	}
	u.holds(80, 81, 160)
}

// TestEarlierUpdate: an update that an earlier build began in place resumes, and a database
// of it has no identity to compare.
func TestEarlierUpdate(t *testing.T) {
	t.Parallel()
	u := updated{t, filepath.Join(t.TempDir(), "x.sqlite")}
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 60, "a")); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", u.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"ALTER TABLE muster_export DROP COLUMN identity", "ALTER TABLE muster_export DROP COLUMN tables", "CREATE TABLE muster_seen (id INTEGER PRIMARY KEY NOT NULL)",
		"INSERT INTO muster_seen SELECT id FROM users WHERE id <= 30", "UPDATE users SET name = 'b' WHERE id <= 30",
		"UPDATE muster_export SET complete = 0, rows = 30, checkpoint = '5'",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	to := u.open(sqlitesink.Options{Mode: sink.ModeResume}, "name")
	left, err := to.Resume(t.Context())
	if err := errors.Join(err, to.Write(t.Context(), someUsers(31, 50, "b")), to.Commit(t.Context(), []byte("6")), to.Commit(t.Context(), nil), to.Close()); err != nil || string(left) != "5" {
		t.Fatal(string(left), err)
	}
	u.holds(50, 51, 100)
	u.says(`SELECT min(name) FROM users`, "b")
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "some", someUsers(1, 50, "c")); err != nil {
		t.Error(err)
	}
	if err := u.export(u.open(sqlitesink.Options{}, "name"), "all", someUsers(1, 50, "c")); !errors.Is(err, sink.ErrReplace) {
		t.Error(err)
	}
}
