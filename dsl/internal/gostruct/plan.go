package gostruct

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/muster-go/muster/model"
)

// Options are how a type becomes a schema.
type Options struct {
	Collation model.Collation // of strings whose tag says nothing
	JSONNames bool            // exported fields without a tag have the names of encoding/json
}

// Plan is the schema of a struct and the places of its fields. It is immutable and safe for
// concurrent use.
type Plan struct {
	Fields  []field // by index of the schema
	schema  *model.Schema
	cursors cursors
}

// Schema returns the schema.
func (p *Plan) Schema() *model.Schema { return p.schema }

// ErrType reports a type that no plan can be made of. Errors name the type and the field.
var ErrType = errors.New("dsl: this Go type cannot be filtered")

// New makes the plan of a struct type. The error has every fault of the type and matches
// [ErrType].
func New(t reflect.Type, o Options) (*Plan, error) {
	if t.Kind() != reflect.Struct || isTime(t) {
		return nil, fmt.Errorf("%w: %v is not a struct", ErrType, t)
	}
	p := planner{options: o, owners: make(map[string]string)}
	p.fieldsOf(t, scope{owner: typeName(t)})
	if len(p.errs) == 0 && len(p.schema) == 0 {
		p.fail(typeName(t), fmt.Errorf("no field has a tag: write `%s:\"name\"` behind those that filters may read", tagName))
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	schema, err := model.NewSchema(typeName(t), p.schema...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrType, err)
	}
	return &Plan{Fields: p.fields, schema: schema, cursors: cursors{n: p.inner}}, nil
}

// typeName is how errors call a type.
func typeName(t reflect.Type) string {
	if t.Name() == "" {
		return "struct"
	}
	return t.Name()
}

// planner collects the fields of a type.
type planner struct {
	options Options
	schema  []model.Field
	fields  []field
	owners  map[string]string // of names, the Go fields that have them
	inner   int               // lists inside lists
	errs    []error
}

// scope is a struct in the row: the row itself, an embedded or nested one, or what a list
// has.
type scope struct {
	owner    string         // in errors, "Ticket.Owner"
	prefix   string         // of the names of its fields, "owner."
	place    place          // where it begins, in the row or in an element of list
	nullable bool           // it may be missing
	list     *list          // the list or reference that it is an element of
	inside   []reflect.Type // the structs that it is part of
}

// fail records a fault of a Go field.
func (p *planner) fail(owner string, err error) {
	p.errs = append(p.errs, fmt.Errorf("%w: %s: %w", ErrType, owner, err))
}

func (p *planner) fieldsOf(t reflect.Type, s scope) {
	if slices.Contains(s.inside, t) {
		p.fail(s.owner, fmt.Errorf("a cycle: %v is inside itself; leave one of its fields out by the tag %s:\"-\"", t, tagName))
		return
	}
	s.inside = append(slices.Clip(s.inside), t)
	for i := range t.NumField() {
		p.goField(t.Field(i), s)
	}
}

// goField adds what filters read of one field of a struct.
func (p *planner) goField(sf reflect.StructField, s scope) {
	s.owner += "." + sf.Name
	tag, err := readTag(sf, p.options.JSONNames && sf.IsExported())
	place, t, nullable := through(member(s.place, sf.Offset), sf.Type)
	embedded := sf.Anonymous && tag.name == "" && t != nil && t.Kind() == reflect.Struct && !isTime(t)
	switch {
	case tag.skip:
		return
	case err != nil:
	case t == nil:
		if !tag.set {
			return
		}
		err = fmt.Errorf("a cycle: %v points at itself", sf.Type)
	case embedded:
		if err = tag.takes(false, false, false, false); err == nil {
			s.place, s.nullable = place, s.nullable || nullable
			p.fieldsOf(t, s)
			return
		}
	case !tag.set:
		return
	case !sf.IsExported():
		err = errors.New("it has a tag and is not exported: export it, or remove the tag")
	default:
		if err = checkName(tag.name); err == nil {
			s.place, s.nullable = place, s.nullable || nullable || tag.nullable
			err = p.value(t, tag, s)
		}
	}
	if err != nil {
		p.fail(s.owner, err)
	}
}

// value adds a field of type t; s is about the field.
func (p *planner) value(t reflect.Type, tag tag, s scope) error {
	name := s.prefix + tag.name
	if read, typ, ok := scalar(t, tag.decimal); ok {
		if err := tag.takes(typ == model.TypeString, typ == model.TypeDecimal, true, false); err != nil {
			return err
		}
		return p.add(p.described(name, typ, tag, s), detour{place: s.place, read: read, nullZero: tag.nullable, list: s.list}, s)
	}
	switch t.Kind() {
	case reflect.Struct:
		if err := tag.takes(false, false, false, false); err != nil {
			return err
		}
		return p.structure(t, name, tag, s)
	case reflect.Slice:
		return p.slice(t, name, tag, s)
	case reflect.Map:
		return p.mapped(t, name, tag, s)
	}
	return fmt.Errorf("filters have no values of type %v: it takes integers, floats, string, bool, time.Time, structs, slices and maps", t)
}

// structure adds the fields of a struct. One that may be missing is a reference, so that a filter
// can ask whether it is there. Behind a reference or in a list it is none: what may be missing is
// null there.
func (p *planner) structure(t reflect.Type, name string, tag tag, s scope) error {
	s.prefix = name + "."
	if !s.nullable || s.list != nil {
		p.fieldsOf(t, s)
		return nil
	}
	l := &list{name: name, place: s.place, single: true}
	if err := p.add(p.described(name, model.TypeRef, tag, s), detour{read: readList, list: l}, s); err != nil {
		return err
	}
	s.place, s.nullable, s.list = place{}, false, l
	p.fieldsOf(t, s)
	return nil
}

// described is a field of the schema.
func (p *planner) described(name string, typ model.Type, tag tag, s scope) model.Field {
	f := model.Field{Name: name, Type: typ, Nullable: s.nullable, Returned: model.ReturnedAlways}
	if typ == model.TypeDateTime {
		f.Format = model.FormatRFC3339Nano
	}
	if f.Collation = p.options.Collation; tag.collated {
		f.Collation = tag.collation
	}
	if s.list != nil {
		f.Through = s.list.name
	}
	return f
}

func (p *planner) add(described model.Field, d detour, s scope) error {
	if other, clash := p.owners[described.Name]; clash {
		return fmt.Errorf("the name %q is that of %s, too", described.Name, other)
	}
	p.owners[described.Name] = s.owner
	p.schema, p.fields = append(p.schema, described), append(p.fields, fieldOf(d))
	return nil
}

// slice adds a list. Of objects, a path through it holds if any of them satisfies it.
func (p *planner) slice(t reflect.Type, name string, tag tag, s scope) error {
	elements, element, nullable := through(place{}, t.Elem())
	if element == nil {
		return fmt.Errorf("a cycle: %v points at itself", t.Elem())
	}
	if read, typ, ok := scalar(element, tag.decimal); ok && t.Elem().Kind() != reflect.Uint8 {
		if err := tag.takes(typ == model.TypeString, typ == model.TypeDecimal, false, false); err != nil {
			return err
		}
		s.nullable = true
		f := p.described(name, model.TypeList, tag, s)
		if f.Of = typ; typ == model.TypeDateTime {
			f.Format = model.FormatRFC3339Nano
		}
		e := &elementsOf{detour: detour{place: elements, read: read}, stride: t.Elem().Size()}
		return p.add(f, detour{place: s.place, read: readElements, list: s.list, elements: e}, s)
	}
	switch {
	case element.Kind() == reflect.Uint8:
		return fmt.Errorf("%v may be a text or a list of numbers: use a string, or integers of another size", t)
	case element.Kind() != reflect.Struct:
		return fmt.Errorf("filters do not read %v: a list has structs or single values", t)
	}
	if err := tag.takes(false, false, false, false); err != nil {
		return err
	}
	l := &list{name: name, place: s.place, stride: t.Elem().Size(), outer: s.list}
	d := detour{read: readList, list: l}
	if l.outer != nil {
		l.cursor, d = p.inner, detour{place: s.place, read: readInner, list: l.outer}
		p.inner++
	}
	if err := p.add(p.described(name, model.TypeRefs, tag, s), d, s); err != nil {
		return err
	}
	p.fieldsOf(element, scope{
		owner: s.owner, prefix: name + ".", place: elements, nullable: nullable, list: l, inside: s.inside,
	})
	return nil
}

// mapped adds a field for each key of a map that its tag names. A schema has a fixed list
// of fields, so a filter with a mistyped key is an error and not a condition that never
// holds.
func (p *planner) mapped(t reflect.Type, name string, tag tag, s scope) error {
	lookup, typ, ok := lookupIn(t)
	switch {
	case !ok:
		return fmt.Errorf("filters do not read %v: a map has strings as keys, and strings, bools, ints, float64s or time.Time as values", t)
	case len(tag.keys) == 0:
		return errors.New("a map needs the names that filters may use: the tag's option keys=a|b")
	}
	if err := tag.takes(typ == model.TypeString, false, true, true); err != nil {
		return err
	}
	var errs []error
	s.nullable = true
	for _, key := range tag.keys {
		err := checkName(key)
		if err == nil {
			d := detour{place: s.place, read: readMap, lookup: lookup, key: key, nullZero: tag.nullable, list: s.list}
			err = p.add(p.described(name+"."+key, typ, tag, s), d, s)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// takes returns an error if the tag has an option that its field does not take.
func (t *tag) takes(collation, decimal, nullable, keys bool) error {
	switch {
	case t.collated && !collation:
		return errors.New("the option collation is for strings")
	case t.decimal && !decimal:
		return errors.New("the option decimal is for floats and strings")
	case t.nullable && !nullable:
		return errors.New("the option nullable is for single values")
	case t.keys != nil && !keys:
		return errors.New("the option keys is for maps")
	}
	return nil
}
