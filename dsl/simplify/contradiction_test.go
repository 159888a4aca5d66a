package simplify_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// TestContradictionsAreWarnedOf: a filter that simplifies to false has a warning, even
// though a short cut skips most filters that are obviously satisfiable.
func TestContradictionsAreWarnedOf(t *testing.T) {
	t.Parallel()
	schema, now := modeltest.Schema(), dsl.Now(time.Unix(1_700_000_000, 0))
	rapid.Check(t, func(t *rapid.T) {
		n := dsltest.Trees(schema).Draw(t, "tree")
		c, err := dsl.Check(&dsl.Filter{Root: n}, schema, now)
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		never, ok := dsl.Simplify(c.Root).(*dsl.Const)
		if ok && !never.Value && len(c.Warnings) == 0 {
			t.Fatalf("%s is never true and draws no warning", dsl.Format(n))
		}
		for _, w := range c.Warnings {
			if strings.HasPrefix(w.Msg, "this is never true") && !strings.Contains(w.Msg, ": no ") && (!ok || never.Value) {
				t.Fatalf("%s draws %q and may be true", dsl.Format(n), w.Msg)
			}
		}
	})
}

// TestNeverTrue: a filter that no row satisfies has a warning.
func TestNeverTrue(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"last_login_at is null and last_login_at > now", "id = 1 and false", "false"} {
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.People())
		if err != nil || len(c.Warnings) == 0 {
			t.Errorf("%s: no warning, %v", filter, err)
		}
	}
}
