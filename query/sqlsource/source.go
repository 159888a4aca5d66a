package sqlsource

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
	"github.com/muster-go/muster/query/plan"
)

// DB asks a database: a *sql.DB, a *sql.Conn or a *sql.Tx.
type DB interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Source is the rows of a table. It is immutable, and safe for concurrent use as
// far as its [DB] is; make one with [New].
type Source struct {
	db      DB
	table   *table
	decoder *model.DynamicDecoder
}

var _ query.Source[model.DynamicRow] = (*Source)(nil)

// ErrNoDB is that rows were asked of a source that was made for planning.
var ErrNoDB = errors.New("the source has no database: it was made for planning alone")

// New returns the table as a source. A nil db serves for planning alone. It fails
// with a [*TableError] that names every fault of the description; whether the
// database has such a table shows when it is asked.
func New(db DB, flavour Flavour, described Table) (*Source, error) {
	described, err := described.settled(flavour)
	if err != nil {
		return nil, err
	}
	fields := make([]model.Field, len(described.Columns))
	for i, c := range described.Columns {
		fields[i] = c.Field
	}
	if flavour.MaxParams <= 0 {
		flavour.MaxParams = leastMaxParams
	}
	t := &table{Table: described, flavour: flavour}
	if t.schema, err = model.NewSchema(described.Name, fields...); err != nil {
		return nil, &TableError{described.Name, err}
	}
	decoder, err := model.NewDynamicDecoder(t.schema, model.Layout{ID: described.Key})
	if err != nil {
		return nil, &TableError{described.Name, err}
	}
	return &Source{db, t, decoder}, nil
}

// Schema describes the rows.
func (s *Source) Schema() *model.Schema { return s.table.schema }

// Dialect describes what the database can be asked.
func (s *Source) Dialect() plan.Dialect { return s.table }

// Capabilities are those of a table. Its identity is that of a table of the same name
// in another database, too.
func (s *Source) Capabilities() plan.Capabilities {
	return plan.Capabilities{
		Count: s.Count, Spills: true, Room: s.table.room(),
		Identity: map[string]string{"table": s.table.From, "database": s.table.flavour.Name},
	}
}

// Workers returns [Table.Workers].
func (s *Source) Workers() int { return s.table.Workers }

// Record reads a row as the filter language does.
func (s *Source) Record(row *model.DynamicRow) model.Record { return row }

// ID returns the row's key.
func (s *Source) ID(row *model.DynamicRow) int64 { return row.ID }

// Hide takes fields out of a row.
func (s *Source) Hide(row *model.DynamicRow, fields []*model.Field) { row.Hide(fields) }

// NewSpill returns what puts the rows of one sort aside.
func (s *Source) NewSpill() query.Spill[model.DynamicRow] { return spill.New(s.decoder.DecodeRow) }

// ErrNotSQL is that a condition cannot be said in the database's SQL; the error
// that matches it gives the reason.
var ErrNotSQL = errors.New("the database cannot say it")

// Where returns the condition, checked against the source's schema, as what stands
// behind WHERE, with its parameters in the order of their marks, the first of which
// is number one. It is true for exactly the rows for which the condition is. The
// error matches [ErrNotSQL].
func (s *Source) Where(n dsl.Node) (clause string, args []any, err error) {
	c := s.table.clause()
	if n == nil {
		n = &dsl.Const{Value: true}
	}
	if c.node(n); c.reason != "" {
		return "", nil, fmt.Errorf("%s: %w: %s", dsl.Format(n), ErrNotSQL, c.reason)
	}
	return c.sql.String(), c.args, nil
}

// Count returns how many rows the scan's pushed filter and ids select.
func (s *Source) Count(ctx context.Context, scan plan.Scan) (n int64, err error) {
	selected, err := s.table.selection(scan)
	if err != nil {
		return 0, err
	}
	text, args := selected.count()
	err = s.ask(ctx, text, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// Fetch binds a scan to the table.
func (s *Source) Fetch(scan plan.Scan) paginate.Fetch[model.DynamicRow] {
	selected, err := s.table.selection(scan)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
		if err != nil { // of a plan that was kept, and no longer fits the table
			return nil, err
		}
		return s.page(ctx, selected, r)
	}
}

func (s *Source) page(ctx context.Context, selected *selection, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
	body := newBody(selected.columns)
	text, args := selected.page(r)
	if err := s.ask(ctx, text, args, body.row); err != nil {
		return nil, err
	}
	decoded, err := s.decoder.Decode(body.end())
	if err != nil {
		return nil, fmt.Errorf("table %s: %w: %w", s.table.From, ErrValue, err)
	}
	page := &paginate.Page[model.DynamicRow]{Rows: decoded.Rows, Count: -1}
	if len(page.Rows) > r.Limit {
		page.Rows, page.HasMore = slices.Clip(page.Rows[:r.Limit]), true
	}
	if r.Count {
		page.Count, err = s.Count(ctx, selected.scan)
	}
	return page, err
}

// ask runs a statement and hands each of its rows to row. A driver's own word for
// a context that has ended is replaced by the context's.
func (s *Source) ask(ctx context.Context, text string, args []any, row func(*sql.Rows) error) (err error) {
	if s.db == nil {
		return ErrNoDB
	}
	defer func() {
		switch {
		case err == nil:
		case ctx.Err() != nil:
			err = fmt.Errorf("table %s: %w", s.table.From, ctx.Err())
		default:
			err = fmt.Errorf("table %s: %w, as the answer to %.*s", s.table.From, err, maxQuoted, text)
		}
	}()
	rows, err := s.db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err has told
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
