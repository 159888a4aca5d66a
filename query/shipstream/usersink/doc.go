// Package usersink writes users into a SQLite database: the tables users, roles and
// user_roles. It is a package of its own because it links SQLite.
//
//	to, err := usersink.SQLite("users.sqlite", users.Schema(), columns, sqlitesink.Options{Mode: sink.ModeResume})
//	if err != nil {
//		return err
//	}
//	stats, err := query.Export(ctx, users, "is_active", to, query.Select("name", "roles.name"))
//	err = errors.Join(err, to.Close())
package usersink
