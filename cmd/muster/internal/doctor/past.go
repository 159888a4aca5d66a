package doctor

import (
	"fmt"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/rest"
)

// inverted is what an inverted flag does.
const inverted = "every run ends after the first page: "

// otherwise asks for a page by the definition with something changed. It returns nil if the
// changed definition is invalid, or if the server does not answer with a page.
func (x *listing) otherwise(change func(*rest.Definition), ask func(src *rest.Source[model.DynamicRow]) (sample, bool)) *paginate.Page[model.DynamicRow] {
	d := x.keeping(func(string) bool { return false })
	change(&d)
	src, err := rest.New(x.client, d)
	if err != nil {
		return nil
	}
	s, ok := ask(src)
	if !ok {
		return nil
	}
	page, err := src.Decode(s.path, s.response, s.request)
	if err != nil {
		return nil
	}
	return page
}

// answered asks a changed source for a page.
func (x *listing) answered(r paginate.Request) func(src *rest.Source[model.DynamicRow]) (sample, bool) {
	return func(src *rest.Source[model.DynamicRow]) (sample, bool) {
		request, err := src.Request(x.scan, r)
		if err != nil {
			return sample{}, false
		}
		response, err := x.client.Do(x.ctx, request)
		return sample{r, request.Path, response}, err == nil
	}
}

// pastEnd looks behind a page that says that none follows: a flag that means the opposite
// ends every run early. It reports false if nothing is there.
func (x *listing) pastEnd(first sample, page *paginate.Page[model.DynamicRow]) (l Line, ok bool) {
	layout := x.src.Definition().Layout
	flag := layout.HasMore + layout.Done
	if flag == "" || len(page.Rows) == 0 {
		return l, false
	}
	next := paginate.Request{Limit: x.size}
	without := func(d *rest.Definition) { d.Layout.HasMore, d.Layout.Done = "", "" }
	if x.walked() {
		without = func(*rest.Definition) {}
		next.From = highest(page.Rows) + 1
	} else {
		again := x.otherwise(without, func(*rest.Source[model.DynamicRow]) (sample, bool) { return first, true })
		if again == nil || again.NextToken == "" {
			return l, false
		}
		next.Token = again.NextToken
	}
	behind := x.otherwise(without, x.answered(next))
	if behind == nil || len(behind.Rows) == 0 || firstDouble(page.Rows, behind) != "" {
		return l, false
	}
	said, instead := "false", "layout.done: "+flag+" in place of has_more"
	if layout.Done != "" {
		said, instead = "true", "layout.has_more: "+flag+" in place of done"
	}
	return failf(PagesLine, inverted+"write "+instead+", if the flag means the opposite, or leave it out",
		"the first page says %s: %s, as if it were the last, and behind it is another with row %s", flag, said, behind.Rows[0].Key()), true
}

// beforeFirst looks before the page that the definition takes for the first: a server that
// counts rows or pages from 0 has more there. It reports false if nothing is.
func (x *listing) beforeFirst(page *paginate.Page[model.DynamicRow]) (l Line, ok bool) {
	p := x.src.Definition().Paging
	var change func(*rest.Definition)
	var what, write string
	switch {
	case len(page.Rows) == 0:
		return l, false
	case p.Style == rest.Offset && p.Origin > 0:
		change = func(d *rest.Definition) { d.Paging.Origin = 0 }
		what, write = fmt.Sprintf("with %s=%d the listing begins with row %s, and without it with row", p.Skip, p.Origin, page.Rows[0].Key()), "leave origin out of the paging"
	case p.Style == rest.Page && !p.FromZero:
		change = func(d *rest.Definition) { d.Paging.FromZero = true }
		what, write = fmt.Sprintf("page %s=1 begins with row %s, and page 0 with row", p.Page, page.Rows[0].Key()), "write from_zero: true in the paging"
	default:
		return l, false
	}
	zero := x.otherwise(change, x.answered(paginate.Request{Limit: x.size}))
	if zero == nil || len(zero.Rows) == 0 || p.Style == rest.Page && firstDouble(page.Rows, zero) != "" {
		return l, false
	}
	key := zero.Rows[0].Key().String()
	if slices.ContainsFunc(page.Rows, func(r model.DynamicRow) bool { return r.Key().String() == key }) {
		return l, false
	}
	return failf(PagesLine, "the server counts from 0, and the first rows are lost: "+write, "%s %s", what, key), true
}

// countsFromOne reports whether the second page begins with the last row of the first, as
// that of a server which counts rows from 1 does if it is asked as one that skips them.
func (x *listing) countsFromOne(page, after *paginate.Page[model.DynamicRow]) bool {
	p := x.src.Definition().Paging
	return p.Style == rest.Offset && p.Origin == 0 && len(after.Rows) > 1 &&
		after.Rows[0].Key() == page.Rows[len(page.Rows)-1].Key() && firstDouble(page.Rows, &paginate.Page[model.DynamicRow]{Rows: after.Rows[1:]}) == ""
}

// walked reports whether pages go by ranges of ids.
func (x *listing) walked() bool {
	style := x.src.Definition().Paging.Style
	return style == rest.Keyset || style == rest.Forward
}

func highest(rows []model.DynamicRow) (id int64) {
	for i := range rows {
		id = max(id, rows[i].ID)
	}
	return id
}
