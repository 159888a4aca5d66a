package simplify_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/simplify"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
)

// TestContradictionsAreWarnedOf: a filter that simplifies to false has a warning, even
// though a short cut skips most filters that are obviously satisfiable.
func TestContradictionsAreWarnedOf(t *testing.T) {
	t.Parallel()
	schema, now := modeltest.Schema(), dsl.Now(time.Unix(1_700_000_000, 0))
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.Trees(schema).Draw(t, "tree")
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

// TestSatisfiable: the short cut recognises most filters that some record satisfies, and
// no other filter.
func TestSatisfiable(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]bool{
		"true":                                 true,
		"false":                                false,
		"size = 1":                             true,
		"size != 1":                            true,
		"sku = 'a'":                            true,
		"size > 1":                             true,
		"price > 1":                            true,
		"seen_at > 2024-01-01":                 true,
		"sku > 'a'":                            false, // no text may be greater
		"size > 9223372036854775807":           false,
		"size < 9223372036854775807":           false,
		"size < 9223372036854775806":           true,
		"size > -9223372036854775808":          false,
		"size > -9223372036854775807":          true,
		"not tags.id > 1":                      false,
		"size in (1, 2)":                       true,
		"size not in (1, 2)":                   false,
		"size between 1 and 5":                 true,
		"size between 5 and 5":                 true,
		"size between 5 and 1":                 false,
		"size not between 1 and 5":             false,
		"name like 'a%'":                       true,
		"not name like 'a%'":                   true,
		"size is null":                         true,
		"size is not null":                     true,
		"size = 1 and sku = 'a'":               true,
		"size = 1 and size = 1":                false, // one field twice
		"size = 1 and false":                   false,
		"false or size = 1":                    true,
		"false or false":                       false,
		"(false or size = 1) and sku = 'a'":    true,
		"(size = 1 or sku = 'a') and size = 2": false,
		"(size = 1 and sku = 'a' or id = 1) and note = 'x'": true,
		"not (size = 1 or sku = 'a')":                       false,
	} {
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if got := simplify.Satisfiable(c.Root); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.CheckedTrees(modeltest.Schema()).Draw(t, "tree")
		if never, ok := dsl.Simplify(n).(*dsl.Const); ok && !never.Value && simplify.Satisfiable(n) {
			t.Fatalf("%s is never true", dsl.Format(n))
		}
	})
}
