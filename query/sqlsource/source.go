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

// DB runs the queries of a [Source]. A *sql.DB, a *sql.Conn and a *sql.Tx are one each.
type DB interface {
	// QueryContext runs a query that returns rows, as that of a *sql.DB does.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Source is a table as a [query.Source]. It is immutable, and safe for concurrent use if
// its [DB] is. The zero Source is not usable; make one with [New].
type Source struct {
	db      DB
	table   *table
	decoder *model.DynamicDecoder
}

var _ query.Source[model.DynamicRow] = (*Source)(nil)

// ErrNoDB reports that rows were requested from a source without a [DB].
var ErrNoDB = errors.New("the source has no database: it was made for planning alone")

// New returns the table as a source. With a nil db it can only plan. A description that
// cannot be a source is a [*TableError], which names every fault. New does not query the
// database: a table that does not exist shows at the first request.
func New(db DB, flavour Flavour, described Table) (*Source, error) {
	described, err := described.withDefaults(flavour)
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

// Dialect translates filters for the database.
func (s *Source) Dialect() plan.Dialect { return s.table }

// Capabilities returns those of a table: its rows can be counted and spilled, and the
// flavour bounds the parameters of a statement. Tables of one name in two databases of
// one kind have the same identity.
func (s *Source) Capabilities() plan.Capabilities {
	return plan.Capabilities{
		Count: s.Count, Spills: true, Room: s.table.room(),
		Identity: map[string]string{"table": s.table.From, "database": s.table.flavour.Name},
	}
}

// Workers returns [Table.Workers], at least 1.
func (s *Source) Workers() int { return s.table.Workers }

// Record returns the row as the filter language reads it.
func (s *Source) Record(row *model.DynamicRow) model.Record { return row }

// ID returns the row's key, 1 or more.
func (s *Source) ID(row *model.DynamicRow) int64 { return row.ID }

// Hide removes fields from a row.
func (s *Source) Hide(row *model.DynamicRow, fields []*model.Field) { row.Hide(fields) }

// NewSpill returns an encoding for the rows of one sort that does not fit in memory.
func (s *Source) NewSpill() query.Spill[model.DynamicRow] { return spill.New(s.decoder.DecodeRow) }

// ErrNotSQL reports a condition that the database's SQL cannot express. The error that
// matches it gives the reason.
var ErrNotSQL = errors.New("the database cannot say it")

// notSQL returns an error that matches [ErrNotSQL].
func notSQL(n dsl.Node, reason string) error {
	return fmt.Errorf("%s: %w: %s", dsl.Format(n), ErrNotSQL, reason)
}

// Where returns a checked condition as the text of a WHERE clause, without the word. The
// arguments are the parameters that it binds, in the order of their marks from 1. The
// clause selects exactly the rows for which the condition is true; nil selects all. An
// error matches [ErrNotSQL].
func (s *Source) Where(n dsl.Node) (clause string, args []any, err error) {
	if n == nil {
		n = &dsl.Const{Value: true}
	}
	return s.table.express(n)
}

// express writes a condition as SQL.
func (t *table) express(n dsl.Node) (text string, args []any, err error) {
	c := t.clause()
	if c.node(n); c.reason != "" {
		return "", nil, notSQL(n, c.reason)
	}
	return c.sql.String(), c.args, nil
}

// Count returns how many rows the scan's pushed filter and ids select, by one statement.
func (s *Source) Count(ctx context.Context, scan plan.Scan) (n int64, err error) {
	selected, err := s.table.selection(scan)
	if err != nil {
		return 0, err
	}
	text, args := selected.count()
	err = s.ask(ctx, text, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// Fetch returns a function that reads pages of the scan, one statement each. The function
// reports a faulty scan or row; see [ErrNotSQL], [ErrValue] and [ErrNoDB].
func (s *Source) Fetch(scan plan.Scan) paginate.Fetch[model.DynamicRow] {
	selected, err := s.table.selection(scan)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
		if err != nil {
			return nil, err
		}
		return s.page(ctx, selected, r)
	}
}

func (s *Source) page(ctx context.Context, selected *selection, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
	body := newBody(selected.fields)
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

// ask runs a statement and calls row for each of its rows. After the end of the context,
// the error is the context's, not the driver's.
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
	defer rows.Close() //nolint:errcheck // Err returns it
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
