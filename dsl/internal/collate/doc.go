// Package collate orders values as filters compare them: strings by the collation of their
// field, everything else by its number.
//
//	collate.Strings(model.CI, "Ärger", "arger") // 0
//
// All functions are pure and safe for concurrent use; none of those that compare allocates.
package collate
