package define

import "strings"

// leaf is a member of a page that is neither an object nor a list.
type leaf struct {
	path string
	value
}

// name is the last part of the path in small letters, without what joins words:
// "nextpagetoken" for "meta.next_page_token".
func (l leaf) name() string { return plain(l.path[strings.LastIndexByte(l.path, '.')+1:]) }

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", "$", "", "@", "", " ", "").Replace(name))
}

// leavesOf returns the leaves of a page outside its rows. An object whose name the paths
// of a layout could not tell from others is left out.
func leavesOf(page value, rows string) (all []leaf) {
	var walk func(path string, v value, depth int)
	walk = func(path string, v value, depth int) {
		for _, m := range v.members {
			switch p := join(path, m.name); {
			case p == rows || m.name == "" || strings.Contains("."+p+".", ".."):
			case m.kind == object && depth < rowsDepth:
				walk(p, m.value, depth+1)
			case m.kind != object && m.kind != list:
				all = append(all, leaf{p, m.value})
			}
		}
	}
	walk("", page, 1)
	return all
}
