package shell_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/model/modeltest"
)

// engine answers by writing down what it was asked. A filter that reads fail does.
func engine() shell.Engine {
	limit := "0"
	asked := func(what string) func(context.Context, io.Writer, string) error {
		return func(_ context.Context, w io.Writer, filter string) error {
			if filter == "fail" {
				return errors.New("no luck")
			}
			_, err := fmt.Fprintf(w, "%s %s, limit %s\n", what, filter, limit)
			return err
		}
	}
	return shell.Engine{
		Schema:  modeltest.Schema(),
		Explain: asked("explain"),
		Count:   asked("count"),
		Run: func(ctx context.Context, w io.Writer, filter string) (string, error) {
			return "", asked("run")(ctx, w, filter)
		},
		Settings: []shell.Setting{{
			Name: "limit", Argument: "N", Help: "most rows",
			Get: func() string { return limit },
			Set: func(value string) error {
				if value == "x" {
					return errors.New("must be a number")
				}
				limit = value
				return nil
			},
		}},
		Message: error.Error,
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, out, err string }{
		{"", "", ""},
		{"\n  \n-- nothing\n", "", ""},
		{"id = 1", "run id = 1, limit 0\n", ""},
		{"  id = 1 ;\n", "run id = 1, limit 0\n", ""},
		{"name = 'a;'", "run name = 'a;', limit 0\n", ""},
		{"id = 1\n\\explain\n\\count\n", "run id = 1, limit 0\nexplain id = 1, limit 0\ncount id = 1, limit 0\n", ""},
		{"\\explain id = 1;\n\\count\n", "explain id = 1, limit 0\ncount id = 1, limit 0\n", ""},
		{"\\limit 5\nid = 1", "run id = 1, limit 5\n", ""},
		{"\\limit", "limit is 0\n", ""},
		{"\\set", "\\limit  0  most rows\n", ""},
		{"\\q\nid = 1", "", ""},
		{"id = 1\nfail\nid = 2", "run id = 1, limit 0\n", "line 2: no luck"},
		{"\\explain", "", "line 1: there is no filter yet: write one after the command"},
		{"\\limit x", "", `line 1: \limit x: must be a number`},
		{"\\lmit 5", "", `line 1: \lmit is not a command; did you mean \limit?`},
		{"\\zzzzzz", "", `line 1: \zzzzzz is not a command; \help lists them`},
		{"\\q now", "", `line 1: \q takes no argument`},
	} {
		var out strings.Builder
		err := shell.Script(t.Context(), engine(), strings.NewReader(tc.in), &out)
		if got := fmt.Sprint(err); out.String() != tc.out || (got != tc.err && (err != nil || tc.err != "")) {
			t.Errorf("%q:\n%s\n%v\nwant\n%s\n%s", tc.in, out.String(), err, tc.out, tc.err)
		}
	}
}

// TestScriptHelp: every command and setting is listed, and so is every field.
func TestScriptHelp(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := shell.Script(t.Context(), engine(), strings.NewReader("\\?\n\\d\n"), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`\explain [FILTER]`, `\limit [N]`, `\d `, `\q `, "created_at"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing:\n%s", want, out.String())
		}
	}
}

// TestScriptEnds: a context that has ended ends the script, and so does a line that
// is too long, or an input that fails.
func TestScriptEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := shell.Script(ctx, engine(), strings.NewReader("id = 1"), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	err := shell.Script(t.Context(), engine(), strings.NewReader(strings.Repeat("x", 2<<20)), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "reading the lines") {
		t.Errorf("a line of 2 MiB: %v", err)
	}
}

// TestPrompted: a failure is shown and not the end.
func TestPrompted(t *testing.T) {
	t.Parallel()
	var out, notes strings.Builder
	if err := shell.Prompted(t.Context(), engine(), strings.NewReader("fail\nid = 1\n"), &out, &notes); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "run id = 1, limit 0\n"; got != want {
		t.Errorf("rows: %q, want %q", got, want)
	}
	if got, want := notes.String(), "things> no luck\n"+strings.Repeat("things> ", 2); got != want {
		t.Errorf("notes: %q, want %q", got, want)
	}
}

func ExampleScript() {
	e := engine()
	err := shell.Script(context.Background(), e, strings.NewReader("\\limit 2\nactive\n\\count\n"), os.Stdout)
	fmt.Println(err)
	// Output:
	// run active, limit 2
	// count active, limit 2
	// <nil>
}
