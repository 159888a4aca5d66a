// Package parquetsink writes rows as Parquet files: typed columns, times as timestamps,
// lists as lists, compressed by zstd. Timestamps are in milliseconds, those of fields with
// the format [model.FormatRFC3339Nano] in nanoseconds; an instant that the unit cannot hold
// is a [sink.LayoutError]. It is apart from package sink because it links a Parquet library.
//
// [New] returns an encoding. Package sink writes a file or a folder of files in it.
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
// Select every field that the columns show: the column of any other field is null. While
// the export grows, each commit is a segment beside users.parquet.part; the end copies the
// segments' row groups into one file. [IDs] reads the keys of a finished file back.
package parquetsink
