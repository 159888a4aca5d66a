package expressiontest

import (
	"maps"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Collection is what the elements of a collection have. The zero value has no fields.
type Collection struct {
	// Fields are the names and types of an element's fields. The name "" is the element
	// itself, if it is a value.
	Fields map[string]model.Type
	Lists  map[string]Collection // the collections that an element has
}

// Record is a row with collections, or an element of one. A collection that it lacks is empty.
type Record struct {
	Row
	Lists map[string][]Record
}

// within returns an evaluator that knows the fields of an element by names with a prefix, and
// those of the elements around it.
func (e *Evaluator) within(prefix string, c Collection, around map[string]model.Type, lists map[string]Collection) *Evaluator {
	inner := *e
	inner.Fields, inner.Lists = maps.Clone(around), maps.Clone(lists)
	if inner.Fields == nil {
		inner.Fields, inner.Lists = map[string]model.Type{}, map[string]Collection{}
	}
	for name, t := range c.Fields {
		inner.Fields[inside(prefix, name)] = t
	}
	for name, l := range c.Lists {
		inner.Lists[inside(prefix, name)] = l
	}
	return &inner
}

// inside returns the name that a field of an element has in its condition.
func inside(prefix, name string) string {
	switch {
	case prefix == "":
		return name
	case name == "":
		return prefix
	}
	return prefix + "/" + name
}

// elements evaluates any and all, neither of which is unknown.
func (e *Evaluator) elements(n *Node, r Record) dsl.Tri {
	for _, element := range r.Lists[n.Field] {
		inner := Record{maps.Clone(r.Row), maps.Clone(r.Lists)}
		if inner.Row == nil {
			inner.Row = Row{}
		}
		if inner.Lists == nil {
			inner.Lists = map[string][]Record{}
		}
		for name, v := range element.Row {
			inner.Row[inside(n.Variable, name)] = v
		}
		for name, l := range element.Lists {
			inner.Lists[inside(n.Variable, name)] = l
		}
		if holds := e.truth(n.Terms[0], inner) == dsl.True; holds == (n.Op == Any) {
			return of(n.Op == Any)
		}
	}
	return of(n.Op == All)
}

// TypesOf returns the fields and the collections of a schema, for [Options]. The separator stands
// between a reference and a field behind it: "/" for OData, "." for SCIM.
func TypesOf(s *model.Schema, separator string) Collection {
	c := Collection{Fields: map[string]model.Type{}, Lists: map[string]Collection{}}
	for i := range s.Len() {
		f := s.Field(i)
		in, name := c, f.Name
		if through, ok := s.Lookup(f.Through); ok {
			rest := strings.TrimPrefix(f.Name, f.Through+".")
			if name = f.Through + separator + rest; through.Type == model.TypeRefs {
				in, name = c.Lists[f.Through], rest
			}
		}
		switch f.Type { //nolint:exhaustive // the others are values
		case model.TypeRef:
		case model.TypeRefs:
			in.Lists[name] = Collection{Fields: map[string]model.Type{}, Lists: map[string]Collection{}}
		case model.TypeList:
			in.Lists[name] = Collection{Fields: map[string]model.Type{"": f.Of}}
		default:
			in.Fields[name] = f.Type
		}
	}
	return c
}

// RecordOf returns a row of a schema by the names of [TypesOf]. A field behind a reference
// without an object is null.
func RecordOf(s *model.Schema, r model.Record, separator string) Record {
	out := Record{Row{}, map[string][]Record{}}
	for i := range s.Len() {
		f := s.Field(i)
		through, behind := s.Lookup(f.Through)
		name := strings.TrimPrefix(f.Name, f.Through+".")
		switch {
		case f.Type == model.TypeRef:
		case f.Type == model.TypeRefs:
			for range r.Len(i) {
				out.Lists[f.Name] = append(out.Lists[f.Name], Record{Row{}, map[string][]Record{}})
			}
		case !behind:
			out.set(f.Name, r.Value(i))
		case through.Type == model.TypeRefs:
			for k := range r.Len(i) {
				out.Lists[f.Through][k].set(name, r.At(i, k))
			}
		case r.Len(i) > 0:
			out.set(f.Through+separator+name, r.At(i, 0))
		}
	}
	return out
}

// set keeps a value; a list as the collection of its elements.
func (r Record) set(name string, v model.Value) {
	if v.Type() != model.TypeList {
		r.Row[name] = v
		return
	}
	for e := range v.Elements() {
		r.Lists[name] = append(r.Lists[name], Record{Row: Row{"": e}})
	}
}
