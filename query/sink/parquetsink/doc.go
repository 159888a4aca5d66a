// Package parquetsink is rows as Parquet files: typed columns, times as timestamps,
// lists as lists, zstd. It stands apart from package sink because it links a Parquet
// library.
//
// What [New] returns is an encoding: package sink makes a file of it, or a folder of
// files, and an export fills that.
//
//	var columns []*model.Field
//	for _, name := range []string{"id", "name", "created_at"} {
//		f, _ := users.Schema().Lookup(name)
//		columns = append(columns, f)
//	}
//	encoding, err := parquetsink.New(users.Schema(), columns, users.Record)
//	if err != nil {
//		return err
//	}
//	to := sink.NewFile("users.parquet", encoding, sink.FileOptions{Mode: sink.ModeResume})
//	stats, err := query.Export(ctx, users, "is_active", to, query.Select("name", "created_at"))
//	err = errors.Join(err, to.Close())
//
// A column whose field the query does not select is null throughout; so select what
// the columns show. While the export grows, each commit is a segment beside
// users.parquet.part; the end copies their row groups into one file. [IDs] reads
// the keys of a finished one back.
package parquetsink
