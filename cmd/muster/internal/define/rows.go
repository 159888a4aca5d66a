package define

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// rowsDepth is how many members lead to the rows of a page at most.
const rowsDepth = 3

// listing is a list of objects in a page: the rows, or what could be them.
type listing struct {
	path string // "" = the page is the list
	rows []value
}

// rowsNames are what servers call the rows, for lists that are as long as one another.
func rowsNames() []string {
	return []string{"data", "items", "results", "rows", "records", "value", "values", "entries", "elements", "resources", "hits", "content", "list"}
}

// findRows returns the longest list of objects in a page, and the others.
func findRows(page value, resource string) (rows listing, others []listing, err error) {
	var s search
	s.look("", page, 0)
	switch {
	case len(s.found) > 0:
	case s.scalars != "":
		return rows, nil, fmt.Errorf("the rows in %s are not objects; a definition reads rows that are objects with a key", s.scalars)
	case s.empty != "":
		return rows, nil, fmt.Errorf("the listing is empty: %s has no rows; draft from a listing that has some", s.empty)
	case s.keyed != "":
		return rows, nil, fmt.Errorf("%s has objects by name and no list of objects; a definition reads a list", s.keyed)
	case page.kind == object:
		return rows, nil, fmt.Errorf("the answer is one object without a list of objects; its members are %s; give the URL of a listing", names(page))
	default:
		return rows, nil, errors.New("the answer is a single value; give the URL of a listing, whose answer has a list of objects")
	}
	slices.SortStableFunc(s.found, func(a, b listing) int {
		if len(a.rows) != len(b.rows) {
			return len(b.rows) - len(a.rows)
		}
		return rowsRank(a.path, resource) - rowsRank(b.path, resource)
	})
	return s.found[0], s.found[1:], nil
}

// rowsRank says how sure the name of a path is that of rows: the less, the surer.
func rowsRank(path, resource string) int {
	name := path[strings.LastIndexByte(path, '.')+1:]
	if strings.EqualFold(name, resource) || path == "" {
		return -1
	}
	if i := slices.IndexFunc(rowsNames(), func(known string) bool { return strings.EqualFold(known, name) }); i >= 0 {
		return i
	}
	return len(rowsNames())
}

// search collects what a page has.
type search struct {
	found                 []listing
	scalars, empty, keyed string // the first place of each, in words; "" = there is none
}

func (s *search) look(path string, v value, depth int) {
	where := "the member " + shown(path)
	if path == "" {
		where = "the answer"
	}
	note := func(place *string) {
		if *place == "" {
			*place = where
		}
	}
	switch v.kind {
	case list:
		objects := !slices.ContainsFunc(v.items, func(i value) bool { return i.kind != object })
		switch {
		case len(v.items) == 0:
			note(&s.empty)
		case objects:
			s.found = append(s.found, listing{path, v.items})
		default:
			note(&s.scalars)
		}
	case object:
		if len(v.members) > 1 && !slices.ContainsFunc(v.members, func(m member) bool { return m.kind != object }) {
			note(&s.keyed)
		}
		if depth == rowsDepth {
			return
		}
		for _, m := range v.members {
			s.look(join(path, m.name), m.value, depth+1)
		}
	case null, boolean, number, text:
	}
}

// join returns the path of a member.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// at returns the value at a path whose parts may have dots; false if it leads nowhere.
func (v value) at(path string) (value, bool) {
	if path == "" {
		return v, true
	}
	for _, m := range v.members {
		if m.name == path {
			return m.value, true
		}
		if rest, within := strings.CutPrefix(path, m.name+"."); within {
			if found, ok := m.at(rest); ok {
				return found, true
			}
		}
	}
	return value{}, false
}

// names lists the first members of an object.
func names(v value) string {
	const most = 10
	var all []string
	for _, m := range v.members[:min(len(v.members), most)] {
		all = append(all, shown(m.name))
	}
	if len(v.members) > most {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}
