package dsl

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/muster-go/muster/dsl/internal/gostruct"
	"github.com/muster-go/muster/model"
)

// ErrStruct reports a type that [For] cannot bind. The error names the type and the field.
var ErrStruct = gostruct.ErrType

// ErrRow reports a struct with a value that the language does not have: a uint64 above
// 1<<63 - 1, a float that is NaN or infinite, or a string that is not the decimal that its tag says.
var ErrRow = errors.New("the language has no such value")

// StructOption is an option of [For]: [StringCollation] or [JSONNames].
type StructOption interface{ applyStruct(o *gostruct.Options) }

type structOption func(o *gostruct.Options)

func (f structOption) applyStruct(o *gostruct.Options) { f(o) }

// StringCollation sets the collation of strings whose tag has none. Default:
// [model.Binary], which compares byte by byte.
func StringCollation(c model.Collation) StructOption {
	return structOption(func(o *gostruct.Options) { o.Collation = c })
}

// JSONNames lets filters read every exported field: one without a filter tag has the name
// that encoding/json gives it. Fields that filters cannot read need the tag `filter:"-"`
// then. Default: filters read fields with a tag only, so that no field is opened to
// strangers by chance.
func JSONNames() StructOption {
	return structOption(func(o *gostruct.Options) { o.JSONNames = true })
}

// Structs makes filters over structs of type T. It is immutable and safe for concurrent
// use. Make one with [For]; the zero Structs is not for use.
type Structs[T any] struct{ plan *gostruct.Plan }

// For makes the schema of the struct T from its tags:
//
//	type Ticket struct {
//		ID     int64      `filter:"id"`
//		Title  string     `filter:"title,collation=ci"`
//		Closed *time.Time `filter:"closed"`
//		Owner  Person     `filter:"owner"`  // owner.name, owner.email
//		Labels []Label    `filter:"labels"` // labels.name = 'x' if any has it
//		secret string
//	}
//
// A tag has the field's name in filters and options. The tag "-", or none, leaves the field
// out. An embedded struct without a tag adds its fields to those of the struct.
//
//   - Integers of every size, bool, string, [time.Time] and types made of these are single
//     values. An uint64 above 1<<63 - 1 is an [ErrRow].
//   - A pointer, a [model.Opt] and a sql.Null are what they lead to, or null.
//   - A struct has its fields by a dot. A pointer to one is a reference: owner is null,
//     any owner (name = 'x'). A slice of structs, or of pointers to them, is a list of references.
//     A condition on a path through these holds if any struct satisfies it, and is false if
//     there are none. Slices of structs may be inside each other, and behind a pointer:
//     any lines (any discounts (code = 'x')). A path leads through up to 16 of them. A nil
//     pointer to a struct behind another pointer, or in a slice, has null in each field.
//   - A slice of single values, such as []string, is a list: tags = 'x' holds if any element
//     is x. A nil slice is null, and as empty as one without elements. []byte is refused.
//   - A map with string keys needs the keys that filters may name: `filter:"labels,keys=team|region"`
//     is for labels.team and labels.region, which are null if the map lacks them. Values
//     are strings, bools, ints, float64s or times; a float that is not finite is null there.
//   - The option nullable makes the zero value null, such as the zero [time.Time].
//   - A float32 or float64 is a float, with its exact value: a float32 of 0.1 is not 0.1.
//   - The option decimal makes a decimal of a float, by the digits that it prints with, and
//     of a string that holds a number, such as a json.Number.
//   - The option collation=binary, ci or case says how strings compare. Default: binary, or
//     what [StringCollation] says. What ignores letter case is always said.
//
// It fails with [ErrStruct], for every fault of the type at once: a name twice, an
// unexported field with a tag, an unknown option, a type that contains itself, a slice of
// slices, and kinds that the language has no values of.
func For[T any](opts ...StructOption) (*Structs[T], error) {
	o := gostruct.Options{Collation: model.Binary}
	for _, opt := range opts {
		opt.applyStruct(&o)
	}
	plan, err := gostruct.New(reflect.TypeFor[T](), o)
	if err != nil {
		return nil, err
	}
	return &Structs[T]{plan}, nil
}

// Schema returns the schema of T, as [Check] and [Complete] take it.
func (s *Structs[T]) Schema() *model.Schema { return s.plan.Schema() }

// Compile parses, checks and compiles a filter, also with the options of [Compile]. Its errors
// are a [*SyntaxError] or [TypeErrors], which show the place. For limits of the text or parameters without a
// schema at hand, see [Parse] and [Structs.CompileFilter].
func (s *Structs[T]) Compile(text string, opts ...CheckOption) (*Matcher[T], error) {
	f, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return s.CompileFilter(f, opts...)
}

// CompileFilter is [Structs.Compile] for a filter that was parsed or built.
func (s *Structs[T]) CompileFilter(f *Filter, opts ...CheckOption) (*Matcher[T], error) {
	c, p, err := compileFilter(f, s.Schema(), opts)
	if err != nil {
		return nil, err
	}
	return &Matcher[T]{matcher{predicate: *p, plan: s.plan, checked: c}}, nil
}

func compileFilter(f *Filter, s *model.Schema, opts []CheckOption) (*Checked, *Predicate, error) {
	c, err := Check(f, s, opts...)
	if err != nil {
		return nil, nil, err
	}
	var compile []CompileOption
	for _, opt := range opts {
		if of, ok := opt.(CompileOption); ok {
			compile = append(compile, of)
		}
	}
	p, err := Compile(c.Root, s, compile...)
	return c, p, err
}

// Matcher is a filter over structs of type T. It is immutable and safe for concurrent use,
// and its methods allocate as little as those of [Predicate]. They read a row and keep nothing
// of it; nobody may change the row meanwhile. A nil row has null in every field. Make one with
// [Structs.Compile]; the zero Matcher is not for use.
type Matcher[T any] struct{ matcher }

// matcher is a Matcher of any type. Its methods are not generic, so that the compiler
// inlines into them.
type matcher struct {
	predicate Predicate // a value: one address less to wait for at each row
	plan      *gostruct.Plan
	checked   *Checked
}

// Match reports whether the filter is true for the row. A row for which [Matcher.Test]
// fails does not match.
func (m *Matcher[T]) Match(row *T) bool { return m.match(gostruct.RowOf(row)) }

func (m *matcher) match(row gostruct.Row) bool {
	r, c := m.record(row), m.plan.NewCursors()
	r.Cursors = c
	matched := m.predicate.Match(r.Concealed())
	m.plan.Release(c)
	return !r.Failed() && matched
}

// record returns the row as a record; a nil row has no fields.
func (m *matcher) record(row gostruct.Row) (r gostruct.Record) {
	if row != nil {
		r.Row, r.Fields = row, m.plan.Fields
	}
	return r
}

// Test is Match with an error, which matches [ErrRow], if the filter read a value that the
// language does not have, [ErrSteps], if it took more than [MaxSteps], and [ErrCall], if a
// function failed.
func (m *Matcher[T]) Test(row *T) (bool, error) {
	return m.test(gostruct.RowOf(row))
}

func (m *matcher) test(row gostruct.Row) (bool, error) {
	r, c := m.record(row), m.plan.NewCursors()
	r.Cursors = c
	matched, err := m.predicate.Test(r.Concealed())
	m.plan.Release(c)
	if r.Failed() {
		return false, m.failure(r)
	}
	return matched, err
}

// Eval returns the filter's truth value for the row. It fails as [Matcher.Test] does, with
// Unknown.
func (m *Matcher[T]) Eval(row *T) (Tri, error) {
	return m.eval(gostruct.RowOf(row))
}

func (m *matcher) eval(row gostruct.Row) (Tri, error) {
	r, c := m.record(row), m.plan.NewCursors()
	r.Cursors = c
	answer, err := m.predicate.eval(r.Concealed())
	m.plan.Release(c)
	if r.Failed() {
		return Unknown, m.failure(r)
	}
	return answer, err
}

// failure takes a copy, so that the record itself stays on the stack.
func (m *matcher) failure(r gostruct.Record) error {
	return fmt.Errorf("%w: %w", ErrRow, r.Err(m.plan.Schema()))
}

// Checked returns the filter as it was checked, with its warnings.
func (m *Matcher[T]) Checked() *Checked { return m.checked }
