package dsl_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
)

// readAgain fails if a checked tree is another one when it is printed, parsed and checked again: a
// stored plan would be refused then.
func readAgain(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, n dsl.Node,
) {
	t.Helper()
	text := dsl.Format(n)
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := dsl.Check(f, modeltest.Schema())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !dsl.Equal(n, again.Root) {
		t.Fatalf("%s is read again as %s", text, dsl.Format(again.Root))
	}
}

// TestCheckedTreesAreReadAgain: every checked tree and what it is simplified to survive printing.
func TestCheckedTreesAreReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		tree := treetest.ComputedTrees(modeltest.Schema()).Draw(rt, "tree")
		c, err := dsl.Check(dsl.Where(tree), modeltest.Schema(), dsl.Now(time.Unix(1_700_000_000, 0)))
		if err != nil {
			return // a constant that does not fit
		}
		readAgain(rt, c.Root)
		readAgain(rt, dsl.Simplify(c.Root))
	})
}

// TestConstantsAreReadAgain: a constant that is computed keeps its type, however it is written.
func TestConstantsAreReadAgain(t *testing.T) {
	t.Parallel()
	constants := []string{
		"2", "2.0", "1.5", "-2", "4 / 2", "3 / 2", "1.5 + 0.5", "round(2.5)", "max(2.5, 3)", "coalesce(1, 2.5)", "abs(-2.0)",
		":whole", ":half", ":float",
	}
	values := map[string]any{":whole": 2, ":half": 0.5, ":float": 2.0}
	conditions, read := 0, 0
	for _, k := range constants {
		for _, x := range []string{"size", "price", "score", "length(name)", "coalesce(size, " + k + ")"} {
			for _, op := range []string{"+", "-", "*", "/"} {
				for _, text := range []string{x + op + "(" + k + ") > price", x + op + "(" + k + ") in (2, 4)", "(" + k + ")" + op + x + " <= 5.5"} {
					bound := make(map[string]any)
					for name, v := range values {
						if strings.Contains(text, name) {
							bound[name[1:]] = v
						}
					}
					conditions++
					if c, err := dsl.Check(mustParse(t, text), modeltest.Schema(), dsl.Named(bound)); err == nil { // else 5.5 is compared with an integer
						read++
						readAgain(t, c.Root)
					}
				}
			}
		}
	}
	if read < conditions*3/4 {
		t.Errorf("a check took %d of %d conditions", read, conditions)
	}
}

// TestWholeQuotient: the type of a sum does not depend on whether a quotient in it is whole.
func TestWholeQuotient(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"size + 4 / 2 > 5.5": "size + 2.0 > 5.5",
		"size + 3 / 2 > 5.5": "size + 1.5 > 5.5",
		"size + 2.00 > 5.5":  "size + 2.0 > 5.5",
		"size = 4 / 2":       "size = 2",
		"size = 2.0":         "size = 2",
		"2.0 = size":         "size = 2",
		"size + 2 > 5.0":     "size + 2 > 5",
	} {
		c, err := dsl.Check(mustParse(t, text), modeltest.Schema())
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := dsl.Format(c.Root); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
