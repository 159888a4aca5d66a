package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// AppendJSON appends the row's object to dst, on one line: what was received.
func (r *DynamicRow) AppendJSON(dst []byte) []byte {
	if r.json == "" {
		return append(dst, "null"...)
	}
	return append(dst, r.json...)
}

// MarshalJSON returns what AppendJSON appends. Its receiver is a value so that
// rows that an iterator yields marshal the same as those behind a pointer.
func (r DynamicRow) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSONFields appends an object of the row's id and exactly the fields
// named, in the order named: a field's value as received or null. A path through a
// reference has the referred value, an instant in the field's format; a path through a
// list of references has a list, and one inside another a list of lists. Fields inside an object of the row are in such an
// object, in the place of the first that is named. Repeated names are written once. A
// name that the schema lacks is an error that matches [ErrUnknownField]; dst is returned
// unchanged then.
func (r *DynamicRow) AppendJSONFields(dst []byte, fields []string) ([]byte, error) {
	if r.shape == nil {
		return dst, fmt.Errorf("%s: %w: it was not decoded", r.name(), ErrUnknownField)
	}
	start, id := len(dst), r.shape.id
	if r.shape.nested {
		return r.appendNested(dst, fields)
	}
	dst = r.appendField(append(AppendString(append(dst, '{'), id.Name), ':'), id)
	for i, name := range fields {
		if name == id.Name || slices.Contains(fields[:i], name) {
			continue
		}
		f, ok := r.shape.schema.Lookup(name)
		if !ok {
			return dst[:start], fmt.Errorf("%s: %w %q", r.name(), ErrUnknownField, name)
		}
		dst = r.appendField(append(AppendString(append(dst, ','), name), ':'), f)
	}
	return append(dst, '}'), nil
}

func (r *DynamicRow) appendField(dst []byte, f *Field) []byte {
	c, ok := r.cellOf(f.Index())
	switch {
	case !ok:
		return append(dst, "null"...)
	case f.Through == "":
		return append(dst, r.json[c.start:c.end]...)
	}
	w := pathWriter{row: r, field: f}
	for ref := f.reference; ref != nil; ref = ref.reference {
		w.through = append(w.through, ref)
	}
	slices.Reverse(w.through)
	w.next = make([]int, len(w.through))
	return w.append(dst, 0, r.Len(w.through[0].index))
}

// pathWriter writes what a row has at a path through references: for each list of them a list.
type pathWriter struct {
	row     *DynamicRow
	field   *Field
	through []*Field // the references, the outermost first
	next    []int    // of each, the object that is written next
}

// append appends the next n objects of a reference.
func (w *pathWriter) append(dst []byte, level, n int) []byte {
	if w.through[level].Type == TypeRef {
		if n == 0 {
			return append(dst, "null"...)
		}
		return w.appendObject(dst, level)
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.appendObject(dst, level)
	}
	return append(dst, ']')
}

// appendObject appends what the next object of a reference has.
func (w *pathWriter) appendObject(dst []byte, level int) []byte {
	i := w.next[level]
	w.next[level]++
	if level == len(w.through)-1 {
		return w.field.Format.appendJSON(dst, w.row.At(w.field.index, i))
	}
	inner := w.row.At(w.through[level+1].index, i)
	n := int(inner.Int())
	if inner.IsNull() {
		n = 0
	}
	return w.append(dst, level+1, n)
}

// placed is a field that is written, and where in the object that is written.
type placed struct {
	field *Field
	name  string
	leads bool // whether the name is a path that leads into another object
}

// appendNested is AppendJSONFields where fields may be inside objects.
func (r *DynamicRow) appendNested(dst []byte, fields []string) ([]byte, error) {
	list := make([]placed, 0, 1+len(fields))
	for _, name := range append([]string{r.shape.id.Name}, fields...) {
		f, ok := r.shape.schema.Lookup(name)
		if !ok {
			return dst, fmt.Errorf("%s: %w %q", r.name(), ErrUnknownField, name)
		}
		if !slices.ContainsFunc(list, func(p placed) bool { return p.field == f }) {
			list = append(list, placed{f, name, r.shape.columns[f.Index()].path && !r.isDotted(f)})
		}
	}
	return r.appendPlaced(dst, list), nil
}

// appendPlaced appends an object of fields, and of objects in it.
func (r *DynamicRow) appendPlaced(dst []byte, list []placed) []byte {
	dst = append(dst, '{')
	var done []string
	for i, p := range list {
		name, _, _ := strings.Cut(p.name, ".")
		switch {
		case !p.leads:
			dst = appendMember(dst, p.name)
			dst = r.appendField(dst, p.field)
		case !slices.Contains(done, name):
			done = append(done, name)
			var within []placed
			for _, other := range list[i:] {
				if head, rest, leads := strings.Cut(other.name, "."); other.leads && leads && head == name {
					within = append(within, placed{other.field, rest, strings.Contains(rest, ".")})
				}
			}
			dst = appendMember(dst, name)
			dst = r.appendPlaced(dst, within)
		}
	}
	return append(dst, '}')
}

// appendMember appends a member's name to an object that was begun.
func appendMember(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(AppendString(dst, name), ':')
}

// isDotted reports whether the row has a path's field as a member of its own, by a name
// with dots.
func (r *DynamicRow) isDotted(f *Field) bool {
	before := strings.TrimRight(r.json[:r.cells[r.shape.columns[f.Index()].cell].start], " \t:")
	return strings.HasSuffix(before, `"`+f.Name+`"`)
}

// Hide removes fields from the row and its JSON: for a path, the reference that it passes
// through. It removes an object inside the row that has nothing else. The id stays.
func (r *DynamicRow) Hide(fields []*Field) {
	if r.shape == nil {
		return
	}
	h := hiding{Decoder: Decoder{body: []byte(r.json), shape: r.shape, checked: true}}
	for _, f := range fields {
		name := cmp.Or(f.Through, f.Name)
		if own, ok := r.shape.schema.Lookup(name); ok {
			name = own.Outermost().Name
		}
		if name != r.shape.id.Name {
			h.names = append(h.names, name)
		}
	}
	shown := Decoder{body: h.appendShown(nil, ""), layout: &defaultLayout, shape: r.shape, checked: true}
	*r = DynamicRow{included: r.included}
	r.decodeRow(&shown, r.included)
}

// hiding reads a row for what of it is shown.
type hiding struct {
	Decoder

	names []string // of the fields that are not
}

// appendShown appends what is shown of the object that comes next, which has prefix
// before the paths of its members.
func (h *hiding) appendShown(dst []byte, prefix string) []byte {
	dst = append(dst, '{')
	h.open('{')
	for h.more('}') {
		h.peek()
		start, before := h.pos, len(dst)
		path := prefix + string(h.stringHere())
		h.peek()
		h.pos++ // the colon
		if dst[before-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, h.body[start:h.pos]...)
		value := len(dst)
		switch hidden := slices.Contains(h.names, path); {
		case !hidden && !h.isInside(path):
			dst = append(dst, h.value()...)
		case !hidden && h.peek() == '{':
			if dst = h.appendShown(dst, path+"."); len(dst) == value+len("{}") {
				dst = dst[:before]
			}
		default:
			if v := h.value(); hidden || h.hidesAll(path) {
				dst = dst[:before]
			} else {
				dst = append(dst, v...)
			}
		}
	}
	return append(dst, '}')
}

// isInside reports whether something hidden may be inside the member at path.
func (h *hiding) isInside(path string) bool {
	return h.shape.columnOf(path) == inside && slices.ContainsFunc(h.names, func(name string) bool { return within(name, path) })
}

// hidesAll reports whether all fields that may be inside the member at path are hidden.
func (h *hiding) hidesAll(path string) bool {
	for i, c := range h.shape.columns {
		if name := h.shape.schema.fields[i].Name; c.path && within(name, path) && !slices.Contains(h.names, name) {
			return false
		}
	}
	return true
}
