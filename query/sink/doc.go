// Package sink writes rows to a stream or to durable files, as NDJSON, a JSON array or CSV,
// or as a table for people. A writer buffers at most a screenful of rows.
//
//	w := sink.NewStream(os.Stdout, sink.NDJSON("", sink.AppendJSON[model.DynamicRow]))
//	for batch := range rows.Batches() {
//		if err := w.Write(ctx, batch); err != nil { … }
//	}
//	err := w.Close()
//
// The caller chooses how a row is encoded: [AppendJSON] calls the row's own method, and any
// other [Encode] function writes what it likes.
//
// # Durable files
//
// A [File] is a sink of package query: a file of the same formats that survives a crash. It
// grows as NAME.part, with its checkpoint beside it, and has its name only when it is
// whole. [NewFolder] writes a folder of files in the same way, split by the number of rows
// ([SplitRows]) or by a field's value ([PartitionBy]), with a manifest ([ReadManifest]).
// [IDs] reads the keys of a finished export back.
//
//	to := sink.NewFile("orders.ndjson", sink.Text(sink.NDJSON("", sink.AppendJSON[Order]), nil), sink.FileOptions{Mode: sink.ModeResume})
//	stats, err := query.Export(ctx, orders, "is_open", to)
//	err = errors.Join(err, to.Close())
//
// The [Mode] says what to do about an export that is unfinished: fail, resume or restart.
// Compression, Parquet and SQLite are in packages of their own, because they link other
// modules.
package sink
