package judgetest_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/sqlsource"
	"pgregory.net/rapid"
)

// things is a database that answers the clauses of [sqlsource.Where] over the fields of
// [modeltest.Schema] that a column can hold.
type things struct {
	conn    *sql.Conn
	flavour sqlsource.Flavour
	types   map[model.Type]string
	text    map[model.Collation]string // the types of texts; of another collation than the field's
	layout  sqlsource.TimeForm         // of instants that are not whole seconds
	fields  []*model.Field
}

// columns returns what is to be said of the columns.
func (d *things) columns() []sqlsource.Column {
	columns := []sqlsource.Column{createdSeconds()}
	if d.layout != sqlsource.TimeNative {
		columns = append(columns, sqlsource.Column{Field: model.Field{Name: "seen_at"}, Time: d.layout})
	}
	return columns
}

// thingsIn returns the databases that SQLite, which is tested in package sqlsource, leaves.
func thingsIn() map[string]func(*testing.T) *things {
	return map[string]func(*testing.T) *things{
		"MariaDB": func(t *testing.T) *things {
			t.Helper()
			bin, ci := mariadbText("utf8mb4_nopad_bin"), mariadbText("utf8mb4_general_ci")
			return &things{
				conn: mariadb(t, model.CI).conn, flavour: sqlsource.MariaDB(),
				types: map[model.Type]string{model.TypeInt: "BIGINT", model.TypeBool: "BOOLEAN", model.TypeFloat: "DOUBLE", model.TypeDateTime: "DATETIME(6)"},
				text:  map[model.Collation]string{model.CI: bin, model.Binary: ci, model.Case: ci},
			}
		},
		"PostgreSQL": func(t *testing.T) *things {
			t.Helper()
			conn, err := postgres(t).Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			if _, err := conn.ExecContext(t.Context(), "SET jit = off"); err != nil { // it takes longer than queries of few rows
				t.Fatal(err)
			}
			const text = `TEXT COLLATE "und-x-icu"`
			return &things{
				conn: conn, flavour: sqlsource.PostgreSQL(),
				types: map[model.Type]string{model.TypeInt: "BIGINT", model.TypeBool: "BOOLEAN", model.TypeFloat: "DOUBLE PRECISION", model.TypeDateTime: "TIMESTAMPTZ"},
				text:  map[model.Collation]string{model.CI: text, model.Binary: text, model.Case: text},
			}
		},
	}
}

// createdSeconds is the column of the one field whose instants are whole seconds.
func createdSeconds() sqlsource.Column {
	return sqlsource.Column{Field: model.Field{Name: "created_at"}, Column: "created s", Time: sqlsource.TimeUnix}
}

// create makes the empty table.
func (d *things) create(ctx context.Context, t *testing.T) {
	t.Helper()
	schema := modeltest.Schema()
	columns := []string{"nr INT PRIMARY KEY"}
	for i := range schema.Len() {
		f := schema.Field(i)
		typ, name := d.types[f.Type], f.Name
		if f.Type == model.TypeString {
			typ = d.text[f.Collation]
		}
		if f.Through != "" || typ == "" {
			continue
		}
		if f.Name == createdSeconds().Name {
			name, typ = createdSeconds().Column, "BIGINT"
		}
		d.fields = append(d.fields, f)
		columns = append(columns, d.flavour.Quote+name+d.flavour.Quote+" "+typ)
	}
	d.exec(ctx, t, "CREATE TEMPORARY TABLE things ("+strings.Join(columns, ", ")+")")
}

func (d *things) exec(ctx context.Context, t fatal, statement string, args ...any) {
	t.Helper()
	if _, err := d.conn.ExecContext(ctx, statement, args...); err != nil {
		t.Fatalf("%s: %s: %v", d.flavour.Name, abridged(statement), err)
	}
}

// load replaces the rows of the table.
func (d *things) load(ctx context.Context, t fatal, rows []model.Record) {
	t.Helper()
	cells := make([][]any, len(rows))
	for nr, row := range rows {
		cells[nr] = []any{nr}
		for _, f := range d.fields {
			cells[nr] = append(cells[nr], d.cellOf(f, row.Value(f.Index())))
		}
	}
	d.replace(ctx, t, "things", cells)
}

// replace replaces the rows of a table.
func (d *things) replace(ctx context.Context, t fatal, table string, rows [][]any) {
	t.Helper()
	d.exec(ctx, t, "DELETE FROM "+table)
	if len(rows) == 0 {
		return
	}
	var args []any
	tuples := make([]string, len(rows))
	for i, cells := range rows {
		marks := make([]string, len(cells))
		for k, cell := range cells {
			args = append(args, cell)
			marks[k] = d.mark(len(args))
		}
		tuples[i] = "(" + strings.Join(marks, ", ") + ")"
	}
	d.exec(ctx, t, "INSERT INTO "+table+" VALUES "+strings.Join(tuples, ", "), args...)
}

func (d *things) mark(n int) string {
	if d.flavour.Placeholder == nil {
		return "?"
	}
	return d.flavour.Placeholder(n)
}

// cellOf returns a value as a driver takes it.
func (d *things) cellOf(f *model.Field, v model.Value) any {
	if v.Type() == model.TypeDateTime && f.Name == createdSeconds().Name {
		return v.Time().Unix()
	}
	switch v.Type() {
	case model.TypeInt:
		return v.Int()
	case model.TypeFloat:
		return v.Float()
	case model.TypeString:
		return v.Str()
	case model.TypeBool:
		return v.Bool()
	case model.TypeDateTime:
		if d.layout != sqlsource.TimeNative {
			return v.Time().UTC().Format(string(d.layout))
		}
		return v.Time()
	case model.TypeNull, model.TypeDecimal, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return nil
}

// selects returns the numbers of the rows for which a clause is true, in order.
func (d *things) selects(ctx context.Context, t fatal, where string, args []any) (numbers []int) {
	t.Helper()
	rows, err := d.conn.QueryContext(ctx, "SELECT nr FROM things WHERE "+where+" ORDER BY nr", args...)
	if err != nil {
		t.Fatalf("%s: %s, %v: %v", d.flavour.Name, abridged(where), args, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return numbers
}

// kept is a row as the table holds it: instants to the microsecond, or to the second.
type kept struct{ *modeltest.Record }

// Value returns what the column of a field holds.
func (r kept) Value(field int) model.Value {
	v := r.Record.Value(field)
	if v.Type() != model.TypeDateTime {
		return v
	}
	if modeltest.Schema().Field(field).Name == createdSeconds().Name {
		return model.DateTime(v.Time().Truncate(time.Second))
	}
	return model.DateTime(v.Time().Truncate(time.Microsecond))
}

// keptRows draws rows. No database takes the NUL character in a text.
func keptRows(t *rapid.T) []model.Record {
	schema := modeltest.Schema()
	drawn := rapid.SliceOfN(valuetest.Records(schema).Filter(func(r *modeltest.Record) bool {
		for i := range schema.Len() {
			if v := r.Value(i); v.Type() == model.TypeString && strings.Contains(v.Str(), "\x00") {
				return false
			}
		}
		return true
	}), 1, 8).Draw(t, "rows")
	rows := make([]model.Record, len(drawn))
	for i, r := range drawn {
		rows[i] = kept{r}
	}
	return rows
}

// TestWhereOfAnyTree: the clause of a random tree selects every row for which the tree is
// true, and the residual keeps these rows alone.
func TestWhereOfAnyTree(t *testing.T) {
	t.Parallel()
	for name, open := range thingsIn() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.create(t.Context(), t)
			narrowed, whole, floats := 0, 0, 0
			rapid.Check(t, func(r *rapid.T) {
				rows := keptRows(r)
				d.load(t.Context(), r, rows)
				for range filtersPerRun {
					tree := treetest.CheckedTrees(modeltest.Schema()).Draw(r, "filter")
					where, residual := d.judge(t.Context(), r, tree, rows)
					if where == "1 = 1" {
						continue
					}
					narrowed++
					if residual == nil {
						whole++
					}
					if strings.Contains(where, d.flavour.Quote+"score") {
						floats++
					}
				}
			})
			if !testing.Short() && (narrowed < 20 || whole < 10 || floats == 0) { // with -short there are few rounds
				t.Errorf("the clauses narrow %d filters, say %d whole and compare floats in %d: too few to tell", narrowed, whole, floats)
			}
		})
	}
}

// judge compares the rows that the clause and the residual of a tree select with those for
// which the tree is true.
func (d *things) judge(ctx context.Context, t fatal, tree dsl.Node, rows []model.Record) (where string, residual dsl.Node) {
	t.Helper()
	schema := modeltest.Schema()
	where, args, residual, err := sqlsource.Where(d.flavour, &dsl.Checked{Root: tree, Schema: schema}, d.columns()...)
	if err != nil {
		t.Fatalf("%s: %v", dsl.Format(tree), err)
	}
	left, err := dsl.Compile(residual, schema)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []int
	for nr, row := range rows {
		if dsltest.Eval(tree, row) == dsl.True {
			want = append(want, nr)
		}
	}
	selected := d.selects(ctx, t, where, args)
	for _, nr := range selected {
		if left.Match(rows[nr]) {
			got = append(got, nr)
		}
	}
	if !slices.Equal(got, want) {
		var texts []string
		for _, row := range rows {
			texts = append(texts, fmt.Sprint(row))
		}
		t.Fatalf("%s\nas %s, %v\nleft %s\n%s selects %v, which leaves %v, want %v of\n%s",
			dsl.Format(tree), where, args, dsl.Format(residual), d.flavour.Name, selected, got, want, strings.Join(texts, "\n"))
	}
	return where, residual
}
