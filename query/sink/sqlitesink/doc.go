// Package sqlitesink is a sink of rows as a SQLite database: of users the tables
// users, roles and user_roles, of other rows one that is named as they are and one
// for each list of references, and muster_export, which says whether the export is
// complete. It stands apart from package sink because it links SQLite.
//
//	to, err := sqlitesink.New("users.sqlite", schema, fields, sqlitesink.Options{})
//	stats, err := query.Export(ctx, users, "is_active", to)
package sqlitesink
