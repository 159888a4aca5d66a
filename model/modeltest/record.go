package modeltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// Object is what a reference of a [Record] resolves to: values by the last name
// of the path, so that "owner.name" is {"name": …}. A reference inside it is an Object or a
// []Object in its turn.
type Object map[string]any

// Record is a [model.Record] in memory over any schema. It is immutable and safe
// for concurrent use.
type Record struct {
	schema *model.Schema
	values []model.Value   // by field; of references too
	paths  [][]model.Value // by field: a value for each reference passed through
}

var _ model.Record = (*Record)(nil)

// NewRecord returns a record over s with the given fields; the rest are null. A
// value is nil, an int, an int64, a float64, a string, a bool, a time.Time, a string in
// RFC 3339 for a date-time, or a [model.Value]. A list is an []any of them. A reference
// is an [Object] (nil for null), a list of references a []Object. It fails on a name that s lacks
// and on a value of another type.
func NewRecord(s *model.Schema, fields map[string]any) (*Record, error) {
	r := &Record{schema: s, values: make([]model.Value, s.Len()), paths: make([][]model.Value, s.Len())}
	for name, v := range fields {
		f, ok := s.Lookup(name)
		if !ok || f.Through != "" {
			return nil, fmt.Errorf("modeltest: schema %s has no field %q of its own", s.Name(), name)
		}
		if err := r.set(f, v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// MustRecord is [NewRecord] for literals in tests; it panics where that fails.
func MustRecord(s *model.Schema, fields map[string]any) *Record {
	r, err := NewRecord(s, fields)
	if err != nil {
		panic(err)
	}
	return r
}

func (r *Record) set(f *model.Field, v any) error {
	var err error
	switch f.Type {
	case model.TypeRef:
		o, ok := v.(Object)
		if v != nil && !ok {
			return mistyped(f, v)
		}
		if o != nil {
			return r.refer(f, []Object{o})
		}
	case model.TypeRefs:
		list, ok := v.([]Object)
		if v != nil && !ok {
			return mistyped(f, v)
		}
		return r.refer(f, list)
	case model.TypeNull, model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeString, model.TypeBool, model.TypeDateTime, model.TypeJSON, model.TypeList:
		r.values[f.Index()], err = value(f, v)
	}
	return err
}

// refer sets the values of f and of every path through it.
func (r *Record) refer(f *model.Field, objects []Object) error {
	if err := r.through(f, objects); err != nil {
		return err
	}
	for _, o := range objects {
		id := model.Int(0) // set, whatever the object holds: only its nullness counts
		if n, ok := o["id"].(int); ok {
			id = model.Int(int64(n))
		}
		r.paths[f.Index()] = append(r.paths[f.Index()], id)
	}
	if len(objects) > 0 {
		r.values[f.Index()] = r.paths[f.Index()][0]
	}
	return nil
}

// through sets the values of every path through f, whose objects are all those of the record.
func (r *Record) through(f *model.Field, objects []Object) error {
	for i := range r.schema.Len() {
		path := r.schema.Field(i)
		if path.Reference() != f {
			continue
		}
		var inner []Object
		for _, o := range objects {
			held := o[strings.TrimPrefix(path.Name, f.Name+".")]
			v, below, err := inside(path, held)
			if err != nil {
				return err
			}
			r.paths[i], inner = append(r.paths[i], v), append(inner, below...)
		}
		if path.Type != model.TypeRef && path.Type != model.TypeRefs {
			continue
		}
		if err := r.through(path, inner); err != nil {
			return err
		}
	}
	return nil
}

// inside returns the value that an object has at a path, and the objects if it is a reference.
func inside(path *model.Field, held any) (model.Value, []Object, error) {
	var objects []Object
	switch path.Type { //nolint:exhaustive // the others are values
	case model.TypeRef:
		o, ok := held.(Object)
		if held != nil && !ok {
			return model.Null(), nil, mistyped(path, held)
		}
		if o != nil {
			objects = []Object{o}
		}
	case model.TypeRefs:
		var ok bool
		if objects, ok = held.([]Object); held != nil && !ok {
			return model.Null(), nil, mistyped(path, held)
		}
	default:
		v, err := value(path, held)
		return v, nil, err
	}
	if len(objects) == 0 {
		return model.Null(), nil, nil
	}
	return model.Int(int64(len(objects))), objects, nil
}

func value(f *model.Field, v any) (model.Value, error) {
	var got model.Value
	switch v := v.(type) {
	case nil:
		return model.Null(), nil
	case model.Value:
		got = v
	case int:
		got = model.Int(int64(v))
	case int64:
		got = model.Int(v)
	case bool:
		got = model.Bool(v)
	case float64:
		got = model.Float(v)
	case time.Time:
		got = model.DateTime(v)
	case []any:
		return list(f, v)
	case string:
		got = model.String(v)
		if f.Type == model.TypeDateTime {
			t, err := time.Parse(time.RFC3339, v)
			if err != nil {
				return got, fmt.Errorf("modeltest: field %s: %w", f.Name, err)
			}
			got = model.DateTime(t)
		}
	}
	if got.Type() != f.Type && !got.IsNull() || got.IsNull() && v != any(model.Null()) {
		return got, mistyped(f, v)
	}
	return got, nil
}

func list(f *model.Field, elements []any) (model.Value, error) {
	if f.Type != model.TypeList {
		return model.Null(), mistyped(f, elements)
	}
	element := *f
	element.Type = f.Of
	values := make([]model.Value, len(elements))
	for i, e := range elements {
		var err error
		if values[i], err = value(&element, e); err != nil {
			return model.Null(), err
		}
	}
	return model.List(values...), nil
}

func mistyped(f *model.Field, v any) error {
	return fmt.Errorf("modeltest: field %s of type %s cannot hold %v (%T)", f.Name, f.Type, v, v)
}

// Value implements [model.Record].
func (r *Record) Value(field int) model.Value {
	if field < 0 || field >= len(r.values) {
		return model.Null()
	}
	return r.values[field]
}

// Len implements [model.Record].
func (r *Record) Len(field int) int {
	if field < 0 || field >= len(r.paths) {
		return 0
	}
	return len(r.paths[field])
}

// At implements [model.Record].
func (r *Record) At(field, i int) model.Value {
	if i < 0 || i >= r.Len(field) {
		return model.Null()
	}
	return r.paths[field][i]
}

// String returns the fields that are not null, for messages of failed tests.
func (r *Record) String() string {
	var b strings.Builder
	for i := range r.schema.Len() {
		switch f := r.schema.Field(i); {
		case len(r.paths[i]) > 0:
			fmt.Fprintf(&b, "%s=%v ", f.Name, r.paths[i])
		case !r.values[i].IsNull():
			fmt.Fprintf(&b, "%s=%q ", f.Name, r.values[i].String())
		}
	}
	return strings.TrimSpace(b.String())
}
