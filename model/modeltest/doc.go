// Package modeltest has what tests of packages above model need: a small schema
// with every type of field ([Schema]), a record over any schema built from plain
// Go values ([NewRecord]), and rapid generators of values, records, users and
// pages. It is for tests only and links the rapid and go-cmp libraries.
package modeltest
