// Package sqlitesink is a sink of rows as a SQLite database: of users the tables
// users, roles and user_roles, of other rows one that is named as they are and one
// for each list of references, and muster_export, which says whether the export is
// complete. It stands apart from package sink because it links SQLite.
//
//	var columns []*model.Field
//	for _, name := range []string{"id", "name", "roles.name"} {
//		f, _ := users.Schema().Lookup(name)
//		columns = append(columns, f)
//	}
//	to, err := sqlitesink.New("users.sqlite", users.Schema(), columns, sqlitesink.Options{Mode: sink.ModeResume})
//	if err != nil {
//		return err
//	}
//	stats, err := query.Export(ctx, users, "is_active", to, query.Select("name", "roles.name"))
//	err = errors.Join(err, to.Close())
//
// Rows and checkpoint are one transaction, so that an export that is killed goes on
// with [sink.ModeResume] where it was. Run again over a database that is complete, it
// brings that up to date: rows are replaced by their keys, and those that are gone
// are removed. [NewRows] takes the rows of any other source; [IDs] reads the keys of a
// complete database back.
package sqlitesink
