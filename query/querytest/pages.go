package querytest

import (
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
)

// pages reads all rows again in pages of several sizes and in both directions.
func (s *suite[T, K]) pages() {
	most := s.src.Dialect().MaxPageSize()
	for _, size := range []int{1, 7, most} {
		if size == 1 && len(s.ids) > 50 || size > most {
			continue // a request a row
		}
		ids, rows, err := s.run("", query.PageSize(size))
		if err != nil {
			s.faultf("pages of %d rows: %w", size, err)
			continue
		}
		if slices.Sort(ids); !slices.Equal(ids, s.ids) {
			s.faultf("exactly once: by pages of %d rows %s", size, difference(ids, s.ids))
		}
		if size == most {
			s.basic(rows)
		}
	}
	key, _ := s.src.Schema().Lookup(s.src.Dialect().ID())
	for _, order := range []plan.OrderKey{{Field: key}, {Field: key, Descending: true}} {
		want := s.sorted([]plan.OrderKey{order})
		switch ids, _, err := s.run("", query.OrderBy(order.String()), query.PageSize(min(7, most))); {
		case err != nil:
			s.faultf("order: by %v: %w", order, err)
		case !slices.Equal(ids, want):
			s.faultf("order: by %v the rows are not in that order, or not all: %s", order, difference(ids, want))
		}
	}
	s.windows()
	s.pageCount()
}

// basic tests that rows have the fields that are always returned without a request for
// them.
func (s *suite[T, K]) basic(rows []T) {
	for _, f := range s.fields() {
		if f.Returned != model.ReturnedAlways {
			continue
		}
		for i := range rows {
			id := s.id(&rows[i])
			if want := s.rows[id]; want != nil && !slices.Equal(knownanswer.Of(s.src.Record(&rows[i]), f), knownanswer.Of(want, f)) {
				s.faultf("%s is declared as always returned, and row %#v has %v where it is not asked for, and %v where it is", f.Name, id, knownanswer.Of(s.src.Record(&rows[i]), f), knownanswer.Of(want, f))
				break
			}
		}
	}
}

// windows requests pages of parts of the ids, as concurrent workers do.
func (s *suite[T, K]) windows() {
	paging := s.src.Capabilities().Paging
	if paging != plan.PagingKeyset && paging != plan.PagingForward {
		return
	}
	ids := make([]int64, len(s.all)) // integers, because they order pages
	for i := range s.all {
		ids[i] = s.src.ID(&s.all[i])
	}
	slices.Sort(ids)
	fetch := s.src.Fetch(s.plan.Scans[0])
	lo, hi := ids[len(ids)/4], ids[len(ids)*3/4]+1
	for _, r := range []paginate.Request{{From: lo, Until: hi, Limit: 5}, {Descending: true, From: hi - 1, Until: lo, Limit: 5}} {
		if r.Descending && paging != plan.PagingKeyset {
			continue
		}
		var want []int64
		for _, id := range ids {
			if lo <= id && id < hi {
				want = append(want, id)
			}
		}
		if r.Descending {
			slices.Reverse(want)
		}
		more := len(want) > 5
		want = want[:min(5, len(want))]
		page, err := fetch(s.ctx, r)
		if err != nil {
			s.faultf("windows: %v: %w", r, err)
			continue
		}
		got := make([]int64, len(page.Rows))
		for i := range page.Rows {
			got[i] = s.src.ID(&page.Rows[i])
		}
		if short := len(got) < len(want) && page.HasMore; !slices.Equal(got, want) && !short {
			s.faultf("windows: a page of %v holds %v, want %v", r, got, want)
		}
		if more && !page.HasMore {
			s.faultf("windows: a page of %v says that nothing follows, and rows do", r)
		}
	}
}

// pageCount tests that a count that comes with a page is that of the scan's rows.
func (s *suite[T, K]) pageCount() {
	page, err := s.src.Fetch(s.plan.Scans[0])(s.ctx, paginate.Request{Limit: 1, Count: true})
	switch {
	case err != nil:
		s.faultf("a page with a count: %w", err)
	case page.Count >= 0 && page.Count != int64(len(s.ids)):
		s.faultf("count: a page that was asked for the count of all rows says %d, and there are %d; -1 says that it is not known", page.Count, len(s.ids))
	}
}
