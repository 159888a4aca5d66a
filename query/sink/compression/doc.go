// Package compression compresses the text sinks by gzip and zstd. It is apart from package
// sink because it links another module. A compression is the second part of a text
// encoding:
//
//	encoding := sink.Text(sink.NDJSON("", sink.AppendJSON[model.DynamicRow]), compression.Zstd())
//	to := sink.NewFile("orders.ndjson.zst", encoding, sink.FileOptions{})
//	stats, err := query.Export(ctx, orders, "status = 'open'", to)
//	err = errors.Join(err, to.Close())
//
// [FromName] chooses one by a file's name, and [Reader] reads such a file.
package compression
