package rest

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
)

// Codec decodes pages into rows of type T and reads those rows. Decode, Record and ID
// are required. Its functions are called from several goroutines at once.
type Codec[T any] struct {
	// Decode decodes the body of a page in the definition's layout. The array of the page's rows,
	// up to its capacity, belongs to the source, which clears it for later pages.
	Decode func(body []byte, opts ...model.DecodeOption) (*model.Page[T], error)
	// Shares says that rows share the body's bytes, so that its memory is not used again
	// before the page is released.
	Shares bool
	// Record reads a row as the filter language does.
	Record func(row *T) model.Record
	// ID returns the key of a row; it is not read if the key is a string.
	ID func(row *T) int64
	// Hide takes fields out of a row; nil leaves rows as they are.
	Hide func(row *T, fields []*model.Field)
	// Spill returns what puts the rows of one sort aside; nil = they cannot be.
	Spill func() query.Spill[T]
	// Declared says what may be wrong with asking for an optional field, for errors; ""
	// = nothing. nil refers to the definition.
	Declared func(f *model.Field) string
}

// dynamic is the codec of rows of any schema.
func dynamic(schema *model.Schema, layout model.Layout) (Codec[model.DynamicRow], error) {
	decoder, err := model.NewDynamicDecoder(schema, layout)
	if err != nil {
		return Codec[model.DynamicRow]{}, err
	}
	return Codec[model.DynamicRow]{
		Decode: func(body []byte, opts ...model.DecodeOption) (*model.Page[model.DynamicRow], error) {
			return decoder.Decode(body, append(opts, model.LenientPage())...)
		},
		Record: func(row *model.DynamicRow) model.Record { return row },
		ID:     func(row *model.DynamicRow) int64 { return row.ID },
		Hide:   (*model.DynamicRow).Hide,
		Spill:  func() query.Spill[model.DynamicRow] { return spill.New(decoder.DecodeRow) },
	}, nil
}

// declaredField is what a definition says of an optional field.
func declaredField(f *model.Field) string {
	if f.Returned == model.ReturnedOnRequest {
		return "the definition says that it is answered on request"
	}
	return "the definition does not say whether it is answered"
}
