package define

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// fields returns the fields of the rows' schema.
func (d *document) fields(path string, s schema, nullable bool, inside []*openapi3.Schema) (all []drafted, err error) {
	inside = append(slices.Clip(inside), s.of)
	for _, name := range s.names() {
		p := join(path, name)
		prop, err := d.merged(s.props[name], inside)
		if err != nil {
			return nil, err
		}
		absent := !slices.Contains(s.required, name)
		nullable := nullable || prop.nullable || absent
		switch {
		case prop.of != nil && prop.of.WriteOnly:
		case rest.CheckText(p, false) != nil || strings.Contains("."+p+".", "..") || len(all) >= maxFields:
			d.unknownf("fields", "left out, for its name cannot be used or there are too many: %s", shown(p))
		case prop.is("object") && len(prop.props) > 0 && len(inside) <= columnDepth:
			below, err := d.fields(p, prop, nullable, inside)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
		default:
			f := drafted{Field: rest.Field{Field: model.Field{Name: p, Nullable: nullable, Returned: model.ReturnedAlways, Doc: summary(prop.doc)}}}
			declare(prop, &f)
			if element := d.element(prop, inside); element != model.TypeNull {
				f.Type, f.Of = model.TypeList, element
				if element == model.TypeString {
					f.Collation = model.Binary
				}
			}
			switch {
			case absent && !prop.nullable:
				f.reason += ", not required"
			case nullable:
				f.reason += ", may be null"
			}
			all = append(all, f)
		}
	}
	return all, nil
}

// element returns the type of a list's elements, or TypeNull unless s is a list of scalars.
func (d *document) element(s schema, inside []*openapi3.Schema) model.Type {
	if !s.is("array") || s.self || s.mixed || s.items == nil {
		return model.TypeNull
	}
	items, err := d.merged(s.items, append(slices.Clip(inside), s.of))
	if err != nil {
		return model.TypeNull
	}
	var f drafted
	switch declare(items, &f); f.Type {
	case model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeBool, model.TypeString:
		return f.Type
	case model.TypeDateTime: // its texts as they are
		return model.TypeString
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return model.TypeNull
}

// declare sets the type that a schema has.
func declare(s schema, f *drafted) {
	words := strings.ToLower(s.doc)
	f.Type, f.reason = model.TypeJSON, strings.Join(s.types, " or ")
	switch {
	case s.self:
		f.reason = "it refers to itself"
	case s.mixed:
		f.reason = "one of several schemas"
	case s.is("boolean"):
		f.Type = model.TypeBool
	case s.is("integer") && isTimeName(f.Name) && (strings.Contains(words, "unix") || strings.Contains(words, "epoch")):
		f.Type, f.Format = model.TypeDateTime, model.FormatUnix
		if strings.Contains(words, "milli") {
			f.Format = model.FormatUnixMilli
		}
		f.reason = "an integer, and its description has " + f.Format.String()
	case s.is("integer"):
		f.Type = model.TypeInt
	case s.is("number"):
		f.Type = model.TypeDecimal // servers have conditions on it, and most amounts are declared so
		if s.format == "float" || s.format == "double" {
			f.reason = "number, format " + s.format + ": the type float reads those that a decimal does not keep"
		}
	case s.is("string") && s.format == "date-time":
		f.Type, f.Format = model.TypeDateTime, model.FormatRFC3339Nano
		f.reason = "format date-time, perhaps with fractions of a second"
	case s.is("string") && s.format == "date":
		f.Type, f.Format, f.reason = model.TypeDateTime, model.FormatDate, "format date"
	case s.is("string"):
		f.Type, f.Collation = model.TypeString, model.Binary
		if s.enum > 0 {
			f.reason = fmt.Sprintf("string, one of %d values", s.enum)
		}
	}
}

// summary is the first sentence of a description.
func summary(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(doc, ". "); i >= 0 {
		doc = doc[:i]
	}
	return shown(strings.TrimSuffix(doc, "."))
}

// key chooses the key among the fields, and puts them into the draft.
func (d *document) key(all []drafted) error {
	best := -1
	for i, f := range all {
		usable := f.Type == model.TypeInt || f.Type == model.TypeString
		if usable && keyRank(f.Name, d.Name) < notKey && (best < 0 || keyRank(f.Name, d.Name) < keyRank(all[best].Name, d.Name)) {
			best = i
		}
	}
	if best < 0 {
		return d.faultf(d.op.Origin, "no property of the rows of GET %s has the name and the type of a key: a string or an integer called id, uuid, …", d.Path)
	}
	all[best].Nullable = false
	d.Layout.ID = all[best].Name
	d.becausef("layout.id", "by its name; it must differ from row to row, and never be null")
	for i, f := range all {
		d.Fields = append(d.Fields, f.Field)
		d.becausef("fields."+strconv.Itoa(i)+".type", "%s", f.reason)
	}
	d.becausef("fields", "texts are compared byte by byte here; say collation: ci where the server ignores case and accents")
	return nil
}
