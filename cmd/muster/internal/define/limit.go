package define

import (
	"slices"
	"strconv"
	"strings"
)

// limitNames are the parameters for the rows of a page, the most common first.
func limitNames() []string {
	return []string{"limit", "per_page", "page_size", "pageSize", "size", "count", "maxResults", "page[size]", "perPage", "first", "take", "$top"}
}

// largePages are the sizes of pages that are tried, and rest's default among them.
func largePages() []int { return []int{1000, 100} }

// guessLimit finds the parameter whose number changes the number of rows.
func guessLimit(g *guess) error {
	n := len(g.base.keys)
	if n < 2 {
		g.unknownf("paging.limit", "the first answer has too few rows to try page sizes; look for the parameter that sets the size")
		return nil
	}
	g.size = max(1, min(5, (n-1)/2))
	for _, name := range g.likely(limitNames()) {
		switch small, err := g.look(with(g.params, name, strconv.Itoa(g.size))); {
		case g.isFatal(err):
			return err
		case err != nil || len(small.keys) != g.size:
			continue
		case g.base.namesNext() && !small.namesNext():
			continue // it limits the whole listing
		default:
			g.Paging.Limit, g.small = name, small
			g.becausef("paging.limit", "%s=%d brought %d rows in place of %d", name, g.size, g.size, n)
			return guessMax(g)
		}
	}
	g.size = n
	g.unknownf("paging.limit", "no parameter changed the number of rows: tried %s; look for the one that sets the size of pages", strings.Join(limitNames(), ", "))
	return nil
}

// guessMax finds the largest page that the server gives. Its rows are more to go by, too.
func guessMax(g *guess) error {
	best := len(g.base.keys)
	for _, size := range largePages() {
		v, err := g.look(with(g.params, g.Paging.Limit, strconv.Itoa(size)))
		if g.isFatal(err) {
			return err
		}
		if err != nil || len(v.keys) == 0 {
			g.Paging.Max = max(best, 1)
			g.becausef("paging.max", "the server refuses %s=%d", g.Paging.Limit, size)
			continue
		}
		if len(v.keys) > len(g.truth) {
			g.truth = v.keys
		}
		best = max(best, len(v.keys))
		if len(v.keys) == size || !v.namesNext() {
			if g.Paging.Max = size; size == largePages()[0] {
				g.Paging.Max = 0 // the default
			}
			return nil
		}
		g.Paging.Max = best
		g.becausef("paging.max", "the server gives no more, also for %s=%d", g.Paging.Limit, size)
	}
	return nil
}

// likely returns names in the order in which they are tried: those of the URL that the
// user gave, then those that the server names, in a link or as a member, then the rest.
func (g *guess) likely(names []string) []string {
	hinted := g.base.hints()
	rank := func(name string) int {
		switch {
		case slices.Contains(g.asked, name):
			return 0
		case slices.Contains(hinted, name):
			return 1
		}
		return 2
	}
	out := slices.Clone(names)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}
