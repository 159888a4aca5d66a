package dsl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

type (
	street struct {
		Name string `filter:"name"`
	}
	box struct {
		Size int     `filter:"size"`
		At   *street `filter:"at"`
	}
	address struct {
		City   string   `filter:"city"`
		Zip    *string  `filter:"zip"`
		Number uint64   `filter:"number"`
		Street *street  `filter:"street"`
		Door   street   `filter:"door"`
		Boxes  []box    `filter:"boxes"`
		Tags   []string `filter:"tags"`
	}
	moved struct {
		Home *address           `filter:"home"`
		Work model.Opt[address] `filter:"work"`
		Past **address          `filter:"past"`
	}
)

// TestStructReferences: a struct that may be missing is a reference, whose fields are read as those of
// a definition's single reference. So are the lists in it.
func TestStructReferences(t *testing.T) {
	t.Parallel()
	rows, err := dsl.For[moved]()
	if err != nil {
		t.Fatal(err)
	}
	oslo := address{City: "Oslo", Door: street{"red"}, Boxes: []box{{Size: 3}, {Size: 4, At: &street{"Kirkegata"}}}, Tags: []string{"new"}}
	past := &oslo
	full, bare := &moved{&oslo, model.Some(oslo), &past}, new(moved)
	for filter, want := range map[string][2]dsl.Tri{ // of full and of bare
		"x is null":           {dsl.False, dsl.True},
		"x is not empty":      {dsl.True, dsl.False},
		"x.city = 'Oslo'":     {dsl.True, dsl.False},
		"x.city != 'Oslo'":    {dsl.False, dsl.True},
		"x.zip is null":       {dsl.True, dsl.False},
		"x.door.name = 'red'": {dsl.True, dsl.False},
		"any x (city = 'Oslo' and door.name = 'red')":        {dsl.True, dsl.False},
		"any x (city = 'Oslo' and zip is not null)":          {dsl.False, dsl.False},
		"no x (zip is not null)":                             {dsl.True, dsl.True},
		"count(x) = 1":                                       {dsl.True, dsl.False},
		"count(x where street.name is null) = 1":             {dsl.True, dsl.False},
		"x.street.name is null":                              {dsl.True, dsl.False},
		"x.tags = 'new'":                                     {dsl.True, dsl.False},
		"any x (tags = 'new' and city = 'Oslo')":             {dsl.True, dsl.False},
		"x.boxes.size = 4":                                   {dsl.True, dsl.False},
		"count(x.boxes) = 2":                                 {dsl.True, dsl.False},
		"x.boxes is empty":                                   {dsl.False, dsl.False},
		"any x (boxes is not empty)":                         {dsl.True, dsl.False},
		"any x (any boxes (size = 4) and city = 'Oslo')":     {dsl.True, dsl.False},
		"any x (count(boxes) > 2 or boxes.size = 5)":         {dsl.False, dsl.False},
		"any x.boxes (size = 4 and at.name starts with 'K')": {dsl.True, dsl.False},
		"any x.boxes (size = 3 and at.name is null)":         {dsl.True, dsl.False},
	} {
		for _, name := range []string{"home", "work", "past"} {
			text := strings.ReplaceAll(strings.ReplaceAll(filter, "x.", name+"."), "x ", name+" ")
			m, err := rows.Compile(strings.ReplaceAll(text, "(x)", "("+name+")"))
			if err != nil {
				t.Error(err)
				continue
			}
			for i, row := range []*moved{full, bare} {
				if got, err := m.Eval(row); got != want[i] || err != nil {
					t.Errorf("%s of row %d: %v, %v, want %v", text, i, got, err, want[i])
				}
			}
		}
	}
	m, err := rows.Compile("home.number > 5")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Test(&moved{Home: &address{Number: 1 << 63}}); !errors.Is(err, dsl.ErrRow) || !strings.Contains(err.Error(), "home.number is 9223372036854775808") {
		t.Errorf("a number that does not fit: %v", err)
	}
}
