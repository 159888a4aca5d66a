package rest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// listing is what all dialects know of the server.
type listing struct {
	Definition
	basic []*model.Field  // what rows have by default, the key first
	spots map[string]spot // the places in the body that parameters name

	renderer *expression.Renderer // nil = conditions are not one expression
	absent   []absent             // what rows may lack
	parent   *added               // what rows get of their parent; nil = they have none
}

func (l *listing) ID() string { return l.Key() }

func (l *listing) Sorts(f *model.Field) bool { return l.sorts(f.Name) }

func (l *listing) sorts(field string) bool {
	return l.Definition.Parent == nil && l.Definition.Paging.Sort != "" && slices.ContainsFunc(l.Fields, func(d Field) bool { return d.Name == field && d.Sort })
}

// sortsKey reports whether the server has the order of a key, nulls included.
func (l *listing) sortsKey(k plan.OrderKey) bool {
	return l.Sorts(k.Field) && (!k.Field.Nullable || l.Definition.Paging.Nulls.fit(k.Descending))
}

// sortsBy implements [plan.Capabilities.SortsBy]. A server that sorts by one
// field orders ties in its own way: it cannot be asked for an order of the key.
func (l *listing) sortsBy(keys []plan.OrderKey) bool {
	paging := &l.Definition.Paging
	if !paging.single() || len(keys) < 2 {
		return !slices.ContainsFunc(keys, func(k plan.OrderKey) bool { return !l.sortsKey(k) })
	}
	field, tie := keys[0], keys[1]
	if !l.sortsKey(field) {
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
	if l.Definition.Parent != nil {
		return plan.PagingToken
	}
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
	if l.Definition.Parent != nil {
		return ""
	}
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
	if len(fields) == 0 {
		return url.Values{}
	}
	return l.selected(fields)
}

// selected returns the parameters that ask for fields and, where they replace those that
// rows have by default, for these too.
func (l *listing) selected(fields []*model.Field) url.Values {
	if l.Replaces {
		fields = slices.Concat(l.basic, fields)
	}
	var own []string
	referred := map[string][]string{}
	for _, f := range fields {
		name := l.serverName(f.Name)
		if f.Through != "" {
			outer := f.Outermost()
			name = l.serverName(outer.Name)
			if inner := strings.TrimPrefix(f.Name, f.Through+"."); inner != "id" && l.Include != "" && !outer.Inline && !slices.Contains(referred[f.Through], inner) {
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

// Describe writes the request line with its parameters unescaped, and the body.
func (l *listing) Describe(scan plan.Scan, r paginate.Request) string {
	if l.Definition.Parent != nil {
		return l.describeParents(scan, r)
	}
	var room [12]plan.Param                 // on the stack, enough for most requests
	q, body, _ := l.said(room[:0], scan, r) // what has the wrong type is not in it, and fails when it is sent
	size := len(l.method()) + len(" ?") + len(l.Path) + len(" ") + len(body)
	for _, p := range q {
		size += len(p.Name) + len("=&") + len(p.Value)
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(l.method())
	b.WriteByte(' ')
	b.WriteString(l.Path)
	between := byte('?')
	for _, p := range q {
		b.WriteByte(between)
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
		between = '&'
	}
	switch {
	case len(body) > 0:
		b.WriteByte(' ')
		b.Write(body)
	case len(q) == 0:
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
