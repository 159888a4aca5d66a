// Package parquetsink is rows as Parquet files: typed columns, times as
// timestamps, lists as lists, zstd. It stands apart from package sink because it
// links a Parquet library.
//
//	encoding, err := parquetsink.New(schema, fields, record)
//	to := sink.NewFile("users.parquet", encoding, sink.FileOptions{})
package parquetsink
