package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// sampleRows is how many rows each of the two pages is asked for.
const sampleRows = 20

// listing is a listing under examination.
type listing struct {
	ctx    context.Context //nolint:containedctx // lives no longer than Examine
	client *transport.Client
	src    *rest.Source[model.DynamicRow] // once the pages are read, without the fields that are not as declared
	scan   plan.Scan                      // of all rows, with every field that is returned on request
	size   int
	rows   []model.DynamicRow
	lacks  []string // what no page has so far, though the layout says where
}

// sample is a page as it came, and the request that brought it.
type sample struct {
	request  paginate.Request
	path     string
	response *transport.Response
}

// listing adds the lines of a defined listing. token makes the token's line from the
// outcome of the first request; nil = there is one already.
func (r *Report) listing(ctx context.Context, client *transport.Client, src *rest.Source[model.DynamicRow], token func(error) Line) {
	x := &listing{ctx: ctx, client: client, src: src.Bind(client), size: min(sampleRows, src.Dialect().MaxPageSize())}
	err := x.ofOneParent()
	var first sample
	if err == nil {
		first, err = x.begin()
	}
	var page *paginate.Page[model.DynamicRow]
	key := func(name string) bool { return name == x.src.Dialect().ID() }
	if err == nil {
		page, err = x.decode(key, first)
	}
	r.add(x.pageLine(page, err))
	if token != nil {
		r.add(token(err))
	}
	if err != nil {
		return
	}
	x.lacks = page.Missing
	second, pages := x.follow(key, first, page)
	r.add(x.fieldsLine(first, second))
	r.add(pages)
	if len(x.lacks) > 0 {
		r.add(warnf(LayoutLine, "check the layout: a listing whose next page is not found ends too early", "no page that was read has %s", strings.Join(x.lacks, " or ")))
	}
	if len(x.rows) == 0 {
		return
	}
	r.add(x.operatorsLine(r, token != nil))
	r.add(x.sortLine())
}

// ofOneParent examines the rows of one parent if the listing is read for each.
func (x *listing) ofOneParent() error {
	if x.src.Definition().Parent == nil {
		return nil
	}
	d, err := x.src.Child(x.ctx)
	if err != nil {
		return err
	}
	x.src, err = rest.New(x.client, d)
	return err
}

// operatorsLine tries the operators of every field that the definition says the server
// filters by.
func (x *listing) operatorsLine(r *Report, foreign bool) Line {
	t, err := newTrial(x.ctx, x.src)
	if err != nil {
		return skipf(FiltersLine, "the rows to ask about cannot be read: %v", err)
	}
	r.Findings = t.run()
	l := judgeOperators(r.Findings)
	if l.State == Fail {
		l.Do = advise(x.src.Definition(), r.Findings, foreign)
	}
	l.Facts = map[string]any{"requests": t.requests}
	return l
}

// judgeOperators sums up what a trial found.
func judgeOperators(findings []Finding) Line {
	counts := map[State]int{}
	var failed []string
	for _, f := range findings {
		if counts[f.State]++; f.State == Fail {
			failed = append(failed, f.Name)
		}
	}
	untried := ""
	if n := counts[Skip]; n > 0 {
		untried = fmt.Sprintf("; %d could not be decided", n)
	}
	switch {
	case len(failed) > 0:
		return failf(FiltersLine, "", "%s: not as declared; %d are%s", strings.Join(failed, ", "), counts[OK], untried)
	case counts[OK] == 0:
		return skipf(FiltersLine, "the rows can check none of those declared%s", untried)
	}
	return okf(FiltersLine, "%d as declared%s", counts[OK], untried)
}

// begin requests the first page.
func (x *listing) begin() (sample, error) {
	var asked []string
	for _, f := range x.src.Definition().Fields {
		if f.Returned == model.ReturnedOnRequest {
			asked = append(asked, f.Name)
		}
	}
	planned, err := query.Prepare(x.src, "", query.Select(asked...), query.PageSize(x.size))
	if err != nil {
		return sample{}, err
	}
	x.scan = planned.Scans[0]
	return x.get(paginate.Request{Limit: x.size})
}

// get requests a page as a fetch does, and does not decode it.
func (x *listing) get(r paginate.Request) (sample, error) {
	request, err := x.src.Request(x.scan, r)
	if err != nil {
		return sample{}, err
	}
	response, err := x.client.Do(x.ctx, request)
	return sample{r, request.Path, response}, err
}

// decode reads a page by the definition, with only the fields that are kept.
func (x *listing) decode(keep func(name string) bool, s sample) (*paginate.Page[model.DynamicRow], error) {
	src, err := rest.New(x.client, x.keeping(keep))
	if err != nil {
		return nil, err
	}
	return src.Decode(s.path, s.response, s.request)
}

// keeping returns the definition with the key and only the fields that are kept.
func (x *listing) keeping(keep func(name string) bool) rest.Definition {
	d := x.src.Definition()
	var fields []rest.Field
	for _, f := range d.Fields {
		if f.Name == x.src.Dialect().ID() || keep(f.Name) && (f.Through == "" || keep(f.Through)) {
			fields = append(fields, f)
		}
	}
	d.Fields = fields
	return d
}

// pageLine says whether the first page can be read, with the key of each row.
func (x *listing) pageLine(page *paginate.Page[model.DynamicRow], err error) Line {
	path := cmp.Or(x.src.Definition().Method, http.MethodGet) + " " + x.src.Definition().Path
	decoding := (*model.DecodeError)(nil)
	switch {
	case errors.As(err, &decoding):
		return failf(PageLine, "correct the layout: rows is where a page has its rows, and id what their key is called", "%v", err)
	case errors.Is(err, paginate.ErrProtocol):
		return failf(PageLine, "correct the layout and the paging: has_more and next", "%v", err)
	case errors.Is(err, transport.ErrNotFound):
		return failf(PageLine, "check the base URL and the path of the definition", "%s failed: %v", path, err)
	case errors.Is(err, transport.ErrBadRequest):
		return failf(PageLine, "correct the paging, the params or select: the server rejects the request", "%s failed: %v", path, err)
	case err != nil:
		return failf(PageLine, advice(err), "%s failed: %v", path, err)
	case len(page.Rows) == 0:
		return warnf(PageLine, "try a listing that has rows: nothing more can be checked without them", "%s returns a page without rows", path)
	}
	return okf(PageLine, "%s returns a page of %d rows", path, len(page.Rows))
}

// follow requests the page after the first and says whether it has other rows.
func (x *listing) follow(key func(string) bool, first sample, page *paginate.Page[model.DynamicRow]) (second sample, line Line) {
	paging := x.src.Definition().Paging
	next := paginate.Request{Limit: x.size, Token: page.NextToken}
	walked := x.walked()
	if walked {
		next.From = highest(page.Rows) + 1
	}
	if l, wrong := x.beforeFirst(page); wrong {
		return second, l
	}
	if !page.HasMore {
		if l, wrong := x.pastEnd(first, page); wrong {
			return second, l
		}
	}
	if len(page.Rows) == 0 || !page.HasMore || !walked && next.Token == "" {
		return second, skipf(PagesLine, "there is only one page, of %d rows, so paging cannot be checked", len(page.Rows))
	}
	const wrong = "correct the paging, or rows are lost or repeated"
	second, err := x.get(next)
	if err != nil {
		return sample{}, failf(PagesLine, wrong, "the second page failed: %v", err)
	}
	after, err := x.decode(key, second)
	if err == nil {
		x.lacks = slices.DeleteFunc(x.lacks, func(name string) bool { return !slices.Contains(after.Missing, name) })
	}
	switch double := firstDouble(page.Rows, after); {
	case err != nil:
		return sample{}, failf(PagesLine, wrong, "the second page cannot be read: %v", err)
	case len(after.Rows) == 0:
		return second, skipf(PagesLine, "the second page has no rows, so paging cannot be checked")
	case double != "" && x.countsFromOne(page, after):
		return second, failf(PagesLine, "the server counts rows from 1, and one row of each page is repeated: write origin: 1 in the paging",
			"the second page, of %s=%s, begins with row %s, the last of the first", paging.Skip, next.Token, double)
	case double != "":
		return second, failf(PagesLine, wrong, "the second page has row %s, which is in the first: the server seems to ignore %s", double, x.pageParameter())
	case walked && !ascending(slices.Concat(page.Rows, after.Rows)):
		return second, failf(PagesLine, wrong, "the pages go by %s, but rows are not in that order", x.src.Dialect().ID())
	case len(page.Rows) > first.request.Limit && paging.Limit != "":
		return second, warnf(PagesLine, "correct limit in the paging, or leave it out", "pages are of %d rows, though %d were asked for by %s", len(page.Rows), first.request.Limit, paging.Limit)
	}
	return second, okf(PagesLine, "the second page has other rows than the first")
}

// pageParameter returns the parameter that names a page, in words.
func (x *listing) pageParameter() string {
	p := x.src.Definition().Paging
	for _, name := range []string{p.Token, p.Skip, p.Page, p.From, p.After} {
		if name != "" {
			return "the parameter " + name
		}
	}
	return "what names a page"
}

// firstDouble returns the key of a row that both pages have; "" if there is none.
func firstDouble(rows []model.DynamicRow, page *paginate.Page[model.DynamicRow]) string {
	if page == nil {
		return ""
	}
	seen := map[string]bool{}
	for i := range rows {
		seen[rows[i].Key().String()] = true
	}
	for i := range page.Rows {
		if key := page.Rows[i].Key().String(); seen[key] {
			return key
		}
	}
	return ""
}

func ascending(rows []model.DynamicRow) bool {
	return slices.IsSortedFunc(rows, func(a, b model.DynamicRow) int { return cmp.Compare(a.ID, b.ID) })
}

// fieldsLine reads each field of the pages by itself, so that an error in one hides
// none in another. It keeps the rows without the fields that failed.
func (x *listing) fieldsLine(samples ...sample) Line {
	samples = slices.DeleteFunc(samples, func(s sample) bool { return s.response == nil })
	wrong := map[string]string{}
	for _, f := range x.src.Definition().Fields {
		for _, s := range samples {
			_, err := x.decode(func(name string) bool { return name == f.Name || name == f.Through }, s)
			if decoding, ok := errors.AsType[*model.DecodeError](err); ok && wrong[f.Name] == "" {
				wrong[f.Name] = decoding.Error()
			}
		}
	}
	good := func(name string) bool { return wrong[name] == "" }
	src, err := rest.New(x.client, x.keeping(good))
	for _, s := range samples {
		page, failed := x.decode(good, s)
		if failed != nil {
			err = failed
			break
		}
		x.rows = append(x.rows, page.Rows...)
	}
	if err != nil {
		return failf(FieldsLine, "correct the definition", "%v", err)
	}
	x.src = src
	return x.judgeFields(wrong)
}

func (x *listing) judgeFields(wrong map[string]string) Line {
	var unseen []string
	schema := x.src.Schema()
	for i := range schema.Len() {
		if f := schema.Field(i); !slices.ContainsFunc(x.rows, func(r model.DynamicRow) bool { return !r.Value(i).IsNull() || r.Len(i) > 0 }) {
			unseen = append(unseen, f.Name)
		}
	}
	switch {
	case len(wrong) > 0:
		parts := make([]string, 0, len(wrong))
		for _, name := range slices.Sorted(maps.Keys(wrong)) {
			parts = append(parts, name+": "+wrong[name])
		}
		return failf(FieldsLine, "correct the field's type or path, declare it nullable, or remove it", "%s", strings.Join(parts, "; "))
	case len(x.rows) == 0:
		return skipf(FieldsLine, "there are no rows to check")
	case len(unseen) > 0:
		return warnf(FieldsLine, "check that the names match the server's", "absent or null in all %d rows: %s", len(x.rows), strings.Join(unseen, ", "))
	}
	return okf(FieldsLine, "all %d are as declared, in %d rows", schema.Len(), len(x.rows))
}
