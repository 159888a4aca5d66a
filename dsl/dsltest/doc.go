// Package dsltest has what tests of the filter language and of what is built on
// it need: a generator of trees over any schema ([Trees]) and a second,
// deliberately plain evaluator ([Eval]) to hold the compiled one to. It is for
// tests only and links the rapid library.
package dsltest
