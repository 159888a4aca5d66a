package restsource

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
)

// listing is what both dialects know of the server.
type listing struct {
	Definition
}

func (l *listing) ID() string { return l.Layout.ID }

func (l *listing) Sorts(f *model.Field) bool { return l.sorts(f.Name) }

func (l *listing) sorts(field string) bool {
	return l.Definition.Paging.Sort != "" && slices.ContainsFunc(l.Fields, func(d Field) bool { return d.Name == field && d.Sort })
}

// SortsBy: with a direction the server sorts by one field, and ties are as they are: it
// is not asked for an order of the key.
func (l *listing) SortsBy(keys []query.OrderKey) bool {
	paging := l.Definition.Paging
	if paging.Direction == "" || len(keys) < 2 {
		return !slices.ContainsFunc(keys, func(k query.OrderKey) bool { return !l.Sorts(k.Field) })
	}
	field, tie := keys[0], keys[1]
	if !l.Sorts(field.Field) {
		return false
	}
	switch paging.Ties {
	case TiesAlong:
		return len(keys) == 2 && tie.Descending == field.Descending
	case TiesAscending:
		return len(keys) == 2 && !tie.Descending
	}
	return false
}

func (l *listing) MaxPageSize() int { return l.Definition.Paging.Max }

// Paging is the style in the planner's terms.
func (l *listing) Paging() query.Paging {
	switch l.Definition.Paging.Style {
	case Forward:
		return query.PagingForward
	case Offset, Page:
		return query.PagingOffset
	case After, Token:
		return query.PagingToken
	case Link:
		return query.PagingLink
	case Keyset:
	}
	return query.PagingKeyset
}

// PageParameter is the one that names a page.
func (l *listing) PageParameter() string {
	switch l.Definition.Paging.Style {
	case After:
		return l.Definition.Paging.After
	case Token:
		return l.Definition.Paging.Token
	case Offset:
		return l.Definition.Paging.Skip
	case Page:
		return l.Definition.Paging.Page
	case Keyset, Forward, Link:
	}
	return ""
}

// Project asks for optional fields, for the reference of one behind it, and for
// what it is of the object referred to.
func (l *listing) Project(fields []*model.Field) url.Values {
	var own []string
	referred := map[string][]string{}
	for _, f := range fields {
		name := f.Name
		if f.Through != "" {
			name = f.Through
			if inner := strings.TrimPrefix(f.Name, f.Through+"."); inner != "id" && l.Include != "" {
				referred[f.Through] = append(referred[f.Through], inner)
			}
		}
		if !slices.Contains(own, name) {
			own = append(own, name)
		}
	}
	q := url.Values{}
	if l.Select != "" && len(own) > 0 {
		q.Set(l.Select, strings.Join(own, ","))
	}
	for ref, inner := range referred {
		q.Set(l.Include+ref, strings.Join(inner, ","))
	}
	return q
}

// Describe writes the request line with its parameters as they mean.
func (l *listing) Describe(scan query.Scan, r paginate.Request) string {
	q := l.pageQuery(scan, r)
	var params []string
	for _, key := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[key] {
			params = append(params, key+"="+value)
		}
	}
	return "GET " + l.Path + "?" + strings.Join(params, "&")
}

func (l *listing) Deleted() (url.Values, bool) {
	return l.Definition.Deleted, l.Definition.Deleted != nil
}

// api is the dialect of package wire.
type api struct{ *listing }

var (
	_ query.Dialect = api{}
	_ query.Pager   = api{}
	_ query.Sorter  = api{}
)

// Independent: the parameters are ANDed, each for itself.
func (api) Independent() bool { return true }

// Classify sends each conjunct as it is where it can be said, and the strongest
// weaker one where it cannot.
func (d api) Classify(conjuncts []dsl.Node) []query.Pushdown {
	out := make([]query.Pushdown, len(conjuncts))
	for i, c := range conjuncts {
		said, narrows := d.Profile.Weaken(c)
		switch {
		case said.Never():
			out[i] = query.Pushdown{Verdict: query.Exact, Never: true}
		case said.Exact:
			out[i] = query.Pushdown{Verdict: query.Exact, Params: said.Params}
		case narrows:
			out[i] = query.Pushdown{Verdict: query.Superset, Params: said.Params, Reason: said.Reason}
		default:
			out[i] = query.Pushdown{Reason: said.Reason}
		}
	}
	return out
}
