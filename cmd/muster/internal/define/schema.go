package define

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Bounds on the schemas of a document.
const (
	maxSchemas = 20_000 // that are looked at
	maxNested  = 32     // schemas inside one another
)

// schema is a schema with what it refers to and all that it joins.
//
//nolint:recvcheck // join alone changes it
type schema struct {
	of       *openapi3.Schema
	types    []string
	format   string
	doc      string
	nullable bool
	enum     int
	min, max *float64
	items    *openapi3.SchemaRef
	props    map[string]*openapi3.SchemaRef
	required []string
	mixed    bool // one of several
	self     bool // it refers to itself
}

// is reports whether the schema has one type, null aside.
func (s schema) is(name string) bool {
	return len(s.types) == 1 && s.types[0] == name && !s.mixed && !s.self
}

// names returns the names of the properties in the order of the document.
func (s schema) names() []string {
	line := func(name string) int {
		if o := s.props[name]; o != nil && o.Value != nil && o.Value.Origin != nil && o.Value.Origin.Key != nil && o.Ref == "" {
			return o.Value.Origin.Key.Line
		}
		return 1 << 30 // what is defined elsewhere comes behind
	}
	return slices.SortedFunc(maps.Keys(s.props), func(a, b string) int {
		return cmp.Or(line(a)-line(b), strings.Compare(a, b))
	})
}

// merged returns a schema with what it refers to. The schemas that lead to it are inside;
// one of them is not followed again.
func (d *document) merged(ref *openapi3.SchemaRef, inside []*openapi3.Schema) (s schema, err error) {
	if ref == nil || ref.Value == nil {
		return schema{mixed: true}, nil
	}
	if slices.Contains(inside, ref.Value) {
		return schema{of: ref.Value, self: true}, nil
	}
	if d.schemas++; d.schemas > maxSchemas {
		return s, d.faultf(ref.Value.Origin, "the answer has more than %d schemas, the most that are looked at", maxSchemas)
	}
	if len(inside) == maxNested {
		return s, d.faultf(ref.Value.Origin, "more than %d schemas are inside one another here", maxNested)
	}
	v := ref.Value
	s = schema{
		of: v, format: v.Format, doc: v.Description, nullable: v.Nullable || v.Type.IncludesNull(), enum: len(v.Enum), min: v.Min, max: v.Max,
		items: v.Items, props: maps.Clone(v.Properties), required: slices.Clone(v.Required),
	}
	s.types = slices.DeleteFunc(slices.Clone(v.Type.Slice()), func(t string) bool { return t == "null" })
	inside = append(slices.Clip(inside), v)
	for _, part := range v.AllOf {
		p, err := d.merged(part, inside)
		if err != nil {
			return s, err
		}
		s.join(p)
	}
	if err := d.choice(&s, slices.Concat(v.OneOf, v.AnyOf), inside); err != nil {
		return s, err
	}
	if len(s.types) == 0 && len(s.props) > 0 {
		s.types = []string{"object"}
	}
	return s, nil
}

// choice joins the one schema of several that is not null. Of more than one nothing is known.
func (d *document) choice(s *schema, of openapi3.SchemaRefs, inside []*openapi3.Schema) error {
	var only []schema
	for _, part := range of {
		p, err := d.merged(part, inside)
		if err != nil {
			return err
		}
		if p.of != nil && p.of.Type.Is("null") {
			s.nullable = true
			continue
		}
		only = append(only, p)
	}
	switch len(only) {
	case 0:
	case 1:
		s.join(only[0])
	default:
		s.mixed = true
	}
	return nil
}

// join adds what must hold too.
func (s *schema) join(p schema) {
	if len(s.types) == 0 {
		s.types = p.types
	}
	s.format, s.doc = cmp.Or(s.format, p.format), cmp.Or(s.doc, p.doc)
	s.nullable, s.mixed, s.self = s.nullable || p.nullable, s.mixed || p.mixed, s.self || p.self
	s.enum, s.min, s.max = cmp.Or(s.enum, p.enum), cmp.Or(s.min, p.min), cmp.Or(s.max, p.max)
	s.items = cmp.Or(s.items, p.items)
	if s.props == nil {
		s.props = map[string]*openapi3.SchemaRef{}
	}
	for name, prop := range p.props {
		if s.props[name] == nil {
			s.props[name] = prop
		}
	}
	s.required = append(s.required, p.required...)
}

// listed is a list of objects in the schema of a page.
type listed struct {
	path string
	row  schema
}

// rows finds the list of rows in the schema of a page.
func (d *document) rows(page schema) (schema, error) {
	var found []listed
	var look func(path string, s schema, inside []*openapi3.Schema, depth int) error
	look = func(path string, s schema, inside []*openapi3.Schema, depth int) error {
		inside = append(slices.Clip(inside), s.of)
		if s.is("array") {
			row, err := d.merged(s.items, inside)
			if err == nil && len(row.props) > 0 {
				found = append(found, listed{path, row})
			}
			return err
		}
		if depth == rowsDepth {
			return nil
		}
		for _, name := range s.names() {
			prop, err := d.merged(s.props[name], inside)
			if err != nil {
				return err
			}
			if err := look(join(path, name), prop, inside, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := look("", page, nil, 0); err != nil {
		return schema{}, err
	}
	if len(found) == 0 {
		return schema{}, d.faultf(d.op.Origin, "the response 200 of GET %s has no list of objects", d.Path)
	}
	slices.SortStableFunc(found, func(a, b listed) int { return rowsRank(a.path, d.Name) - rowsRank(b.path, d.Name) })
	d.Layout.Rows = found[0].path
	reason := "the only list of objects in the response"
	if len(found) > 1 {
		reason = "by its name; another list of objects is " + shown(found[1].path)
	}
	d.becausef("layout.rows", "%s", reason)
	return found[0].row, nil
}

// docLeaf is a member of a page outside its rows.
type docLeaf struct {
	leaf
	schema schema
}

// leaves returns the members of a page that are neither objects nor lists.
func (d *document) leaves(path string, s schema, inside []*openapi3.Schema) (all []docLeaf, err error) {
	inside = append(slices.Clip(inside), s.of)
	for _, name := range s.names() {
		p := join(path, name)
		if p == d.Layout.Rows || name == "" || strings.Contains("."+p+".", "..") {
			continue
		}
		prop, err := d.merged(s.props[name], inside)
		if err != nil {
			return nil, err
		}
		switch {
		case len(prop.props) > 0 && len(inside) < rowsDepth && !prop.self:
			below, err := d.leaves(p, prop, inside)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
		case prop.is("string"), prop.is("integer"), prop.is("number"), prop.is("boolean"):
			kinds := map[string]kind{"string": text, "integer": number, "number": number, "boolean": boolean}
			all = append(all, docLeaf{leaf{p, value{kind: kinds[prop.types[0]]}}, prop})
		}
	}
	return all, nil
}
