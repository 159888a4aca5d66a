// Package bench holds every benchmark, and the tests that hold memory to what is
// promised. It has no code of its own:
//
//	make bench
//	go test ./bench -run '^$' -bench BenchmarkFetch
package bench
