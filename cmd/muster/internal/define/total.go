package define

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// totalNames are members that hold the number of rows on all pages, as [plain] has them.
func totalNames() []string {
	return []string{
		"total", "totalcount", "totalresults", "totalrecords", "totalitems", "totalelements", "totalrows", "totalsize", "totalhits", "recordstotal", "numfound",
		"count", "odata.count", "xtotal", "found", "size", "value",
	}
}

// totalHeaders are headers that hold it.
func totalHeaders() []string {
	return []string{"X-Total-Count", "X-Total", "Total-Count", "X-Pagination-Total-Count", "X-Total-Results", "X-Wp-Total", "Content-Range"}
}

// guessTotal finds the total: a number that is the same on pages of different sizes, and
// not less than the rows that were seen.
func guessTotal(g *guess) error {
	fits := func(of func(v *view) int64) bool {
		a, b := of(g.base), of(g.small)
		several := len(g.small.keys) < len(g.base.keys) || g.notes["paging.style"] != "" && a > int64(len(g.base.keys))
		return a == b && a >= int64(len(g.had)) && several
	}
	if g.Layout.Rows != "" {
		leaves := leavesOf(g.base.page, g.Layout.Rows)
		slices.SortStableFunc(leaves, func(a, b leaf) int { return totalRank(a) - totalRank(b) })
		for _, l := range leaves {
			if totalRank(l) < len(totalNames()) && fits(func(v *view) int64 { return memberTotal(v.page, l.path) }) {
				g.Layout.Total = l.path
				g.becausef("layout.total", "the same number on pages of %d and %d rows", len(g.base.keys), len(g.small.keys))
				return nil
			}
		}
	}
	for _, name := range totalHeaders() {
		if fits(func(v *view) int64 { return headerTotal(v.Header.Get(name)) }) {
			g.Answer.TotalHeader = name
			g.becausef("layout.total", "the same number on pages of %d and %d rows", len(g.base.keys), len(g.small.keys))
			return nil
		}
	}
	g.unknownf("layout.total", "neither a member nor a header has the number of all rows; without it muster counts by reading")
	return nil
}

func totalRank(l leaf) int {
	if i := slices.Index(totalNames(), l.name()); i >= 0 && l.kind == number && (l.name() != "value" || strings.HasSuffix(plain(l.path), "total.value")) {
		return i
	}
	return len(totalNames())
}

func memberTotal(page value, path string) int64 {
	v, ok := page.at(path)
	if !ok || v.kind != number {
		return -1
	}
	return count(v.text)
}

func headerTotal(text string) int64 {
	return count(strings.TrimSpace(text[strings.LastIndexByte(text, '/')+1:]))
}

func count(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// guessFields drafts the fields from all rows that were seen.
func guessFields(g *guess) error {
	switch typ, reason := judgeKey(g.key.path, g.sample); {
	case reason != "":
		g.unknownf("layout.id", "%s %s on a later page", shown(g.key.path), reason)
	case typ != g.key.typ:
		g.unknownf("layout.id", "%s is of another type on a later page", shown(g.key.path))
	case keyRank(g.key.path, g.Name) < notKey && len(g.sample) > 1:
		g.key.reason = fmt.Sprintf("it differs in all %d rows", len(g.sample))
	}
	all, left := fields(g.sample, g.key)
	g.Fields = nil
	for i, f := range all {
		g.Fields = append(g.Fields, f.Field)
		g.becausef("fields."+strconv.Itoa(i)+".type", "%s", f.reason)
	}
	g.becausef("layout.id", "%s", g.key.reason)
	if slices.ContainsFunc(all, func(f drafted) bool { return f.Type == model.TypeString }) {
		g.becausef("fields", "texts are compared byte by byte here; say collation: ci where case and accents make no difference")
	}
	if len(left) > 0 {
		g.unknownf("fields", "left out, for their names cannot be used or there are too many: %s", strings.Join(left[:min(len(left), 5)], ", "))
	}
	return nil
}
