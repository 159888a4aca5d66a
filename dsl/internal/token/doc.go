// Package token is the vocabulary of the filter language: the kinds of token and
// the characters of names. The lexer and completion share it.
//
//	kind := token.Keyword("BETWEEN") // token.Between
package token
