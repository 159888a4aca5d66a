// Package readertest holds no code of its own: its tests have exports read by
// readers that share no code with what wrote them.
//
//   - NDJSON, JSON and CSV by the standard library, gzip too; zstd by its command.
//   - SQLite by its own shell, sqlite3.
//   - Parquet by parquet-go's generic reader, which knows the file by a struct
//     alone, and by Apache Arrow's, which is another implementation.
//
// They read the files in testdata/golden, which were written once and lie there
// (`make golden` writes them anew), and the same export as it is written today: a
// reader of an export that was made long ago must find what it found then. Where a
// command is missing, its tests are skipped with a message, unless CI is true: then
// they fail.
//
// The module is nested so that Arrow reaches no importer of Muster.
package readertest
