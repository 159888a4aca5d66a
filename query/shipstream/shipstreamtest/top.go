package shipstreamtest

import (
	"cmp"
	"fmt"
	"slices"
)

// top returns the first rows of matches in the request's order, at most a page
// of them: an order other than by id has no second page.
func (s *store) top(req *listRequest, matches []*row) []*row {
	if req.kinds == 0 {
		return firstRows(matches, req.w.limit, s.opts.order(req.sort)) // not users, and few
	}
	f := req.filter
	key := fmt.Sprint(req.sort, req.w.limit, req.kinds, req.deleted, f.lo, f.hi, f.listed, f.ids, f.key)
	s.memoMu.Lock()
	page, ok := s.tops[key]
	s.memoMu.Unlock()
	if ok {
		return page
	}
	page = firstRows(matches, req.w.limit, s.opts.order(req.sort))
	s.memoMu.Lock()
	defer s.memoMu.Unlock()
	if len(s.tops) >= maxTops {
		clear(s.tops)
	}
	s.tops[key] = page
	return page
}

// ranked is a row whose attributes are at hand while it is compared.
type ranked struct {
	*row
	*attributes
}

// firstRows returns the n first rows by compare, in order. It holds 2n rows at most
// and sorts them whenever they are full.
func firstRows(rows []*row, n int, compare func(a, b *ranked) int) []*row {
	best := make([]ranked, 0, 2*n)
	sorted := func(a, b ranked) int { return compare(&a, &b) }
	var bound *ranked // the n-th best so far
	for _, r := range rows {
		next := ranked{r, r.attrs()}
		if bound != nil && compare(&next, bound) >= 0 {
			continue
		}
		best = append(best, next)
		if len(best) == 2*n {
			slices.SortFunc(best, sorted)
			best = best[:n]
			last := best[n-1]
			bound = &last
		}
	}
	slices.SortFunc(best, sorted)
	out := make([]*row, min(n, len(best)))
	for i := range out {
		out[i] = best[i].row
	}
	return out
}

// order returns the comparison of rows by the keys, nulls first. Rows that the
// keys do not tell apart come in an order that looks random, so that no client
// comes to rely on one: MySQL promises none.
func (o *Options) order(keys []sortKey) func(a, b *ranked) int {
	by := make([]func(a, b *ranked) int, len(keys))
	for i, k := range keys {
		compare := o.orderBy(k.field)
		if k.desc {
			by[i] = func(a, b *ranked) int { return compare(b, a) }
		} else {
			by[i] = compare
		}
	}
	return func(a, b *ranked) int {
		for _, compare := range by {
			if c := compare(a, b); c != 0 {
				return c
			}
		}
		if ha, hb := o.scatter(a.id), o.scatter(b.id); ha < hb {
			return -1
		} else if ha > hb {
			return 1
		}
		return 0
	}
}

func (o *Options) orderBy(name string) func(a, b *ranked) int {
	switch name {
	case "username":
		return func(a, b *ranked) int { return o.compareStrings(a.username, b.username) }
	case "email":
		return func(a, b *ranked) int { return o.compareStrings(a.email, b.email) }
	case "name":
		return func(a, b *ranked) int { return o.compareStrings(a.name, b.name) }
	case "created_at":
		return func(a, b *ranked) int { return cmp.Compare(a.created, b.created) }
	case "last_login_at":
		return func(a, b *ranked) int { return cmp.Compare(a.lastLogin, b.lastLogin) }
	}
	return func(a, b *ranked) int { return cmp.Compare(a.id, b.id) }
}

// scatter returns a number for id that looks random.
func (o *Options) scatter(id int64) uint64 {
	n := uint64(id) ^ o.Seed //nolint:gosec // bits, not a number
	n += 0x9E3779B97F4A7C15
	n = (n ^ n>>30) * 0xBF58476D1CE4E5B9
	n = (n ^ n>>27) * 0x94D049BB133111EB
	return n ^ n>>31
}
