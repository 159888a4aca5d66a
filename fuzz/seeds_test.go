package fuzz

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl/dsltest"
)

// fuzzedShare is the share of the corpus, one in so many, that a fuzzing run
// starts from: it first runs all of its seeds one by one, at some hundred a
// second, and a short run should get beyond them. Without -fuzz all are run.
const fuzzedShare = 8

// addFilters seeds a target whose only argument is a filter.
func addFilters(f *testing.F) {
	f.Helper()
	step := 1
	if pattern := flag.Lookup("test.fuzz"); pattern != nil && pattern.Value.String() != "" {
		step = fuzzedShare
	}
	for _, all := range [][]string{slices.Collect(dsltest.Seeds()), slices.Collect(dsltest.BrokenSeeds())} {
		for i := 0; i < len(all); i += step {
			f.Add(all[i])
		}
	}
	f.Add(strings.Repeat("(", 300))
	f.Add(strings.Repeat("not ", 300) + "a")
	f.Add("a in (" + strings.Repeat("1, ", 300) + ")")
}
