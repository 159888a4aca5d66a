package define

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/muster-go/muster/query/rest"
)

// paging finds the parameters that page, and returns the others.
func (d *document) paging(params []*openapi3.Parameter, leaves []docLeaf, response *openapi3.Response) (left []*openapi3.Parameter) {
	named := func(names ...string) *openapi3.Parameter {
		for _, name := range names {
			if i := slices.IndexFunc(params, func(p *openapi3.Parameter) bool { return p.Name == name }); i >= 0 {
				return params[i]
			}
		}
		return nil
	}
	var used []*openapi3.Parameter
	limit := named(limitNames()...)
	if limit == nil {
		limit = described(params, "page size", "per page", "items to return", "results to return", "number of results", "number of items")
	}
	if limit != nil {
		used = append(used, limit)
		d.Paging.Limit = limit.Name
		d.becausef("paging.limit", "%s", reasonOf(limit))
		if s := limit.Schema; s != nil && s.Value != nil && s.Value.Max != nil && *s.Value.Max >= 1 && *s.Value.Max < 1000 {
			d.Paging.Max = int(*s.Value.Max)
			d.becausef("paging.max", "the maximum of %s", shown(limit.Name))
		}
	} else {
		d.unknownf("paging.limit", "no parameter has the name or the description of a page's size")
	}
	for _, style := range []func() *openapi3.Parameter{
		func() *openapi3.Parameter { return d.byToken(named, leaves, response) },
		func() *openapi3.Parameter { return d.byNumber(named, limit) },
		func() *openapi3.Parameter { return d.byKey(named) },
	} {
		if d.Paging.Style != "" {
			break
		}
		if p := style(); p != nil {
			used = append(used, p)
		}
	}
	if d.Paging.Style == "" {
		d.Paging.Style = rest.Link
		d.unknownf("paging.style", "no parameter pages, and the response names no next page; link reads what one answer has")
	}
	return slices.DeleteFunc(slices.Clone(params), func(p *openapi3.Parameter) bool { return slices.Contains(used, p) })
}

// byToken looks in the response for the next page: a token or a URL, in a member or a header.
// It drafts paging by token or by link, and returns the parameter that takes the token.
func (d *document) byToken(named func(...string) *openapi3.Parameter, leaves []docLeaf, response *openapi3.Response) *openapi3.Parameter {
	var places []place
	for _, l := range leaves {
		if slices.Contains(tokenMembers(), l.name()) || slices.Contains(linkNames(), l.name()) && (l.name() != "href" || strings.HasSuffix(l.path, "next.href")) {
			places = append(places, place{path: l.path, url: l.schema.format == "uri" || strings.Contains(l.name(), "link") || strings.Contains(l.name(), "url") || l.name() == "href"})
		}
	}
	for name := range response.Headers {
		if lower := strings.ToLower(name); strings.Contains(lower, "next") {
			places = append(places, place{header: name})
		}
	}
	for _, p := range places {
		if p.url {
			continue
		}
		for _, name := range paramsFor(p, nil) {
			if param := named(name); param != nil && name != d.Paging.Limit && !slices.Contains(offsetNames(), name) {
				d.Paging.Style, d.Paging.Token, d.Layout.Next, d.Answer.NextHeader = rest.Token, name, p.path, p.header
				d.becausef("paging.style", "%s names the next page", p)
				d.becausef("paging.token", "%s", reasonOf(param))
				return param
			}
		}
	}
	link := slices.ContainsFunc([]string{"Link", "link"}, func(name string) bool { return response.Headers[name] != nil })
	for _, p := range places {
		if p.path != "" && (p.url || slices.Contains(linkNames(), leaf{path: p.path}.name())) {
			d.Paging.Style, d.Layout.Next = rest.Link, p.path
			d.becausef("paging.style", "%s names the next page, and no parameter takes it: a URL", p)
			return nil
		}
	}
	if link {
		d.Paging.Style = rest.Link
		d.becausef("paging.style", "the response has a header Link")
	}
	return nil
}

// byNumber pages by a number: of the page, or of rows to skip.
func (d *document) byNumber(named func(...string) *openapi3.Parameter, limit *openapi3.Parameter) *openapi3.Parameter {
	if p := named(pageNames()...); p != nil {
		d.Paging.Style, d.Paging.Page = rest.Page, p.Name
		d.becausef("paging.style", "%s", reasonOf(p))
		if isFromZero(p) {
			d.Paging.FromZero = true
			d.becausef("paging.from_zero", "by the description, the default or the minimum of %s", shown(p.Name))
		}
		return p
	}
	if p := named(offsetNames()...); p != nil && limit != nil {
		d.Paging.Style, d.Paging.Skip = rest.Offset, p.Name
		d.becausef("paging.style", "%s", reasonOf(p))
		if p.Name == "startIndex" || countsFrom(p, 1) {
			d.Paging.Origin = 1
			d.becausef("paging.origin", "by the name, the default or the minimum of %s", shown(p.Name))
		}
		return p
	}
	return nil
}

// byKey pages by the key of the last row.
func (d *document) byKey(named func(...string) *openapi3.Parameter) *openapi3.Parameter {
	p := named(afterNames()...)
	if p != nil {
		d.Paging.Style, d.Paging.After = rest.After, p.Name
		d.becausef("paging.style", "%s", reasonOf(p))
	}
	return p
}

// isFromZero reports whether the first page has the number 0.
func isFromZero(p *openapi3.Parameter) bool {
	words := strings.ToLower(p.Description)
	said := []string{"zero-based", "zero based", "0-based", "starts at 0", "starting at 0", "0.."}
	return countsFrom(p, 0) || slices.ContainsFunc(said, func(text string) bool { return strings.Contains(words, text) })
}

// countsFrom reports whether a number is the default of a parameter or, without one, the
// least value.
func countsFrom(p *openapi3.Parameter, first float64) bool {
	if p.Schema == nil || p.Schema.Value == nil {
		return false
	}
	switch n := p.Schema.Value.Default.(type) {
	case float64:
		return n == first
	case int:
		return float64(n) == first
	}
	return p.Schema.Value.Min != nil && *p.Schema.Value.Min == first
}

// described returns the first parameter whose description has one of the texts.
func described(params []*openapi3.Parameter, texts ...string) *openapi3.Parameter {
	for _, p := range params {
		if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(p.Description), t) }) {
			return p
		}
	}
	return nil
}

// reasonOf quotes what a parameter says of itself.
func reasonOf(p *openapi3.Parameter) string {
	if s := summary(p.Description); s != "" {
		return "the parameter says: " + s
	}
	return "by the parameter's name"
}

// tell declares the flag and the total.
func (d *document) tell(leaves []docLeaf, response *openapi3.Response) {
	total := len(totalNames())
	for _, l := range leaves {
		switch rank := totalRank(l.leaf); {
		case l.kind == boolean && d.Layout.HasMore+d.Layout.Done == "" && slices.Contains(moreNames(), l.name()):
			d.Layout.HasMore = l.path
			d.becausef("layout.has_more", "by its name")
		case l.kind == boolean && d.Layout.HasMore+d.Layout.Done == "" && slices.Contains(doneNames(), l.name()):
			d.Layout.Done = l.path
			d.becausef("layout.done", "by its name")
		case rank < total && strings.Contains(l.name(), "total"), rank < total && l.name() == "odata.count", rank < total && l.name() == "numfound":
			total, d.Layout.Total = rank, l.path
			d.becausef("layout.total", "by its name; the number of all rows, not of a page's")
		}
	}
	for _, name := range totalHeaders() {
		if d.Layout.Total == "" && response.Headers[name] != nil {
			d.Answer.TotalHeader = name
			d.becausef("layout.total", "by the header's name")
			return
		}
	}
}
