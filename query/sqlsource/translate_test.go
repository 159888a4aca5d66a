package sqlsource_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/sqlsource"
)

func ExampleWhere() {
	schema, err := model.NewSchema("orders",
		model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "placed_at", Type: model.TypeDateTime},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.Binary, Nullable: true})
	if err != nil {
		panic(err)
	}
	filter, err := dsl.Parse(`status in ('open', 'packed') and placed_at >= 2025-01-01 and tags = 'gift'`)
	if err != nil {
		panic(err)
	}
	checked, err := dsl.Check(filter, schema)
	if err != nil {
		panic(err)
	}
	placed := sqlsource.Column{Field: model.Field{Name: "placed_at"}, Column: "placed", Time: sqlsource.TimeUnix}
	where, args, residual, err := sqlsource.Where(sqlsource.SQLite(), checked, placed)
	fmt.Println(where, args, err)
	fmt.Println("left:", dsl.Format(residual))
	// Output:
	// (`status` COLLATE BINARY IN (?, ?)) AND (`placed` >= ?) [open packed 1735689600] <nil>
	// left: tags = 'gift'
}

// MariaDB compares texts under the collation of the API, and has a type for instants.
func ExampleWhere_mariaDB() {
	where, args, residual, err := sqlsource.Where(sqlsource.MariaDB(), itemsFilter(`name starts with '50% ' and rating > 4.5 and (sold_at is null or sold_at on 2025-01-01)`))
	fmt.Println(where)
	fmt.Println(args[:2], len(args), residual, err)
	// Output:
	// (`name` LIKE ? COLLATE utf8mb4_general_ci ESCAPE '!') AND (`rating` > ?) AND ((`sold_at` IS NULL) OR ((`sold_at` >= ? AND `sold_at` <= ?)))
	// [50!% % 4.5] 4 <nil> <nil>
}

// PostgreSQL has no collation as that of the names, so they are left to be compared locally.
// The clause still selects by the rest.
func ExampleWhere_postgreSQL() {
	where, args, residual, err := sqlsource.Where(sqlsource.PostgreSQL(), itemsFilter(`code in ('A', 'B') and not rating > 4.5 and (name = 'Bo' or price < 9.99)`))
	fmt.Println(where)
	fmt.Println(args, err)
	fmt.Println("left:", dsl.Format(residual))
	// Output:
	// ("code" COLLATE "C" IN ($1, $2)) AND (NOT ("rating" > $3))
	// [A B 4.5] <nil>
	// left: name = 'Bo' or price < 9.99
}

// itemsFilter returns a checked filter of items.
func itemsFilter(text string) *dsl.Checked {
	schema, err := model.NewSchema("items",
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI}, // ci, as an API compares
		model.Field{Name: "code", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "rating", Type: model.TypeFloat, Nullable: true},
		model.Field{Name: "price", Type: model.TypeDecimal},
		model.Field{Name: "sold_at", Type: model.TypeDateTime, Nullable: true})
	if err != nil {
		panic(err)
	}
	filter, err := dsl.Parse(text)
	if err != nil {
		panic(err)
	}
	checked, err := dsl.Check(filter, schema)
	if err != nil {
		panic(err)
	}
	return checked
}

// TestWhere: what SQLite selects by the clause, and the residual then keeps, are the rows
// for which the filter is true.
func TestWhere(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	var columns []string
	var fields []*model.Field
	for i := range schema.Len() {
		f := schema.Field(i)
		if f.Through == "" && (f.Type == model.TypeInt || f.Type == model.TypeFloat || f.Type == model.TypeString || f.Type == model.TypeBool || f.Type == model.TypeDateTime) {
			fields, columns = append(fields, f), append(columns, "`"+f.Name+"`")
		}
	}
	created := sqlsource.Column{Field: model.Field{Name: "created_at"}, Time: sqlsource.TimeUnix}
	records := valuetest.Records(schema).Filter(func(r *modeltest.Record) bool {
		createdAt, _ := schema.Lookup("created_at")
		return r.Value(createdAt.Index()).Nanosecond() == 0 && // as the column holds it
			!slices.ContainsFunc(fields, func(f *model.Field) bool { return strings.Contains(r.Value(f.Index()).Str(), "\x00") }) // see SQLite
	})
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE things (nr INTEGER PRIMARY KEY, "+strings.Join(columns, ",")+")"); err != nil {
		t.Fatal(err)
	}
	insert := "INSERT INTO things VALUES (?" + strings.Repeat(",?", len(columns)) + ")"
	narrowed, whole := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(records, 1, 8).Draw(r, "rows")
		if _, err := db.ExecContext(t.Context(), "DELETE FROM things"); err != nil {
			r.Fatal(err)
		}
		for nr, row := range rows {
			args := []any{nr}
			for _, f := range fields {
				v := row.Value(f.Index())
				switch {
				case v.IsNull():
					args = append(args, nil)
				case f.Type == model.TypeFloat:
					args = append(args, v.Float())
				case f.Type == model.TypeString:
					args = append(args, v.Str())
				default:
					args = append(args, v.Int())
				}
			}
			if _, err := db.ExecContext(t.Context(), insert, args...); err != nil {
				r.Fatal(err)
			}
		}
		trees := treetest.CheckedTrees(schema)
		switch rapid.IntRange(0, 5).Draw(r, "computes") {
		case 0:
			trees = treetest.ComputedTrees(schema)
		case 1:
			trees = treetest.CallingTrees(schema, dsltest.Functions())
		}
		tree := trees.Draw(r, "filter")
		where, args, residual, err := sqlsource.Where(withTemplates(), &dsl.Checked{Root: tree, Schema: schema}, created)
		if err != nil {
			r.Fatalf("%s: %v", dsl.Format(tree), err)
		}
		if where != "1 = 1" {
			narrowed++
		}
		left, err := dsl.Compile(residual, schema)
		if err != nil {
			r.Fatal(err)
		}
		if residual == nil {
			whole++
		}
		var got, want []int
		for _, nr := range numbers(r, db, "SELECT nr FROM things WHERE "+where, args) {
			if left.Match(rows[nr]) {
				got = append(got, nr)
			}
		}
		for nr, row := range rows {
			if dsltest.Eval(tree, row) == dsl.True {
				want = append(want, nr)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			r.Fatalf("%s\nas %s, %v\nselects %v, want %v", dsl.Format(tree), where, args, got, want)
		}
	})
	if !testing.Short() && (narrowed < 10 || whole < 5) { // with -short there are few rounds
		t.Errorf("SQL narrowed %d filters and said %d whole: too few to tell", narrowed, whole)
	}
}

// numbers returns the whole numbers that a statement selects.
func numbers(t *rapid.T, db *sql.DB, statement string, args []any) (all []int) {
	rows, err := db.Query(statement, args...) //nolint:noctx // of a property
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhereRefused: what is described wrongly, or exceeds what a statement takes.
func TestWhereRefused(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	check := func(filter string) *dsl.Checked {
		f, err := dsl.Parse(filter, dsl.MaxListItems(5000))
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(f, schema)
		if err != nil {
			t.Fatal(err)
		}
		return checked
	}
	wrong := []sqlsource.Column{
		{Field: model.Field{Name: "nothing"}},
		{Field: model.Field{Name: "labels"}},
		{Field: model.Field{Name: "seen_at"}},
		{Field: model.Field{Name: "size"}, Time: sqlsource.TimeUnix},
	}
	_, _, _, err := sqlsource.Where(sqlsource.SQLite(), check("id = 1"), wrong...)
	for _, want := range []string{`there is no field "nothing"`, "field labels: no column is compared as a list", "field seen_at: SQLite has no type for instants", "field size: a form of time"} {
		if table := (*sqlsource.TableError)(nil); !errors.As(err, &table) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	few := sqlsource.SQLite()
	few.MaxParams = 2
	if _, _, _, err := sqlsource.Where(few, check("size in (1, 3, 5)")); !errors.Is(err, sqlsource.ErrNotSQL) {
		t.Errorf("%v, want an error for three arguments of two", err)
	}
	if where, args, residual, err := sqlsource.Where(few, check("")); where != "1 = 1" || args != nil || residual != nil || err != nil {
		t.Errorf("an empty filter: %q, %v, %v, %v", where, args, residual, err)
	}
}

// TestWherePartly: a term of which SQL says a part is evaluated again.
func TestWherePartly(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	filter, err := dsl.Parse("(size = 1 and labels = 'x' or size = 2) and id > 5 and not labels = 'y'")
	if err != nil {
		t.Fatal(err)
	}
	checked, err := dsl.Check(filter, schema)
	if err != nil {
		t.Fatal(err)
	}
	where, args, residual, err := sqlsource.Where(sqlsource.PostgreSQL(), checked)
	if want := `(("size" = $1) OR ("size" = $2)) AND ("id" > $3)`; where != want || fmt.Sprint(args) != "[1 2 5]" || err != nil {
		t.Errorf("%s, %v, %v, want %s", where, args, err, want)
	}
	if got, want := dsl.Format(residual), "(size = 1 and labels = 'x' or size = 2) and labels != 'y'"; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
}
