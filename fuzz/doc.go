// Package fuzz holds every fuzz target, its seeds and its committed findings.
// It has no code of its own:
//
//	make fuzz FUZZTIME=1m
//	go test ./fuzz -run '^$' -fuzz '^FuzzParse$'
package fuzz
