package fuzz

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// leastSeeds is how many filters the shared corpus has at least.
const leastSeeds = 1000

// Filters returns the corpus of valid filters that package dsl's own tests run
// too. Each parses; most check against shipstream.UserSchema.
func Filters(tb testing.TB) []string {
	tb.Helper()
	text, err := os.ReadFile("../dsl/testdata/filters.txt")
	if err != nil {
		tb.Fatal(err)
	}
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(all) < leastSeeds {
		tb.Fatalf("%d seeds, want at least %d", len(all), leastSeeds)
	}
	return all
}

// BrokenFilters returns the texts of the golden syntax errors.
func BrokenFilters(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("../dsl/testdata/errors/*.txtar")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no golden errors: %v", err)
	}
	var all []string
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range archive.Files {
			text := strings.TrimSuffix(string(f.Data), "\n")
			switch filepath.Ext(f.Name) {
			case ".filter":
				all = append(all, text)
			case ".quoted":
				if text, err = strconv.Unquote(text); err != nil {
					tb.Fatal(err)
				}
				all = append(all, text)
			}
		}
	}
	return all
}

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
	for _, all := range [][]string{Filters(f), BrokenFilters(f)} {
		for i := 0; i < len(all); i += step {
			f.Add(all[i])
		}
	}
	f.Add(strings.Repeat("(", 300))
	f.Add(strings.Repeat("not ", 300) + "a")
	f.Add("a in (" + strings.Repeat("1, ", 300) + ")")
}
