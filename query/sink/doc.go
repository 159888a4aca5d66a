// Package sink writes rows to a stream: NDJSON, a JSON array, CSV, or a table
// for people. Its writers need nothing but the standard library and buffer no
// more than a screenful of rows.
//
//	w := sink.NewNDJSON(os.Stdout, encode)
//	for batch := range rows.Batches() {
//		if err := w.Write(ctx, batch); err != nil { … }
//	}
//	err := w.Close()
//
// A writer is for one goroutine. It never closes the stream beneath it.
package sink
