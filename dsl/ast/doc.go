// Package ast is the tree of a filter: its nodes, the builder that makes them in
// Go, and what walks, compares and rewrites them. It knows neither text nor
// schema checking; package dsl re-exports what callers need.
//
//	ast.Walk(root, func(n ast.Node) bool { fmt.Println(ast.PathOf(n)); return true })
package ast
