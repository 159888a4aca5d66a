//go:build !race

package dsl_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// The race detector makes pools forget what they hold: these tests count without it.

func TestPredicateAllocatesNothing(t *testing.T) {
	r := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 7, "name": "Größe", "code": "x", "brand": "Größe", "tags": []modeltest.Object{{"id": 1, "name": "réd"}},
	})
	c := checkText(t, "id in (1,2,3,4,5,6,7,8,9,10) and name like '%ö%' and not (name = 'x' or code in ('a','b') or name ~ 'xyz') and brand = 'GRÖ\u1e9eE' and brand in ('a','größe') and brand >= 'größe' and brand like '%\u1e9e_' and tags.name starts with 'Red'")
	p := mustCompile(t, c.Root)
	if !p.Match(r) {
		t.Fatal("the record should match")
	}
	if n := testing.AllocsPerRun(100, func() { p.Match(r) }); n != 0 {
		t.Errorf("Match allocates %v times", n)
	}
}

// TestListsAllocateNothing evaluates every kind of condition on lists.
func TestListsAllocateNothing(t *testing.T) {
	s := modeltest.Schema()
	r := modeltest.MustRecord(s, map[string]any{
		"labels": []any{"vip", nil, "Night shift"}, "ratings": []any{model.DecimalInt(3)}, "visits": []any{time.Unix(0, 0)},
		"tags": []modeltest.Object{{"marks": []any{"a", "b"}}},
	})
	for _, filter := range []string{
		"labels = 'x'", "labels like 'x%'", "labels in ('x','y')", "ratings > 3.5", "visits > 2024-01-01", "tags.marks = 'x'", "labels is empty", "tags is empty",
	} {
		p, err := dsl.Compile(checkText(t, filter).Root, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []model.Record{r, &ownLists{r}} {
			if n := testing.AllocsPerRun(100, func() { p.Match(r) }); n != 0 {
				t.Errorf("%s: %v allocations over a %T", filter, n, r)
			}
		}
	}
}
