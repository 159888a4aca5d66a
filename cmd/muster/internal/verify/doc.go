// Package verify reads a finished export and checks that each id is there once.
//
//	rows, err := verify.Rows(ctx, "users.parquet", users)
//
// It reads each format with a reader of its own and holds every file of a folder
// to the manifest.
package verify
