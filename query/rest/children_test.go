package rest_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
)

// TestParentKeys: rows whose own key is unique need no other, and rows of all parents are
// sorted and limited like others.
func TestParentKeys(t *testing.T) {
	t.Parallel()
	c, _ := newClubs()
	var want []string
	for g, group := range c.groups {
		for i := range c.members[group] {
			c.members[group][i] += 100 * (17 - g)
			want = append(want, group+" "+strconv.Itoa(c.members[group][i]))
		}
	}
	d := members(rest.Token, func(d *rest.Definition) { d.Parent.Key = "id" })
	slices.SortFunc(want, func(a, b string) int { // by the member
		number := func(row string) int { n, _ := strconv.Atoi(row[strings.LastIndexByte(row, ' ')+1:]); return n }
		return number(a) - number(b)
	})
	for filter, rows := range map[string][]string{"": want, "id > 1200": nil} {
		src := c.at(t, d)
		run, err := query.Run(t.Context(), src, filter, query.OrderBy("id"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for row, err := range run.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, memberRows(t, src, []model.DynamicRow{row})...)
		}
		if filter != "" {
			rows = slices.DeleteFunc(slices.Clone(want), func(row string) bool {
				n, _ := strconv.Atoi(row[strings.LastIndexByte(row, ' ')+1:])
				return n <= 1200
			})
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("%q: %s", filter, diff)
		}
	}
	src := c.at(t, members(rest.Token, nil))
	run, err := query.Run(t.Context(), src, "", query.OrderBy("-group"), query.Limit(2))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row, err := range run.All() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, memberRows(t, src, []model.DynamicRow{row})...)
	}
	if len(got) != 2 || !strings.HasPrefix(got[0], "ü+d10 ") {
		t.Errorf("the last group's are %q", got)
	}
}

// TestChildrenConform: rows of several parents, and of a window, keep a source's contract.
func TestChildrenConform(t *testing.T) {
	t.Parallel()
	c, _ := newClubs()
	if err := querytest.TestSource(t.Context(), c.at(t, members(rest.Token, nil))); err != nil {
		t.Error(err)
	}
	for _, sorts := range []bool{false, true} {
		s := &windowServer{keys: spreads()["lumps"], window: 25}
		src, _ := served(t, windowed(rest.Offset, sorts), s.answer)
		if err := querytest.TestSource(t.Context(), src); err != nil {
			t.Errorf("in a window, sorts %v: %v", sorts, err)
		}
	}
}
