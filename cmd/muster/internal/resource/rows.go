package resource

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// Output says where rows are printed, and in which form.
type Output struct {
	W      io.Writer
	Format string // table, csv, json or ndjson
	Width  int    // of a table, in cells; 0 = no limit
	Styled bool   // whether a table may use ANSI escapes
}

// rowsOf are rows of type T.
type rowsOf[T any, P row[T]] struct {
	*query.Rows[T]

	of *of[T, P]
}

func (r *rowsOf[T, P]) Write(ctx context.Context, o Output) error {
	return drain(ctx, r.Rows, r.of.writer(o, r.Plan()))
}

func (r *rowsOf[T, P]) Records() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for batch, err := range r.Leased() {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range batch {
				if !yield(r.of.Record(&batch[i]), nil) {
					return
				}
			}
		}
	}
}

// drain writes every row.
func drain[T any](ctx context.Context, rows *query.Rows[T], w sink.Writer[T]) (err error) {
	var written int64
	defer func() {
		if err != nil && written > 0 && exit.Code(err) != exit.Interrupted {
			err = &exit.PartialError{Err: err, Rows: written}
		}
	}()
	for batch, err := range rows.Leased() {
		if err != nil {
			_ = w.Close() // the failure of the run is the one to report
			return err
		}
		n := int64(len(batch)) // the writer may change the batch
		if err := w.Write(ctx, batch); err != nil {
			return fmt.Errorf("writing the rows: %w", err)
		}
		written += n
	}
	return w.Close()
}

// writer writes the fields that the plan shows.
func (r *of[T, P]) writer(o Output, planned *query.Plan) sink.Writer[T] {
	switch o.Format {
	case "table":
		return Table(o, r.Source, planned)
	case "csv":
		return sink.NewStream(o.W, sink.CSV(r.Schema(), Columns(r, planned), r.Record))
	case "json":
		return sink.NewStream(o.W, sink.JSON("", encoder[T, P](planned)))
	}
	return sink.NewStream(o.W, sink.NDJSON("", encoder[T, P](planned)))
}

// Table returns a table of the fields that the plan shows.
func Table[T any](o Output, src query.Source[T], planned *query.Plan) *sink.Table[T] {
	options := sink.TableOptions{Width: o.Width, Whole: src.Dialect().ID(), Styled: o.Styled}
	return sink.NewTable(o.W, src.Schema(), Columns(src, planned), src.Record, options)
}

// encoder writes a row as the API does: whole, or only the id and the selected
// fields.
func encoder[T any, P row[T]](planned *query.Plan) sink.Encode[T] {
	if len(planned.Select) == 0 {
		return func(dst []byte, r *T) ([]byte, error) { return P(r).AppendJSON(dst), nil }
	}
	names := make([]string, len(planned.Select))
	for i, f := range planned.Select {
		names[i] = f.Name
	}
	return func(dst []byte, r *T) ([]byte, error) { return P(r).AppendJSONFields(dst, names) }
}

// Columns returns the columns of a plan's rows: the id and the selected fields, or
// the basic fields. A list inside a reference has no column unless it is selected, as rows
// have its length alone.
func Columns(of query.Resource, planned *query.Plan) []*model.Field {
	var fields []*model.Field
	schema, key := of.Schema(), of.Dialect().ID()
	if len(planned.Select) == 0 {
		for i := range schema.Len() {
			if f := schema.Field(i); f.Returned == model.ReturnedAlways && (f.Type != model.TypeRefs || f.Through == "") {
				fields = append(fields, f)
			}
		}
		return fields
	}
	if id, ok := schema.Lookup(key); ok {
		fields = append(fields, id)
	}
	for _, f := range planned.Select {
		if f.Name != key {
			fields = append(fields, f)
		}
	}
	return fields
}
