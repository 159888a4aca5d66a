// Package modeltest has what tests of packages above model need: a small schema with
// every type of field ([Schema]), one of people as many services have them ([People]), a
// record over any schema made of plain Go values ([NewRecord]), and rapid generators of
// values and records.
//
//	row := modeltest.MustRecord(modeltest.Schema(), map[string]any{
//		"id": 7, "name": "Ana", "owner": modeltest.Object{"id": 1, "name": "Bob"},
//	})
//	fmt.Println(predicate.Match(row))
//
// It is for tests only and links the rapid library.
package modeltest
