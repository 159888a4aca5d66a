package querytest

import "slices"

// condition is a filter and the ids of the rows for which it is true, ascending.
type condition[K int64 | string] struct {
	text string
	ids  []K
}

// mostTogether is how many conditions are joined with others.
const mostTogether = 150

// together joins conditions, spread over all, with others by either conjunction:
// verdicts that rest on the set are tried too. Some of the others are a few places
// on, and so about the same field; some are far away.
func together[K int64 | string](singles []condition[K]) []condition[K] {
	step := 1 + len(singles)/mostTogether
	var out []condition[K]
	for i := 0; i < len(singles); i += step {
		c, away := singles[i], 7
		if i/step%2 == 1 {
			away += len(singles) / 3
		}
		other := singles[(i+away)%len(singles)]
		union := slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.ids, other.ids))))
		out = append(out, c.and(other), condition[K]{c.text + " or " + other.text, union})
		if i/step%3 == 0 {
			if three, ok := narrowed(singles, i); ok {
				out = append(out, three)
			}
		}
	}
	return out
}

// narrowed joins a condition with two others, each of which withholds some rows of
// those before it and not all, so that neither can be dropped unseen.
func narrowed[K int64 | string](singles []condition[K], i int) (c condition[K], ok bool) {
	c, found := singles[i], 0
	for k := range singles {
		next := c.and(singles[(i+len(singles)/3+k)%len(singles)])
		if n := len(next.ids); n == 0 || n == len(c.ids) {
			continue
		}
		if c, found = next, found+1; found == 2 {
			return c, true
		}
	}
	return c, false
}

func (c condition[K]) and(other condition[K]) condition[K] {
	var ids []K
	for _, id := range c.ids {
		if _, in := slices.BinarySearch(other.ids, id); in {
			ids = append(ids, id)
		}
	}
	return condition[K]{c.text + " and " + other.text, ids}
}
