package sqlsourcetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/sqlsource"
)

// DB is a database that tables can be made in: a *sql.DB or a *sql.Conn.
type DB interface {
	sqlsource.DB
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Types are the names of the database's types of columns.
type Types struct {
	Int, Bool string
	Float     string                     // of double precision; "" = floats are not tested
	DateTime  string                     // of instants; if the flavour has none, of texts by time.DateTime
	Text      map[model.Collation]string // of texts, by their collation
}

// tableName names the table, which is dropped again.
const tableName = "muster_flavour"

// TestFlavour makes a table for each collation of the flavour and tests it as a source,
// and the source's dialect, with package querytest. It returns every fault, joined; nil if
// there is none.
func TestFlavour(ctx context.Context, db DB, flavour sqlsource.Flavour, types Types) error {
	var errs []error
	for collation := range flavour.Collations {
		t := &flavourTest{db: db, flavour: flavour, types: types, collation: collation}
		if err := t.run(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s, %v: %w", flavour.Name, collation, err))
		}
	}
	return errors.Join(errs...)
}

type flavourTest struct {
	db        DB
	flavour   sqlsource.Flavour
	types     Types
	collation model.Collation
}

func (t *flavourTest) columns() []sqlsource.Column {
	column := func(name string, typ model.Type, nullable bool, form sqlsource.TimeForm) sqlsource.Column {
		return sqlsource.Column{
			Field:  model.Field{Name: name, Type: typ, Nullable: nullable, Collation: t.collation, Returned: model.ReturnedAlways},
			Column: "the " + name, Time: form, // a name that only quoting makes one
		}
	}
	created, _ := t.created(time.Time{})
	columns := []sqlsource.Column{
		column("id", model.TypeInt, false, ""),
		column("name", model.TypeString, false, ""),
		column("note", model.TypeString, true, ""),
		column("total", model.TypeInt, true, ""),
		column("active", model.TypeBool, true, ""),
		column("seen", model.TypeDateTime, true, sqlsource.TimeUnix),
		column("written", model.TypeDateTime, true, time.RFC3339),
		column("created", model.TypeDateTime, true, created),
	}
	if t.types.Float != "" {
		columns = append(columns, column("score", model.TypeFloat, true, ""))
	}
	return columns
}

// created returns how the column of the type for instants stores them, and what is written
// to it: parts of seconds, and times of another zone if the database knows zones.
func (t *flavourTest) created(at time.Time) (form sqlsource.TimeForm, value any) {
	at = at.Add(time.Duration(at.Second()%2) * 250 * time.Millisecond)
	if t.flavour.NoTime {
		return time.DateTime, at.Format(time.DateTime + ".999")
	}
	return sqlsource.TimeNative, at.In(time.FixedZone("", 1800*at.Second()))
}

// names returns texts that a collation may take for equal or a pattern may misread.
func names() []string {
	return []string{
		"Ada", "ada", "Ada ", "Äda", "ADA", "Bo", "b%", "B_", `b\`, "b!", "b[o]", "b*", "Straße", "strasse", "Cleo", "cleo\t", "it's", `"x"`, "",
		"Zoë", "zoe", "Zoe\u0308", "Ø", "O", "100%", "100 ", "a\nb",
	}
}

// scores returns floats that a database, or its driver, may round or order wrongly.
func scores() []float64 {
	return []float64{
		0.1, math.Copysign(0, -1), 0, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, 1 << 53, 1<<53 + 2, 0.30000000000000004, 0.3,
		1e-300, 2.5, 123456789.12345679, -7, 1e21,
	}
}

// rows returns the values of the columns, in order.
func (t *flavourTest) rows() [][]any {
	start := time.Date(2024, 2, 28, 22, 0, 0, 0, time.UTC)
	rows := make([][]any, 0, len(names()))
	for i, name := range names() {
		at := start.Add(time.Duration(i) * 1801 * time.Second)
		note, total, active := any(names()[(i*7+3)%len(names())]), any(int64(i*37%11-5)), any(i%2 == 0)
		var seen, written, score any = at.Unix(), at.Format(time.RFC3339), scores()[i%len(scores())]
		_, created := t.created(at)
		switch i % 5 {
		case 1:
			note, seen = nil, nil
		case 2:
			total, created = nil, nil
		case 3:
			active, written = nil, nil
		case 4:
			score = nil
		}
		row := []any{int64(3 + 5*i), name, note, total, active, seen, written, created, score}
		rows = append(rows, row[:len(t.columns())])
	}
	return rows
}

func (t *flavourTest) quote(name string) string { return t.flavour.Quote + name + t.flavour.Quote }

func (t *flavourTest) typeOf(c sqlsource.Column) string {
	switch {
	case c.Type == model.TypeBool:
		return t.types.Bool
	case c.Type == model.TypeFloat:
		return t.types.Float
	case c.Type == model.TypeInt || c.Time == sqlsource.TimeUnix:
		return t.types.Int
	case c.Name == "created":
		return t.types.DateTime
	}
	return t.types.Text[t.collation]
}

func (t *flavourTest) fill(ctx context.Context) error {
	described := t.columns()
	columns, marks := make([]string, len(described)), make([]string, len(described))
	for i, c := range described {
		columns[i], marks[i] = t.quote(c.Column)+" "+t.typeOf(c), "?"
		if t.flavour.Placeholder != nil {
			marks[i] = t.flavour.Placeholder(i + 1)
		}
	}
	if _, err := t.db.ExecContext(ctx, "CREATE TABLE "+t.quote(tableName)+" ("+strings.Join(columns, ", ")+")"); err != nil {
		return err
	}
	for _, row := range t.rows() {
		if _, err := t.db.ExecContext(ctx, "INSERT INTO "+t.quote(tableName)+" VALUES ("+strings.Join(marks, ", ")+")", row...); err != nil {
			return err
		}
	}
	return nil
}

func (t *flavourTest) run(ctx context.Context) (err error) {
	defer func() {
		_, dropped := t.db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE "+t.quote(tableName))
		err = errors.Join(err, dropped)
	}()
	if err := t.fill(ctx); err != nil {
		return err
	}
	src, err := sqlsource.New(t.db, t.flavour, sqlsource.Table{Name: tableName, Columns: t.columns()})
	if err != nil {
		return err
	}
	if err := querytest.TestSource(ctx, src); err != nil {
		return err
	}
	records := make(map[int64]model.Record)
	for row, err := range all(ctx, src) {
		if err != nil {
			return err
		}
		records[row.ID] = &row
	}
	if len(records) != len(t.rows()) {
		return fmt.Errorf("%d rows of %d", len(records), len(t.rows()))
	}
	if err := querytest.TestDialect(src, records, func(q url.Values) ([]int64, error) { return t.selects(ctx, src, q) }); err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(records))
	rows := make([]model.Record, len(ids))
	for i, id := range ids {
		rows[i] = records[id]
	}
	return limits(ctx, src, knownanswer.New(src.Schema(), ids, rows))
}

func all(ctx context.Context, src *sqlsource.Source) func(func(model.DynamicRow, error) bool) {
	rows, err := query.Run(ctx, src, "")
	if err != nil {
		return func(yield func(model.DynamicRow, error) bool) { yield(model.DynamicRow{}, err) }
	}
	return rows.All()
}

// selects returns the rows that satisfy a request's conditions, as a statement with
// [sqlsource.Source.Where] finds them.
func (t *flavourTest) selects(ctx context.Context, src *sqlsource.Source, q url.Values) ([]int64, error) {
	checked, err := query.Check(src, strings.Join(slices.Concat([]string{"true"}, wrapped(q["filter"])), " and "))
	if err != nil {
		return nil, err
	}
	return t.where(ctx, src, checked.Root)
}

func (t *flavourTest) where(ctx context.Context, src *sqlsource.Source, n dsl.Node) ([]int64, error) {
	where, args, err := src.Where(n)
	if err != nil {
		return nil, err
	}
	rows, err := t.db.QueryContext(ctx, "SELECT "+t.quote("the id")+" FROM "+t.quote(tableName)+" WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err returns it
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func wrapped(conditions []string) []string {
	out := make([]string, len(conditions))
	for i, c := range conditions {
		out[i] = "(" + c + ")"
	}
	return out
}
