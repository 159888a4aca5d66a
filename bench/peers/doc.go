// Package peers compares Muster's filter language with the other filter and
// expression languages of Go, on one query, in one run:
//
//	go test -run Report -speed -v              the tables of ../README.md, in Markdown
//	go test -run '^$' -bench . -benchmem       the same as benchmarks
//
// It is a module of its own, so that none of the peers reaches whoever imports
// Muster, and it has nothing but tests. Each peer gets the query in its own syntax and
// each record in the form that it reads fastest, made beforehand; the tests hold all of
// them to the same answers.
package peers
