package model

import "strings"

// The values of a word's column besides 1 + the index of a field.
const (
	noColumn = -1 // no field has the name, or is inside
	inside   = -2 // fields are inside the member
)

// branch is a row, or an object inside it that paths of fields lead into. The zero
// branch is the row itself.
type branch struct {
	path     string // what comes before the names of its members: "address."
	names    memberNames
	branches []*branch // those inside that were met
}

// at returns the branch inside b that the member called name is.
func (b *branch) at(name string) *branch {
	for _, in := range b.branches {
		if in.path[len(b.path):len(in.path)-len(".")] == name {
			return in
		}
	}
	in := &branch{path: b.path + name + "."}
	b.branches = append(b.branches, in)
	return in
}

// columnOf returns the column of a member by its path.
func (s *shape) columnOf(path string) int {
	if f, ok := s.schema.Lookup(path); ok && f.Through == "" {
		return 1 + f.Index()
	}
	if s.leadsOn(path) {
		return inside
	}
	return noColumn
}

// leadsOn reports whether fields of the row are inside the member at path.
func (s *shape) leadsOn(path string) bool {
	if !s.nested {
		return false
	}
	for i, c := range s.columns {
		if c.path && within(s.schema.fields[i].Name, path) {
			return true
		}
	}
	return false
}

// isPath reports whether a field of the row may be inside one of its objects, which is
// not a field itself.
func isPath(schema *Schema, f *Field) bool {
	for i := range f.Name {
		if f.Name[i] != '.' {
			continue
		}
		if outer, ok := schema.Lookup(f.Name[:i]); ok && outer.Through == "" {
			return false
		}
	}
	return strings.Contains(f.Name, ".")
}

// within reports whether path leads on from outer.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && strings.HasPrefix(rest, ".")
}

// decodeMembers reads the open object, which is b, in a row that begins at start and
// whose references begin at firstRef. It returns where they begin then.
func (r *DynamicRow) decodeMembers(d *Decoder, b *branch, start, firstRef int) int {
	for m := d.key(&b.names); m != nil; m = d.key(&b.names) {
		if m.column == 0 {
			m.column = d.shape.columnOf(b.path + m.name)
		}
		switch m.column {
		case noColumn:
			d.skip(0)
		case inside:
			in := b.at(m.name)
			if d.openObject() {
				firstRef = r.decodeMembers(d, in, start, firstRef)
			}
		default:
			firstRef = r.decodeField(d, d.shape.schema.Field(m.column-1), start, firstRef)
		}
	}
	return firstRef
}
