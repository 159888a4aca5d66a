package rest_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query/rest"
)

// TestParentSegments: every character of a parent's key stands in the one segment of the path, in
// links too. A key that would lead elsewhere is an error that names the parent.
func TestParentSegments(t *testing.T) {
	t.Parallel()
	keys := []string{"a?b", "a#b", `a\b`, "{id}", "a%2Fb", "100%", "%3F", "%25", "a%b?c", "a b", `C:\..x`}
	for _, style := range []rest.Style{rest.Token, rest.Link} {
		c := &clubs{page: 2, members: map[string][]int{}}
		var want []string
		for _, key := range keys {
			c.groups, c.members[key] = append(c.groups, key), []int{1, 2, 3}
			want = append(want, key+" 1", key+" 2", key+" 3")
		}
		d := members(style, func(d *rest.Definition) { d.Paging.Max = c.page })
		got, err := read(t, c.at(t, d), "")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", style, err, diff)
		}
		if got, err := read(t, c.at(t, d), "group = 'a?b'"); len(got) != 3 || err != nil {
			t.Errorf("%s: %v, %v", style, got, err)
		}
		child, err := c.at(t, d).Child(t.Context())
		if err != nil || child.Path != "/groups/a%3Fb/members" {
			t.Fatalf("%+v, %v", child, err)
		}
		if _, err := rest.New(nil, child); err != nil {
			t.Error(err)
		}
	}
	for _, key := range []string{".", "..", "a/../b", `a\..\b`, "a%2F..%2Fb", "a\nb"} {
		c := &clubs{page: 2, groups: []string{key}, members: map[string][]int{key: {1}}}
		var of *rest.ParentError
		var wrong *rest.VariableError
		_, err := read(t, c.at(t, members(rest.Token, nil)), "")
		if !errors.As(err, &of) || of.Value != key || !errors.As(err, &wrong) || wrong.Parent != "groups" {
			t.Errorf("%q: %v", key, err)
		}
	}
}
