// Package compression has the compressed forms of the text sinks, gzip and zstd.
// It stands apart from package sink because it links a module of its own.
//
//	encoding := sink.Text(sink.NDJSON("ndjson", encode), compression.Zstd())
package compression
