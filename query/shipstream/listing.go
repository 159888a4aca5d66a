package shipstream

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// Listing is one of the API's listings as a source of rows of type T: [Roles] and
// [Warehouses] return one, and the source that [Users] returns has its methods. It is
// immutable and safe for concurrent use.
type Listing[T any] struct {
	*rest.Source[T]

	row string // what one row is called in errors
}

var _ query.Source[Role] = (*Listing[Role])(nil)

// newListing returns the listing that one of this package's definitions describes.
func newListing[T any](client *transport.Client, d rest.Definition, row string, codec rest.Codec[T]) *Listing[T] {
	codec.Declared = declared
	return &Listing[T]{typed(client, d, codec), row}
}

// typed returns the source that a definition of this package describes.
func typed[T any](client *transport.Client, d rest.Definition, codec rest.Codec[T]) *rest.Source[T] {
	source, err := rest.NewTyped(client, d, codec)
	if err != nil {
		panic(fmt.Sprintf("the definition is this package's own: %v", err))
	}
	return source
}

// paging is how all of the API's listings page.
func paging() rest.Paging {
	return rest.Paging{Style: rest.Keyset, Limit: "limit", Sort: "sort"}
}

// Profile is the filter syntax that the source assumes the server to have.
func (l *Listing[T]) Profile() wire.Profile {
	p, _ := ProfileOf(l.Definition().Syntax)
	return p
}

// Bind returns the same source on another client: a plan may be made before there
// is one.
func (l *Listing[T]) Bind(client *transport.Client) *Listing[T] {
	return &Listing[T]{l.Source.Bind(client), l.row}
}

// object is a pointer to a row that others refer to and that refers to none.
type object[T any] interface {
	*T
	AppendJSON(dst []byte) []byte
	UnmarshalJSON(text []byte) error
}

// objects is the codec of such rows, which are read by record and hide.
func objects[T any, P object[T]](pages *model.PageDecoder[T], record func(*T) model.Record, id func(*T) int64) rest.Codec[T] {
	return rest.Codec[T]{
		Decode: pages.Decode, Record: record, ID: id,
		Spill: func() query.Spill[T] {
			return spill.New[T, P](func(text []byte, _ *model.Included) (row T, err error) {
				err = P(&row).UnmarshalJSON(text)
				return row, err
			})
		},
	}
}

// hideBy takes fields out of a row by the names of its own members: a path's is the
// reference that it passes through.
func hideBy[T any](hide func(row *T, member string)) func(row *T, fields []*model.Field) {
	return func(row *T, fields []*model.Field) {
		for _, f := range fields {
			member := f.Name
			if f.Through != "" {
				member = f.Through
			}
			hide(row, member)
		}
	}
}
