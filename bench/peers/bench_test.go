package peers

import (
	"testing"

	"github.com/muster-go/muster/query/shipstream"
)

// BenchmarkParse turns the query into a tree.
func BenchmarkParse(b *testing.B) {
	for _, e := range every(b) {
		b.Run(e.name, func(b *testing.B) { loop(b, func() (bool, error) { return true, e.parse(e.query) }) })
	}
}

// BenchmarkCompile goes from the query's text to what evaluates it. aip-go ends
// with the checked tree, go-bexpr checks nothing, fexpr has no such step.
func BenchmarkCompile(b *testing.B) {
	for _, e := range every(b) {
		if e.compile != nil {
			b.Run(e.name, func(b *testing.B) { loop(b, func() (bool, error) { return true, e.compile(e.query) }) })
		}
	}
}

// BenchmarkEval evaluates the compiled query on one record, a struct.
func BenchmarkEval(b *testing.B) {
	for _, e := range every(b) {
		if e.bind != nil {
			b.Run(e.name, func(b *testing.B) { evaluations(b, e, e.bind) })
		}
	}
}

// BenchmarkEvalReady is BenchmarkEval with a record that has been turned
// beforehand into what the library reads fastest. Muster reads its records as
// they are.
func BenchmarkEvalReady(b *testing.B) {
	for _, e := range every(b) {
		if e.bindReady != nil {
			b.Run(e.name, func(b *testing.B) { evaluations(b, e, e.bindReady) })
		}
	}
}

func evaluations(b *testing.B, e engine, bind func(text string, u *shipstream.User) (evaluation, error)) {
	b.Helper()
	eval, err := bind(e.query, measured())
	if err != nil {
		b.Fatal(err)
	}
	loop(b, eval)
}

func loop(b *testing.B, call evaluation) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := call(); err != nil {
			b.Fatal(err)
		}
	}
}
