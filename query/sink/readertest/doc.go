// Package readertest has only tests. They read exports with readers that share no code with
// the sinks that wrote them.
//
//   - NDJSON, JSON and CSV by the standard library, gzip too; zstd by its command.
//   - SQLite by its own shell, sqlite3.
//   - Parquet by parquet-go's generic reader, which knows only a struct, and by Apache
//     Arrow's, which is another implementation.
//
// They read the files in testdata/golden, which an earlier version wrote (`make golden`
// writes them again), and the same export as it is written today: old exports must stay
// readable. If a command is missing, its tests are skipped with a message; if CI is true,
// they fail.
//
// The module is nested, so that importers of Muster do not link Arrow.
package readertest
