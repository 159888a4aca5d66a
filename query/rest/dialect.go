package rest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// listing is what all dialects know of the server.
type listing struct {
	Definition
}

func (l *listing) ID() string { return l.Layout.ID }

func (l *listing) Sorts(f *model.Field) bool { return l.sorts(f.Name) }

func (l *listing) sorts(field string) bool {
	return l.Definition.Paging.Sort != "" && slices.ContainsFunc(l.Fields, func(d Field) bool { return d.Name == field && d.Sort })
}

// sortsBy implements [plan.Capabilities.SortsBy]. With a direction the server sorts by one
// field and orders ties in its own way: it cannot be asked for an order of the key.
func (l *listing) sortsBy(keys []plan.OrderKey) bool {
	paging := l.Definition.Paging
	if paging.Direction == "" || len(keys) < 2 {
		return !slices.ContainsFunc(keys, func(k plan.OrderKey) bool { return !l.Sorts(k.Field) })
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

// paging returns the style in the planner's terms.
func (l *listing) paging() plan.Paging {
	switch l.Definition.Paging.Style {
	case Forward:
		return plan.PagingForward
	case Offset, Page:
		return plan.PagingOffset
	case After, Token:
		return plan.PagingToken
	case Link:
		return plan.PagingLink
	case Keyset:
	}
	return plan.PagingKeyset
}

// pageParameter returns the parameter that names a page.
func (l *listing) pageParameter() string {
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

// Project asks for optional fields. For a path it asks for the reference that it passes
// through, and for the field of the referred object.
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

// Describe writes the request line with its parameters unescaped.
func (l *listing) Describe(scan plan.Scan, r paginate.Request) string {
	q := l.pageQuery(scan, r)
	var room [16]string // on the stack, enough for most requests
	keys, size := room[:0], len("GET ?")+len(l.Path)
	for key, values := range q {
		keys = append(keys, key)
		for _, value := range values {
			size += len(key) + len("=&") + len(value)
		}
	}
	slices.Sort(keys)
	var b strings.Builder
	b.Grow(size)
	b.WriteString("GET ")
	b.WriteString(l.Path)
	between := byte('?')
	for _, key := range keys {
		for _, value := range q[key] {
			b.WriteByte(between)
			b.WriteString(key)
			b.WriteByte('=')
			b.WriteString(value)
			between = '&'
		}
	}
	if len(keys) == 0 {
		b.WriteByte('?')
	}
	return b.String()
}

func (l *listing) Deleted() (url.Values, bool) {
	return l.Definition.Deleted, l.Definition.Deleted != nil
}

// conditions is the dialect of a [Syntax].
type conditions struct{ *listing }

var _ plan.Dialect = conditions{}

// Independent: the parameters are ANDed, each for itself.
func (conditions) Independent() bool { return true }

func (d conditions) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	return d.Syntax.Classify(conjuncts)
}
