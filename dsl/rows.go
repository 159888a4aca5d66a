package dsl

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// Rows makes filters over rows of a schema that are of type R: maps, by [Map], or texts of
// JSON, by [JSON]. It is immutable and safe for concurrent use. The zero Rows is not for
// use.
type Rows[R any] struct {
	schema *model.Schema
	read   func(*model.ObjectReader, R) (*model.ObjectRecord, error)
}

// Map returns what makes filters over maps as encoding/json decodes objects: with float64,
// string, bool, nil, map[string]any and []any. Integers, time.Time and json.Number are read
// as well.
//
// A dot in a field's name leads into a map inside: address.city. A field that passes
// through a reference is in each map of the reference's list. A map may lack a field
// that is Nullable or is not [model.ReturnedAlways]. [model.ObjectReader.ReadMap] says the
// rest. A row that does not fit the schema is an error that matches
// [model.ErrUnexpected]; what a filter does not name is not looked at.
func Map(s *model.Schema) *Rows[map[string]any] {
	return &Rows[map[string]any]{s, (*model.ObjectReader).ReadMap}
}

// JSON returns what makes filters over objects of JSON, each a text of its own, such as a
// line of NDJSON. A filter decodes the fields that it names and checks that the rest is
// JSON. Fields are found as by [Map]. The error of a row is a [*model.DecodeError].
func JSON(s *model.Schema) *Rows[[]byte] {
	return &Rows[[]byte]{s, (*model.ObjectReader).ReadJSON}
}

// Schema returns the schema.
func (rs *Rows[R]) Schema() *model.Schema { return rs.schema }

// Compile parses, checks and compiles a filter, as [Structs.Compile] does.
func (rs *Rows[R]) Compile(text string, opts ...CheckOption) (*RowMatcher[R], error) {
	f, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return rs.CompileFilter(f, opts...)
}

// CompileFilter is [Rows.Compile] for a filter that was parsed or built.
func (rs *Rows[R]) CompileFilter(f *Filter, opts ...CheckOption) (*RowMatcher[R], error) {
	c, p, err := compileFilter(f, rs.schema, opts)
	if err != nil {
		return nil, err
	}
	return &RowMatcher[R]{p, model.NewObjectReader(rs.schema, ast.Fields(c.Root)), rs.read, c}, nil
}

// RowMatcher is a filter over rows of type R. It is immutable and safe for concurrent use.
// Its methods read a row and keep nothing of it. Make one with [Rows.Compile]; the zero
// RowMatcher is not for use.
type RowMatcher[R any] struct {
	predicate *Predicate
	reader    *model.ObjectReader
	read      func(*model.ObjectReader, R) (*model.ObjectRecord, error)
	checked   *Checked
}

// Match reports whether the filter is true for the row. It is false with an error for a
// row that does not fit the schema or takes more than [MaxSteps], or if a function failed.
func (m *RowMatcher[R]) Match(row R) (bool, error) {
	r, err := m.read(m.reader, row)
	if err != nil {
		return false, err
	}
	defer r.Release()
	return m.predicate.Test(r)
}

// Eval returns the filter's truth value for the row, Unknown with an error.
func (m *RowMatcher[R]) Eval(row R) (Tri, error) {
	r, err := m.read(m.reader, row)
	if err != nil {
		return Unknown, err
	}
	defer r.Release()
	return m.predicate.eval(r)
}

// Checked returns the filter as it was checked, with its warnings.
func (m *RowMatcher[R]) Checked() *Checked { return m.checked }
