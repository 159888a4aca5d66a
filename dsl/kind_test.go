package dsl_test

import (
	"fmt"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestKindNames: each kind of literal, and of presence, has a name of its own.
func TestKindNames(t *testing.T) {
	t.Parallel()
	var names []string
	for k := dsl.LitInt; k <= dsl.LitValue; k++ {
		names = append(names, k.String())
	}
	for _, p := range []model.Presence{model.NotApplicable, model.Missing, model.Present} {
		names = append(names, p.String())
	}
	want := "[int decimal string bool null date datetime relative time parameter value not applicable missing present]"
	if got := fmt.Sprint(names); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
