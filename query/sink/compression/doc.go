// Package compression has the compressed forms of the text sinks, gzip and zstd.
// It stands apart from package sink because it links a module of its own. A
// compression is the second part of a text encoding:
//
//	encoding := sink.Text(sink.NDJSON("", sink.AppendJSON[model.DynamicRow]), compression.Zstd())
//	to := sink.NewFile("orders.ndjson.zst", encoding, sink.FileOptions{})
//	stats, err := query.Export(ctx, orders, "status = 'open'", to)
//	err = errors.Join(err, to.Close())
//
// [FromName] knows by a file's ending which one is meant, and [Reader] reads such a file
// again.
package compression
