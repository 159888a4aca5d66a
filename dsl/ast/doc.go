// Package ast is the tree of a filter: its nodes, the builder that makes them in Go, and
// the functions that walk, compare and rewrite them. It neither reads text nor checks
// schemas. Package dsl re-exports what callers need.
//
//	ast.Walk(root, func(n ast.Node) bool { fmt.Println(ast.PathOf(n)); return true })
package ast
