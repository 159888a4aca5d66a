//go:build !race

package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestOperandsAllocateNothing holds that evaluation allocates only for texts that functions make.
func TestOperandsAllocateNothing(t *testing.T) {
	record := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 1, "name": "ada", "code": "x", "size": 3, "created_at": "2024-03-30T12:00:00Z",
		"tags": []modeltest.Object{{"id": 1, "name": "a"}, {"id": 3}},
	})
	for _, text := range []string{
		"id < size", "created_at + 7d < now", "length(name) > 12", "year(created_at) = 2024", "lower(name) = name",
		"weekday(created_at) in (6, 7)", "size * 2 - id / 3 > 1", "tags.id > size", "coalesce(seen_at, created_at) < 2024-01-01", "substring(name, 1, 2) = 'ad'",
	} {
		c, err := dsl.Check(mustParse(t, text), modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		p, err := dsl.Compile(c.Root, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { p.Match(record) }); n > 0 {
			t.Errorf("%s allocates %v times a record", text, n)
		}
	}
	rows, err := dsl.For[struct {
		ID   int      `filter:"id"`
		Size *int     `filter:"size"`
		Name string   `filter:"name"`
		Tags []string `filter:"tags"`
	}]()
	if err != nil {
		t.Fatal(err)
	}
	m, err := rows.Compile("id < size or tags = name or length(name) > id * 2 or count(tags where this = 'a') > id")
	if err != nil {
		t.Fatal(err)
	}
	row := struct {
		ID   int      `filter:"id"`
		Size *int     `filter:"size"`
		Name string   `filter:"name"`
		Tags []string `filter:"tags"`
	}{ID: 7, Name: "box", Tags: []string{"a", "b"}}
	if n := testing.AllocsPerRun(100, func() { m.Match(&row) }); n > 0 {
		t.Errorf("a struct allocates %v times", n)
	}
}
