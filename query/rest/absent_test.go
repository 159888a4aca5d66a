package rest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// sparse describes rows that leave out what has its default.
func sparse(edit func(d *rest.Definition)) rest.Definition {
	return things(rest.Token, func(d *rest.Definition) {
		field := func(name string, t model.Type, absent string) rest.Field {
			return rest.Field{Field: model.Field{Name: name, Type: t, Collation: model.Binary, Returned: model.ReturnedAlways}, Absent: absent, Params: map[string]string{"eq": name}}
		}
		d.Fields = append(d.Fields[:1], field("size", model.TypeInt, "0"), field("on", model.TypeBool, "false"), field("a.city", model.TypeString, `""`), field("a.b.zip", model.TypeString, `"?"`))
		if edit != nil {
			edit(d)
		}
	})
}

// TestAbsent: a member that a row lacks has the value that this means, in the row and in
// comparisons; one that is there has its own, and null is null.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const page = `{"items": [
		{"id":1,"x":{}},
		{"id":2,"size":5,"on":true,"a":{"city":"Bonn","b":{"zip":"5"}}},
		{"id":3,"a":{"street":"s"}},
		{"id":4,"a":null,"size":0},
		{"id":5,"a.city":"Ulm","a":{"b":{"zip":""}}},
		{}
	]}`
	whole := strings.Replace(page, "},\n\t\t{}", "}", 1)
	want := []string{
		`{"id":1,"x":{},"size":0,"on":false,"a":{"city":"","b":{"zip":"?"}}}`,
		`{"id":2,"size":5,"on":true,"a":{"city":"Bonn","b":{"zip":"5"}}}`,
		`{"id":3,"a":{"street":"s","city":"","b":{"zip":"?"}},"size":0,"on":false}`,
		`{"id":4,"a":{"city":"","b":{"zip":"?"}},"size":0,"on":false}`,
		`{"id":5,"a.city":"Ulm","a":{"b":{"zip":""}},"size":0,"on":false}`,
	}
	got, err := texts(t, sparse(nil), "", whole)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for filter, ids := range map[string]string{
		"size < 1":                       "1345",
		"size != 0":                      "2",
		"not (a.city = '')":              "25",
		"a.city is null":                 "",
		"a.b.zip = '?' and `on` != true": "134",
	} {
		got, err := texts(t, sparse(func(d *rest.Definition) {
			for i := range d.Fields {
				d.Fields[i].Params = nil
			}
		}), filter, whole)
		found := ""
		for _, row := range got {
			found += row[len(`{"id":`):][:1]
		}
		if found != ids || err != nil {
			t.Errorf("%s: %s, %v", filter, found, err)
		}
	}
	if _, err := texts(t, sparse(nil), "", page); err == nil || !strings.Contains(err.Error(), "the object has no id") {
		t.Errorf("got %v", err)
	}
	for row, want := range map[string]string{
		`{"id":1,"size":null}`:       "size",
		`{"id":1,"a":7}`:             "want an object",
		`{"id":1,"size":"x"}`:        "size",
		`{"id":1,"a":{"b":[]}}`:      "a.b.zip",
		`{"id":1,"a":{"city":1}}`:    "city",
		`{"id":1,"a":{"x":1,"x":2}}`: "x",
		`[1]`:                        "",
	} {
		if got, err := texts(t, sparse(nil), "", `{"items": [`+row+`]}`); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", row, got, err)
		}
	}
}

// TestAbsentFaults: what a missing member cannot mean is a fault.
func TestAbsentFaults(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(d *rest.Definition){
		"every row has id: leave absent out":                             func(d *rest.Definition) { d.Fields[0].Absent = "1" },
		`the value "x" is not one of size, a field of type int`:          func(d *rest.Definition) { d.Fields[1].Absent = `"x"` },
		`the value null is not one of size, a field of type int`:         func(d *rest.Definition) { d.Fields[1].Absent = "null" },
		`the value 1.5 is not one of size, a field of type int`:          func(d *rest.Definition) { d.Fields[1].Absent = "1.5" },
		`the value {} is not one of on, a field of type bool`:            func(d *rest.Definition) { d.Fields[2].Absent = "{}" },
		`the value 0,"y":1 is not one of size`:                           func(d *rest.Definition) { d.Fields[1].Absent = `0,"y":1` },
		"rows may lack size because it was not asked for":                func(d *rest.Definition) { d.Fields[1].Returned, d.Select = model.ReturnedOnRequest, "fields" },
		"a missing a.city means null: absent is for fields of the types": func(d *rest.Definition) { d.Fields[3].Type, d.Fields[3].Params = model.TypeJSON, nil },
	} {
		_, err := rest.New(nil, sparse(edit))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
