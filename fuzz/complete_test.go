package fuzz

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// FuzzComplete completes at any cursor of any text: the range holds the cursor
// and every candidate goes on with what it replaces.
func FuzzComplete(f *testing.F) {
	step := 1
	if pattern := flag.Lookup("test.fuzz"); pattern != nil && pattern.Value.String() != "" {
		step = fuzzedShare
	}
	all := append(slices.Collect(dsltest.Seeds()), slices.Collect(dsltest.BrokenSeeds())...)
	for i := 0; i < len(all); i += step {
		f.Add(all[i], i%(len(all[i])+1))
	}
	f.Add("", -1)
	f.Add("`", 1)
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		got := dsl.Complete(modeltest.Schema(), text, cursor)
		at := min(max(cursor, 0), len(text))
		if got.Range.Start < 0 || got.Range.Start > at || got.Range.End < at || got.Range.End > len(text) {
			t.Fatalf("at %d of %q the range is %v", cursor, text, got.Range)
		}
		typed := strings.ToLower(strings.ReplaceAll(text[got.Range.Start:at], "`", ""))
		for _, c := range got.Candidates {
			if !strings.HasPrefix(strings.ToLower(strings.ReplaceAll(c.Text, "`", "")), typed) {
				t.Errorf("at %d of %q: %q does not go on from %q", cursor, text, c.Text, typed)
			}
		}
	})
}
