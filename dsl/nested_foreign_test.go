package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestNestedForeign: OData's questions about collections in collections are read, and completion
// knows what is in an element of a list in a list.
func TestNestedForeign(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"lines/any(l: l/discounts/any(d: d/code eq 'X'))":            "any lines (any discounts (code = 'X'))",
		"lines/all(l: l/discounts/$count gt 1)":                      "all lines (count(discounts) > 1)",
		"lines/any(l: l/discounts/any(d: d/uses/any(u: u/by eq 1)))": "any lines (any discounts (any uses (by = 1)))",
	} {
		f, err := dsl.ParseOData(text, modeltest.Orders())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := dsl.Format(f.Root); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"any lines (dis":                "discounts",
		"any lines (any discounts (cod": "code",
		"any lines (discounts.c":        "discounts.code",
		"lines.discounts.c":             "lines.discounts.code",
	} {
		if got := dsl.Complete(modeltest.Orders(), text, len(text)).Candidates; len(got) == 0 || got[0].Text != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}
