package judgetest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sqlsource"
	"github.com/muster-go/muster/query/sqlsource/sqlsourcetest"
	"pgregory.net/rapid"
)

// TestTablesOfMariaDB: tables are sources under both collations, though their
// columns have the other one.
func TestTablesOfMariaDB(t *testing.T) {
	j := mariadb(t, model.CI)
	types := sqlsourcetest.Types{Int: "BIGINT", Bool: "BOOLEAN", Float: "DOUBLE", DateTime: "DATETIME(3)", Text: map[model.Collation]string{
		model.CI: mariadbText("utf8mb4_nopad_bin"), model.Binary: mariadbText("utf8mb4_general_ci"),
	}}
	// A statement that is cancelled ends its connection: j.conn would be gone.
	if err := sqlsourcetest.TestFlavour(t.Context(), j.db, sqlsource.MariaDB(), types); err != nil {
		t.Error(err)
	}
}

// TestTablesOfPostgreSQL: likewise, with a column whose own order is that of a
// language. It wants a database that it may make a table in.
func TestTablesOfPostgreSQL(t *testing.T) {
	db := postgres(t)
	types := sqlsourcetest.Types{Int: "BIGINT", Bool: "BOOLEAN", Float: "DOUBLE PRECISION", DateTime: "TIMESTAMPTZ", Text: map[model.Collation]string{model.Binary: `TEXT COLLATE "und-x-icu"`}}
	if err := sqlsourcetest.TestFlavour(t.Context(), db, sqlsource.PostgreSQL(), types); err != nil {
		t.Error(err)
	}
}

// usersTable is the judge's table of users as a source. References stand elsewhere.
func usersTable(t *testing.T, j *judge) *sqlsource.Source {
	t.Helper()
	flavour := sqlsource.MariaDB()
	if j.name == "SQLite" {
		flavour = sqlsource.SQLite()
	}
	table := sqlsource.Table{Name: "users"}
	schema := collated(j.collation)
	for i := range schema.Len() {
		f := schema.Field(i)
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Name == "type" {
			continue
		}
		column := sqlsource.Column{Field: *f}
		if f.Type == model.TypeDateTime {
			column.Time, column.Column = sqlsource.TimeUnix, strings.TrimSuffix(f.Name, "at")+"s"
		}
		table.Columns = append(table.Columns, column)
	}
	src, err := sqlsource.New(nil, flavour, table)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// TestWhereOfRandomFilters: the clause of a random filter is true, false and unknown
// for the rows for which the filter is.
func TestWhereOfRandomFilters(t *testing.T) {
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			w := newWorld(newSequence(2), largeWorld)
			w.cutSeconds()
			j.load(t.Context(), t, w)
			src := usersTable(t, j)
			rapid.Check(t, func(rt *rapid.T) {
				for range filtersPerRun {
					judgeWhere(t.Context(), rt, j, w, src, filters(src.Schema()).Draw(rt, "filter"))
				}
			})
		})
	}
}

func judgeWhere(ctx context.Context, t fatal, j *judge, w *world, src *sqlsource.Source, n dsl.Node) {
	t.Helper()
	schema := collated(j.collation) // of which the users are records
	checked, err := dsl.Check(dsl.Where(n), schema, dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		t.Fatal(err)
	}
	text, args, err := src.Where(checked.Root)
	if err != nil {
		t.Fatal(err) // every filter but with matches can be said, and none has it
	}
	c := clause{text, args}
	p, err := dsl.Compile(checked.Root, schema)
	if err != nil {
		t.Fatal(err)
	}
	verdict := j.verdict(ctx, t, w, c)
	for _, u := range w.users {
		if got, want := verdict[u.ID], p.Eval(u); got != want {
			t.Fatal(disagreement(j, c, "the filter", checked.Root, u, want, got))
		}
	}
}
