package fuzz

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// FuzzParity holds the product parser to the reference grammar: the same texts
// are filters, and their trees are the same, ranges and all.
func FuzzParity(f *testing.F) {
	addFilters(f)
	values := cmp.Comparer(func(a, b model.Value) bool { return a == b })
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			return // the reference grammar is slow
		}
		// The reflective parser recurses a dozen frames for each level.
		opts := []dsl.ParseOption{dsl.MaxDepth(50), dsl.MaxListItems(100)}
		got, err := dsl.Parse(text, opts...)
		want, refErr := dsl.ParseReference(text, opts...)
		if (err == nil) != (refErr == nil) {
			t.Fatalf("%q\nproduct: %v\nreference: %v", text, err, refErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got, values); diff != "" {
			t.Errorf("%q is not the reference's tree (-want +got):\n%s", text, diff)
		}
	})
}
