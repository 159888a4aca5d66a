// Package modeltest has what tests of packages above model need: a small schema with
// every type of field ([Schema]), one of people as many services have them ([People]), a
// record over any schema made of plain Go values ([NewRecord]), and generators of values
// and records ([Choices]).
//
//	row := modeltest.MustRecord(modeltest.Schema(), map[string]any{
//		"id": 7, "name": "Ana", "owner": modeltest.Object{"id": 1, "name": "Bob"},
//	})
//	fmt.Println(predicate.Match(row))
//
// The generators take their decisions from any source, so that a fuzz target, a random
// number generator or a property can drive them:
//
//	row := modeltest.Bytes(data).Record(schema)
//
// It is for tests only, and links the model and the standard library alone. Package
// valuetest has the generators for rapid.
package modeltest
