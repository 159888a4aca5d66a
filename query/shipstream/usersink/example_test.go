package usersink_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

func ExampleSQLite() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name, ctx := filepath.Join(folder, "users.sqlite"), context.Background()

	schema := shipstream.UserSchema()
	field, _ := schema.Lookup("name")
	to, err := usersink.SQLite(name, schema, []*model.Field{field}, sqlitesink.Options{})
	if err != nil {
		panic(err)
	}
	if _, err := to.Resume(ctx); err != nil {
		panic(err)
	}
	fmt.Println(to.SinkCapabilities().Identity) // by which query.Export knows its own files again
	pickers := model.Ref{Type: shipstream.RefOrganizationUserRole, ID: 3}
	users := []shipstream.User{{ID: 7, Name: model.Some("Ana"), Roles: model.Some([]model.Ref{pickers})}}
	fmt.Println(to.Write(ctx, users), to.Commit(ctx, []byte(`"all"`)), to.Commit(ctx, nil), to.Close())

	db, err := sql.Open("sqlite", name)
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	var user string
	var roles, complete int
	err = db.QueryRowContext(ctx, "SELECT name, (SELECT count(*) FROM user_roles WHERE user_id = users.id), complete FROM users, muster_export").Scan(&user, &roles, &complete)
	fmt.Println(user, roles, complete, err)
	// Output:
	// map[format:sqlite]
	// <nil> <nil> <nil> <nil>
	// Ana 1 1 <nil>
}
