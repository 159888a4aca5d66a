// Package sqlitesink is a sink of users as a SQLite database: the tables users,
// roles and user_roles, and muster_export, which says whether the export is
// complete. It stands apart from package sink because it links SQLite.
//
//	to, err := sqlitesink.New("users.sqlite", schema, fields, sqlitesink.Options{})
//	stats, err := query.Export(ctx, users, "is_active", to)
package sqlitesink
