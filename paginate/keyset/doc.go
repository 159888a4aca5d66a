// Package keyset keeps the keys of rows, so that a row which comes again can be dropped:
//
//	var seen keyset.Set
//	defer seen.Close()
//	isNew, err := seen.AddInt(row.ID)
//
// A [Set] is exact: it compares whole keys, and no hash alone makes two of them equal. It
// takes at most 16 bytes of memory a key and, past 64 MiB, a temporary file.
package keyset
