package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
)

// parameters is about how many parameters a statement has. More tuples share the cost of a
// statement, but the driver searches all parameters for each one, which for 64 users at
// once costs more than it saves.
const parameters = 64

// inserter inserts rows, and the objects that they refer to.
type inserter[T any] struct {
	sink     *Sink[T]
	rows     *tupleStatement
	versions *versions[T] // nil = there are no relations
	related  []related[T]
}

func newInserter[T any](ctx context.Context, s *Sink[T]) (in *inserter[T], err error) {
	in = &inserter[T]{sink: s}
	defer func() {
		if err != nil {
			_ = in.close() // err is the cause
		}
	}()
	in.rows, err = newTupleStatement(ctx, s.conn, len(s.columns)+1, func(n int) string { return upsertRows(s.into(s.table), s.key.name, s.columns, n) })
	if err != nil {
		return in, err
	}
	if len(s.relations) == 0 {
		return in, nil
	}
	if in.versions, err = newVersions(ctx, s); err != nil {
		return in, err
	}
	for _, r := range s.relations {
		to, err := r.open(ctx, s)
		if err != nil {
			return in, err
		}
		in.related = append(in.related, to)
	}
	return in, nil
}

func (in *inserter[T]) close() error {
	err := closeAll(in.related)
	if in.versions != nil {
		err = errors.Join(err, in.versions.close())
	}
	if in.rows != nil {
		err = errors.Join(err, in.rows.close())
	}
	return err
}

func (in *inserter[T]) write(ctx context.Context, rows []T) (err error) {
	if in.versions != nil {
		if rows, err = in.versions.newest(ctx, rows); err != nil {
			return err
		}
	}
	for i := range rows {
		if err := in.row(ctx, &rows[i]); err != nil {
			return err
		}
	}
	if err := in.rows.flush(ctx); err != nil {
		return err
	}
	for _, to := range in.related {
		if err := to.write(ctx, rows); err != nil {
			return err // nothing after the first error: see Sink
		}
	}
	return nil
}

func (in *inserter[T]) row(ctx context.Context, row *T) error {
	r := in.sink.record(row)
	in.rows.args = append(in.rows.args, in.sink.key.value(r))
	for _, c := range in.sink.columns {
		in.rows.args = append(in.rows.args, c.value(r))
	}
	return in.rows.took(ctx)
}

// tupleStatement gathers tuples and executes a statement for many of them at once, or for
// one if fewer are left.
type tupleStatement struct {
	width     int
	tuples    int // of a statement for many
	many, one *sql.Stmt
	args      []any
}

func newTupleStatement(ctx context.Context, conn *sql.Conn, width int, text func(n int) string) (*tupleStatement, error) {
	t := &tupleStatement{width: width, tuples: max(1, parameters/width)}
	var err error
	if t.many, err = conn.PrepareContext(ctx, text(t.tuples)); err != nil {
		return nil, err
	}
	if t.one, err = conn.PrepareContext(ctx, text(1)); err != nil {
		return nil, err // closing the connection closes its statements
	}
	return t, nil
}

// add adds one tuple.
func (t *tupleStatement) add(ctx context.Context, tuple ...any) error {
	t.args = append(t.args, tuple...)
	return t.took(ctx)
}

// took executes the statement if args is full.
func (t *tupleStatement) took(ctx context.Context) error {
	if len(t.args) < t.tuples*t.width {
		return nil
	}
	_, err := t.many.ExecContext(ctx, t.args...)
	t.args = t.args[:0]
	return err
}

func (t *tupleStatement) flush(ctx context.Context) error {
	for at := 0; at < len(t.args); at += t.width {
		if _, err := t.one.ExecContext(ctx, t.args[at:at+t.width]...); err != nil {
			return err
		}
	}
	clear(t.args)
	t.args = t.args[:0]
	return nil
}

func (t *tupleStatement) close() error { return errors.Join(t.many.Close(), t.one.Close()) }
