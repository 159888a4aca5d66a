package plan

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestIDSet: the set of a filter holds the ids that its predicate matches, and its
// ranges are ascending and apart.
func TestIDSet(t *testing.T) {
	schema := modeltest.People()
	rapid.Check(t, func(rt *rapid.T) {
		text := idFilter(3).Draw(rt, "filter")
		parsed, err := dsl.Parse(text)
		if err != nil {
			rt.Fatal(err)
		}
		checked, err := dsl.Check(parsed, schema)
		if err != nil {
			rt.Fatal(err)
		}
		predicate, err := dsl.Compile(checked.Root, schema)
		if err != nil {
			rt.Fatal(err)
		}
		set, ok := idSetOf(checked.Root, "id")
		if !ok {
			rt.Fatalf("%s depends on the id alone", text)
		}
		var size int64
		for id := int64(1); id < 60; id++ {
			got := set.Contains(id)
			if want := predicate.Match(modeltest.MustRecord(schema, map[string]any{"id": id})); got != want {
				rt.Fatalf("%s: id %d in %v: %v", text, id, set, got)
			}
			if got {
				size++
			}
		}
		for i, r := range set {
			if r.Lo < 1 || r.Lo >= r.Hi || (i > 0 && r.Lo <= set[i-1].Hi) {
				rt.Fatalf("%s: ranges %v", text, set)
			}
		}
		if n := set.Size(); n < math.MaxInt64 && n != size {
			rt.Fatalf("%s: size %d, counted %d", text, n, size)
		}
	})
}

func idFilter(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if depth > 0 {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 1:
				return "not (" + idFilter(depth-1).Draw(t, "x") + ")"
			case 2:
				return "(" + idFilter(depth-1).Draw(t, "a") + " and " + idFilter(depth-1).Draw(t, "b") + ")"
			case 3:
				return "(" + idFilter(depth-1).Draw(t, "a") + " or " + idFilter(depth-1).Draw(t, "b") + ")"
			}
		}
		return rapid.SampledFrom([]string{
			"id = 7", "id != 7", "id < 20", "id <= 20", "id > 13", "id >= 13", "id between 5 and 9", "id between 9 and 5", "id in (3, 4, 30)",
			"id not in (8)", "id > -3", "id < 1", "id = 0", "true", "false", "id < 9223372036854775807", "id > 9223372036854775807",
		}).Draw(t, "leaf")
	})
}

// TestIDSetRefuses: a condition on another field has no set of ids.
func TestIDSetRefuses(t *testing.T) {
	for _, text := range []string{"is_active", "id = 1 or name = 'x'", "not (id > 3 and email is null)", "roles.id = 3", "name in ('a')", "name between 'a' and 'b'"} {
		parsed, err := dsl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(parsed, modeltest.People())
		if err != nil {
			t.Fatal(err)
		}
		if set, ok := idSetOf(checked.Root, "id"); ok {
			t.Errorf("%s: %v", text, set)
		}
	}
}

// TestIDSetAtTheLargest: set and predicate agree about the largest ids, where a
// bound past the last one would overflow. MaxInt64 itself is not an id.
func TestIDSetAtTheLargest(t *testing.T) {
	schema := modeltest.People()
	for _, text := range []string{
		"id = 9223372036854775807", "id = 9223372036854775806", "id != 9223372036854775807", "id != 9223372036854775806",
		"id > 9223372036854775807", "id > 9223372036854775806", "id > 9223372036854775805",
		"id >= 9223372036854775807", "id >= 9223372036854775806",
		"id < 9223372036854775807", "id <= 9223372036854775807", "id <= 9223372036854775806",
		"id between 9223372036854775800 and 9223372036854775807", "id between 9223372036854775805 and 9223372036854775806",
		"id not between 5 and 9223372036854775807", "id in (9223372036854775807, 9223372036854775806, 4)", "id not in (9223372036854775807)",
	} {
		parsed, err := dsl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(parsed, schema)
		if err != nil {
			t.Fatal(err)
		}
		predicate, err := dsl.Compile(checked.Root, schema)
		if err != nil {
			t.Fatal(err)
		}
		set, ok := idSetOf(checked.Root, "id")
		if !ok {
			t.Fatalf("%s depends on the id alone", text)
		}
		for _, id := range []int64{1, 4, 5, 6, math.MaxInt64 - 7, math.MaxInt64 - 3, math.MaxInt64 - 2, math.MaxInt64 - 1} {
			if got, want := set.Contains(id), predicate.Match(modeltest.MustRecord(schema, map[string]any{"id": id})); got != want {
				t.Errorf("%s: id %d in %v: %v", text, id, set, got)
			}
		}
		for i, r := range set {
			if r.Lo < 1 || r.Lo >= r.Hi || i > 0 && r.Lo <= set[i-1].Hi {
				t.Errorf("%s: ranges %v", text, set)
			}
		}
	}
}
