package yaml_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

const (
	groups  = "resource: groups\npath: /groups\nlayout: {rows: groups, id: nr}\npaging: {style: link}\nfields: [{name: nr, type: int}]\n"
	members = "resource: members\npath: /groups/{group}/members\nlayout: {rows: members}\npaging: {style: link}\nfields: [{name: id, type: int}]\n"
)

func ExampleReadFS() {
	files := fstest.MapFS{
		"shop/members.yaml": {Data: []byte(members + "parent: {definition: groups.yaml, field: nr}\n")},
		"shop/groups.yaml":  {Data: []byte(groups)},
	}
	d, err := yaml.ReadFS(files, "shop/members.yaml")
	fmt.Println(d.Path, "for each row of", d.Parent.Definition.Path, err)
	// Output: /groups/{group}/members for each row of /groups <nil>
}

// TestParentRoundTrip: a parent in a file, or in the definition, is read, written in the
// definition and read back.
func TestParentRoundTrip(t *testing.T) {
	dir := t.TempDir()
	inline := "parent:\n  definition:\n    " + strings.ReplaceAll(strings.TrimSpace(groups), "\n", "\n    ") + "\n"
	for text, want := range map[string]rest.Parent{
		members + "parent: {definition: groups.yaml}\n":                                                                     {},
		members + "parent: {definition: sub/../groups.yaml, field: nr, variable: group, as: club, key: pair, gone: skip}\n": {Field: "nr", Variable: "group", As: "club", Key: "pair", SkipGone: true},
		members + inline + "  key: id\n":                                                                                    {Key: "id"},
	} {
		for name, text := range map[string]string{"members.yaml": text, "groups.yaml": groups} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		d, err := yaml.ReadFile(filepath.Join(dir, "members.yaml"))
		if err != nil || d.Parent.Definition.Name != "groups" {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, d := range []rest.Definition{d, filled(t, d)} {
			written, err := yaml.Write(d)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			back, err := yaml.Read(written)
			if err != nil || !reflect.DeepEqual(filled(t, d), filled(t, back)) {
				t.Errorf("%v\n%+v, want\n%+v\n%s", err, back, d, written)
			}
		}
		want.Definition = d.Parent.Definition
		if !reflect.DeepEqual(*d.Parent, want) {
			t.Errorf("%+v, want %+v", *d.Parent, want)
		}
	}
}

// filled returns a definition with its defaults.
func filled(t *testing.T, d rest.Definition) rest.Definition {
	t.Helper()
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	return src.Definition()
}

// TestParentFaults: each fault of a parent has its file, its line and its column.
func TestParentFaults(t *testing.T) {
	for _, test := range []struct{ parent, groups, want string }{
		{"{definition: nowhere.yaml}", groups, "members.yaml: line 6, column 22: the definition of the parent: "},
		{"{definition: groups.yaml}", "resource: groups\npath: x\n", `groups.yaml: line 2, column 7: its path "x" does not begin with /`},
		{"{definition: groups.yaml}", "resource: [\n", "groups.yaml: line 1, column 12: "},
		{"{definition: groups.yaml}", "resource: groups\npth: /x\n", `groups.yaml: line 2, column 1: a resource has no member "pth"`},
		{"{definition: groups.yaml}", groups + "parent: {definition: members.yaml}\n", "groups.yaml: line 6, column 9: groups.yaml has a parent itself"},
		{"{definition: members.yaml}", groups, "members.yaml: line 6, column 9: members.yaml has a parent itself"},
		{"{field: nr}", groups, "members.yaml: line 6, column 9: a parent has a definition: the name of a file, or the definition itself"},
		{"groups.yaml", groups, "members.yaml: line 6, column 9: a parent must be a mapping"},
		{"{definition: groups.yaml, file: x}", groups, `members.yaml: line 6, column 35: a parent has no member "file"; there are as, definition, field, gone, key, variable`},
		{"{definition: groups.yaml, field: name}", groups, `members.yaml: line 6, column 42: the rows of groups have no field "name"`},
		{"{definition: groups.yaml, variable: org}", groups, "has no variable org that a parent could fill"},
		{"{definition: groups.yaml, as: id}", groups, "members.yaml: line 6, column 39: id is the key of rows"},
		{"{definition: groups.yaml, gone: never}", groups, `members.yaml: line 6, column 41: skip or error is wanted here, not "never"`},
		{"{definition: [a]}", groups, "members.yaml: line 6, column 22: a text is wanted here"},
		{"{definition: {resource: groups, path: /g, pathing: {}}}", groups, `members.yaml: line 6, column 51: a resource has no member "pathing"`},
		{"{definition: {resource: groups, path: g, paging: {style: link}, fields: [{name: id, type: int}]}}", groups, `members.yaml: line 6, column 47: its path "g" does not begin with /`},
	} {
		files := fstest.MapFS{"members.yaml": {Data: []byte(members + "parent: " + test.parent + "\n")}, "groups.yaml": {Data: []byte(test.groups)}}
		if _, err := yaml.ReadFS(files, "members.yaml"); err == nil || !strings.Contains(err.Error(), test.want) || !errors.Is(err, yaml.ErrInvalid) {
			t.Errorf("%s: got %v, want %s", test.parent, err, test.want)
		}
	}
	if _, err := yaml.Read([]byte(members + "parent: {definition: groups.yaml}\n")); err == nil || !strings.Contains(err.Error(), "line 6, column 22: this text came from no file that \"groups.yaml\" could stand beside") {
		t.Errorf("got %v", err)
	}
}
