// Package sqlitesink writes rows into a SQLite database: a table that is named after the
// schema, one for each list of references, by [Options] one for each list of scalars, and
// muster_export, which says whether the export is complete. It is a package of its own
// because it links SQLite.
//
//	var columns []*model.Field
//	for _, name := range []string{"id", "status", "lines.sku"} {
//		f, _ := orders.Schema().Lookup(name)
//		columns = append(columns, f)
//	}
//	to, err := sqlitesink.New("orders.sqlite", orders.Schema(), "id", columns, orders.Record, sqlitesink.Options{Mode: sink.ModeResume})
//	if err != nil {
//		return err
//	}
//	stats, err := query.Export(ctx, orders, "status = 'open'", to, query.Select("status", "lines.sku"))
//	err = errors.Join(err, to.Close())
//
// Rows and checkpoint are one transaction, so that an export that was killed resumes
// with [sink.ModeResume] where it was. Run again over a complete database, an export
// brings it up to date: rows are replaced by their keys, and rows that are gone are
// removed. [NewShared] writes objects that many rows refer to once; [IDs] reads the keys
// of a complete database back.
package sqlitesink
