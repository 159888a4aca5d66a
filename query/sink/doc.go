// Package sink writes rows to a stream: NDJSON, a JSON array, CSV, or a table
// for people. Its writers need nothing but the standard library and buffer no
// more than a screenful of rows.
//
//	w := sink.NewNDJSON(os.Stdout, sink.AppendJSON[model.DynamicRow])
//	for batch := range rows.Batches() {
//		if err := w.Write(ctx, batch); err != nil { … }
//	}
//	err := w.Close()
//
// How a row is written is for the caller to say: [AppendJSON] has it write itself, as
// rows of this library can, and a function of one's own writes what it likes.
//
// A writer is for one goroutine. It never closes the stream beneath it.
//
// # Durable files
//
// A [File] is a Sink of package query: the same formats as a file that survives a crash. It
// grows as NAME.part, with the checkpoint beside it, and has its name only once it is
// whole. [NewFolder] does the same with a folder of files, by number of rows
// ([SplitRows]) or by a field's value ([PartitionBy]), and a manifest of them
// ([ReadManifest]). [IDs] reads the keys of a finished export back.
//
//	to := sink.NewFile("orders.ndjson", sink.Text(sink.NDJSON("", sink.AppendJSON[model.DynamicRow]), nil), sink.FileOptions{Mode: sink.ModeResume})
//	stats, err := query.Export(ctx, orders, "status = 'open'", to)
//	err = errors.Join(err, to.Close())
//
// What is there already decides with the [Mode]: an export that was not finished is
// an error, gone on with, or dropped. Compression, Parquet and SQLite are in packages
// of their own, because they link modules of their own.
package sink
