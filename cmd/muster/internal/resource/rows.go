package main

import (
	"context"
	"fmt"
	"iter"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// answerOf is an answer whose rows are T.
type answerOf[T any, P row[T]] struct {
	*query.Rows[T]

	of *resourceOf[T, P]
}

func (r *answerOf[T, P]) write(ctx context.Context, env *environment, format string) error {
	return drain(ctx, r.Rows, r.of.writer(env, format, r.Plan()))
}

func (r *answerOf[T, P]) records() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for row, err := range r.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(r.of.Record(&row), nil) {
				return
			}
		}
	}
}

// drain writes every row, and says so when the run failed after some.
func drain[T any](ctx context.Context, rows *query.Rows[T], w sink.Writer[T]) (err error) {
	var written int64
	defer func() {
		_ = rows.Close() // it only waits; Err has the outcome
		if err != nil && written > 0 && exit.Code(err) != exit.Interrupted {
			err = &exit.PartialError{Err: err, Rows: written}
		}
	}()
	for batch := range rows.Batches() {
		n := int64(len(batch)) // the writer owns the batch from here on
		if err := w.Write(ctx, batch); err != nil {
			return fmt.Errorf("writing the rows: %w", err)
		}
		written += n
	}
	if err := rows.Err(); err != nil {
		_ = w.Close() // the failure of the run is the one to report
		return err
	}
	return w.Close()
}

// writer is the writer of a format for the fields that the plan shows.
func (r *resourceOf[T, P]) writer(env *environment, format string, plan *query.Plan) sink.Writer[T] {
	switch format {
	case "table":
		return newTable(env, r.Source, plan)
	case "csv":
		return sink.NewCSV(env.stdout, r.Schema(), shown(r, plan), r.Record)
	case "json":
		return sink.NewJSON(env.stdout, encoder[T, P](plan))
	}
	return sink.NewNDJSON(env.stdout, encoder[T, P](plan))
}

// newTable is a table that fits standard output.
func newTable[T any](env *environment, src query.Source[T], plan *query.Plan) *sink.Table[T] {
	opts := []sink.TableOption{sink.FitWidth(env.tableWidth()), sink.Whole(src.Dialect().ID())}
	if env.colored {
		opts = append(opts, sink.Styled())
	}
	return sink.NewTable(env.stdout, src.Schema(), shown(src, plan), src.Record, opts...)
}

// encoder writes a row as the API does: whole, or the id and exactly what was
// selected.
func encoder[T any, P row[T]](plan *query.Plan) sink.Encode[T] {
	if len(plan.Select) == 0 {
		return func(dst []byte, r *T) ([]byte, error) { return P(r).AppendJSON(dst), nil }
	}
	names := make([]string, len(plan.Select))
	for i, f := range plan.Select {
		names[i] = f.Name
	}
	return func(dst []byte, r *T) ([]byte, error) { return P(r).AppendJSONFields(dst, names) }
}

// shown is the columns of a table: the id and what was selected, or the basic
// fields.
func shown(of query.Resource, plan *query.Plan) []*model.Field {
	var fields []*model.Field
	schema, key := of.Schema(), of.Dialect().ID()
	if len(plan.Select) == 0 {
		for i := range schema.Len() {
			if f := schema.Field(i); f.Returned == model.ReturnedAlways {
				fields = append(fields, f)
			}
		}
		return fields
	}
	if id, ok := schema.Lookup(key); ok {
		fields = append(fields, id)
	}
	for _, f := range plan.Select {
		if f.Name != key {
			fields = append(fields, f)
		}
	}
	return fields
}
