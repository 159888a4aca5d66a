package shell

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// problem is what is wrong with a filter.
func problem(filter string) error {
	tree, err := dsl.Parse(filter)
	if err == nil {
		_, err = dsl.Check(tree, modeltest.Schema())
	}
	return fmt.Errorf("wrapped: %w", err)
}

// TestUnderlined: below the prompt and the line stand the carets.
func TestUnderlined(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ line, filter, carets string }{
		{"nam = 1", "nam = 1", "  ^^^"},
		{"id =", "id =", "      ^"},
		{`\explain id =`, "id =", "               ^"},
		{"name = '日本' and nam = 1", "name = '日本' and nam = 1", "                    ^^^"},
		{"nam = 1 and ide = 2", "nam = 1 and ide = 2", "  ^^^         ^^^"},
	} {
		got := underlined("> ", tc.line, 80, problem(tc.filter), error.Error)
		carets, reasons, _ := strings.Cut(got, "\n")
		if carets != tc.carets || !strings.Contains(reasons, " error: ") {
			t.Errorf("%s\n%s\nwant\n%s", tc.line, got, tc.carets)
		}
	}
}

// TestUnderlinedElsewhere: what cannot be pointed at is told in full.
func TestUnderlinedElsewhere(t *testing.T) {
	t.Parallel()
	long := "name = '" + strings.Repeat("x", 80) + "' and nam = 1"
	for _, tc := range []struct {
		line string
		err  error
	}{
		{long, problem(long)},
		{"nam = 1\nand id = 1", problem("nam = 1\nand id = 1")},
		{"nam = 1", problem("na = 1")}, // of another text
		{"id = 1", errors.New("403")},
	} {
		if got := underlined("> ", tc.line, 80, tc.err, error.Error); got != tc.err.Error() {
			t.Errorf("%s\n%s", tc.line, got)
		}
	}
}
