package main

import (
	"io"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
)

// TestStartUp: a command that is named is built alone. With the model of all of
// them, `muster check` takes some 20 000 allocations before it begins.
func TestStartUp(t *testing.T) {
	for _, test := range []struct {
		args []string
		most float64
	}{
		{[]string{"version"}, 3000},
		{[]string{"check", "is_active = true"}, 4000},
	} {
		allocs := testing.AllocsPerRun(5, func() {
			env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: io.Discard}, stderr: io.Discard, getenv: func(string) string { return "" }}
			if code := run(t.Context(), test.args, env); code != exit.Done {
				t.Errorf("%v: exit %d", test.args, code)
			}
		})
		if testing.Short() { // the race detector, which runs with -short, adds a fifteenth
			test.most *= 1.1
		}
		if allocs > test.most {
			t.Errorf("%v: %.0f allocations, at most %.0f", test.args, allocs, test.most)
		}
		t.Logf("%v: %.0f allocations", test.args, allocs)
	}
}
