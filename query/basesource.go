package query

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// BaseSource has the methods of a [Source] that most sources have alike. Embed one that
// [NewBaseSource] made and write Fetch, which is the only method it lacks:
//
//	type port struct{ query.BaseSource[berth, *berth] }
//
//	func (p *port) Fetch(scan plan.Scan) paginate.Fetch[berth] { … }
//
// It asks for one page at a time, hides no field and spills no row; a method of the outer
// type changes that. It is immutable. Its zero value is not usable.
type BaseSource[T any, Row interface {
	*T
	model.Record
}] struct {
	schema       *model.Schema
	capabilities plan.Capabilities
	dialect      plan.Dialect
	key          int // the index of the key field; -1 if the schema lacks it
}

// NewBaseSource returns a base for rows that are the records of a schema. dialect is
// often a type that embeds [plan.BaseDialect], which names the key "id". A key that the
// schema lacks is an error of planning.
func NewBaseSource[T any, Row interface {
	*T
	model.Record
}](schema *model.Schema, capabilities plan.Capabilities, dialect plan.Dialect) BaseSource[T, Row] {
	key := -1
	if f, ok := schema.Lookup(dialect.ID()); ok {
		key = f.Index()
	}
	return BaseSource[T, Row]{schema, capabilities, dialect, key}
}

// Schema implements [Resource].
func (b *BaseSource[T, Row]) Schema() *model.Schema { return b.schema }

// Dialect implements [Resource].
func (b *BaseSource[T, Row]) Dialect() plan.Dialect { return b.dialect }

// Capabilities implements [Resource].
func (b *BaseSource[T, Row]) Capabilities() plan.Capabilities { return b.capabilities }

// Workers returns 1.
func (*BaseSource[T, Row]) Workers() int { return 1 }

// Record returns the row.
func (*BaseSource[T, Row]) Record(row *T) model.Record { return Row(row) }

// ID returns the value of the key field.
func (b *BaseSource[T, Row]) ID(row *T) int64 { return Row(row).Value(b.key).Int() }

// Hide leaves the row unchanged.
func (*BaseSource[T, Row]) Hide(*T, []*model.Field) {}

// NewSpill returns nil.
func (*BaseSource[T, Row]) NewSpill() Spill[T] { return nil }
