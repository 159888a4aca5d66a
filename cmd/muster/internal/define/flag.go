package define

import (
	"slices"

	"github.com/muster-go/muster/query/rest"
)

// moreNames are flags that are true while another page follows, as [plain] has them.
func moreNames() []string {
	return []string{"hasmore", "more", "hasnext", "hasnextpage", "moreavailable", "morepages", "hasmoreitems", "moredata", "istruncated", "truncated", "hasmoreresults"}
}

// doneNames are flags that are true on the last page.
func doneNames() []string {
	return []string{"done", "islast", "islastpage", "last", "lastpage", "end", "finished", "complete", "isdone", "endoflist"}
}

// findFlag returns the member that says whether another page follows, and what it says.
func findFlag(page value, rows string) (path string, more, ok bool) {
	for _, l := range leavesOf(page, rows) {
		if l.kind != boolean {
			continue
		}
		is := l.text == "true"
		switch {
		case slices.Contains(moreNames(), l.name()):
			return l.path, is, true
		case slices.Contains(doneNames(), l.name()):
			return l.path, !is, true
		}
	}
	return "", false, false
}

// guessFlag declares a flag that says on the first page that there is a second, if the
// engine then still pages.
func guessFlag(g *guess) error {
	path, more, ok := findFlag(g.small.page, g.Layout.Rows)
	if !ok || g.Layout.Rows == "" || g.notes["paging.style"] == "" {
		return nil
	}
	if !more {
		g.unknownf("layout.has_more", "%s says on the first page that it is the last, and there is a second", shown(path))
		return nil
	}
	is := leaf{path: path}
	part := "layout.has_more"
	edit := func(d *rest.Definition) { d.Layout.HasMore = path }
	if slices.Contains(doneNames(), is.name()) {
		part, edit = "layout.done", func(d *rest.Definition) { d.Layout.Done = path }
	}
	err := g.try(edit)
	ok, fatal := g.verdict(err)
	if ok {
		g.acceptf(edit, part, "it says on the first page that there is a second")
	}
	return fatal
}
