// Package simplify rewrites a checked tree into a smaller one that means the same:
// negation normal form, folding of constants and intervals, contradictions.
//
//	smaller := simplify.Simplify(checked.Root)
package simplify
