package sqlsource_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/sqlsource"
	"github.com/muster-go/muster/query/sqlsource/sqlsourcetest"
)

// open is a database in memory, of one connection, in which the statements ran.
func open(t *testing.T, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func source(t *testing.T, db sqlsource.DB, flavour sqlsource.Flavour, table sqlsource.Table) *sqlsource.Source {
	t.Helper()
	src, err := sqlsource.New(db, flavour, table)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// TestSQLite: a table keeps every promise of a source. The other databases are
// tested in query/judgetest, where their drivers are.
func TestSQLite(t *testing.T) {
	types := sqlsourcetest.Types{
		Int: "INTEGER", Bool: "BOOLEAN", Float: "REAL", DateTime: "DATETIME", Text: map[model.Collation]string{model.Binary: "TEXT COLLATE NOCASE"},
	}
	if err := sqlsourcetest.TestFlavour(t.Context(), open(t), sqlsource.SQLite(), types); err != nil {
		t.Error(err)
	}
}

// TestFlavourCatches: what a database does otherwise than the flavour says is caught.
func TestFlavourCatches(t *testing.T) {
	types := sqlsourcetest.Types{Int: "INTEGER", Bool: "BOOLEAN", DateTime: "DATETIME", Text: map[model.Collation]string{model.Binary: "TEXT", model.CI: "TEXT"}}
	for name, test := range map[string]struct {
		edit func(*sqlsource.Flavour)
		want string
	}{
		"collation": {func(f *sqlsource.Flavour) { f.Collations = map[model.Collation]string{model.CI: "NOCASE"} }, "SQLite, ci: "},
		"patterns":  {func(f *sqlsource.Flavour) { f.Glob = false }, " like "},
		"instants":  {func(f *sqlsource.Flavour) { f.NoTime = false }, "column the created: "},
		"too many":  {func(f *sqlsource.Flavour) { f.MaxParams = 40_000 }, "a list of 39997 values: "},
		"names":     {func(f *sqlsource.Flavour) { f.Collations[model.Binary] = "C" }, "no such collation sequence: C"},
	} {
		t.Run(name, func(t *testing.T) {
			flavour := sqlsource.SQLite()
			test.edit(&flavour)
			if err := sqlsourcetest.TestFlavour(t.Context(), open(t), flavour, types); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s in it", err, test.want)
			}
		})
	}
}

// TestVerdicts: what of a filter each database is asked, and why not all of it.
func TestVerdicts(t *testing.T) {
	ci := ordersTable()
	for i := range ci.Columns {
		ci.Columns[i].Collation = model.CI
	}
	folding := ordersTable()
	for i := range folding.Columns {
		folding.Columns[i].Collation = model.Case
	}
	mariaCase := source(t, nil, sqlsource.MariaDB(), folding)
	lite, maria := source(t, nil, sqlsource.SQLite(), ordersTable()), source(t, nil, sqlsource.MariaDB(), ci)
	liteCI := source(t, nil, sqlsource.SQLite(), ci)
	for _, test := range []struct {
		src            *sqlsource.Source
		filter, pushed string
		verdict        plan.Verdict
		reason         string
	}{
		{lite, "status = 'open' or express", "status = 'open' or express = true", plan.Exact, ""},
		{lite, "not (status = 'open' and note = 'x')", "status != 'open' or note != 'x'", plan.Exact, ""},
		{lite, "note matches '^a'", "", plan.Unsupported, "the regular expressions of databases are of other dialects"},
		{lite, "express or note matches '^a'", "", plan.Unsupported, "the regular expressions of databases are of other dialects"},
		{
			lite, "express or note matches '^a' and status = 'open' and id > 7", "express = true or status = 'open' and id > 7",
			plan.Superset, "the regular expressions of databases are of other dialects",
		},
		{lite, "express or note matches '^a' and status = 'open'", "express = true or status = 'open'", plan.Superset, "the regular expressions of databases are of other dialects"},
		{lite, "not (express and note matches '^a')", "", plan.Unsupported, "the regular expressions of databases are of other dialects"},
		{lite, `note = '\u0000'`, "", plan.Unsupported, "the text is not valid UTF-8, or holds a NUL character, and databases take neither"},
		{mariaCase, "note = 'x'", "", plan.Unsupported, "MariaDB does not compare texts under the collation case"},
		{mariaCase, "note like 'x%'", "", plan.Unsupported, "MariaDB does not match texts under the collation case"},
		{liteCI, "note = 'x'", "", plan.Unsupported, "SQLite does not compare texts under the collation ci"},
		{liteCI, "note like 'x%'", "", plan.Unsupported, "SQLite does not match texts under the collation ci"},
		{liteCI, "note is null", "note is null", plan.Exact, ""},
		{maria, "note like 'x%'", "note like 'x%'", plan.Exact, ""},
		{lite, "paid_at < 9999-12-31T23:59:59Z", "paid_at < 9999-12-31T23:59:59Z", plan.Exact, ""},
	} {
		checked, err := query.Check(test.src, test.filter)
		if err != nil {
			t.Fatal(err)
		}
		got := test.src.Dialect().Classify([]dsl.Node{dsl.Simplify(checked.Root)})[0]
		want := plan.Pushdown{Verdict: test.verdict, Reason: test.reason}
		if test.pushed != "" {
			want.Params = []plan.Param{{Name: "filter", Value: test.pushed}}
		}
		if want.Params != nil {
			want.Size = got.Size // TestSizes has it
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", test.filter, diff)
		}
	}
}

// TestWhereRefuses: a condition that SQL cannot express exactly is an error.
func TestWhereRefuses(t *testing.T) {
	native := ordersTable()
	native.Columns[4].Time = sqlsource.TimeNative
	for filter, src := range map[string]*sqlsource.Source{
		"upper(note) = 'X'":                      source(t, nil, sqlsource.SQLite(), ordersTable()),
		"note matches 'x' and express":           source(t, nil, sqlsource.SQLite(), ordersTable()),
		"paid_at < 9999-12-31T23:59:59.9999999Z": source(t, nil, sqlsource.MariaDB(), native),
	} {
		checked, err := query.Check(src, filter)
		if err != nil {
			t.Fatal(err)
		}
		if clause, _, err := src.Where(checked.Root); !errors.Is(err, sqlsource.ErrNotSQL) || !strings.HasPrefix(fmt.Sprint(err), filter) {
			t.Errorf("%s: %q, %v", filter, clause, err)
		}
	}
	src := source(t, nil, sqlsource.SQLite(), ordersTable())
	if clause, args, err := src.Where(nil); clause != "1 = 1" || len(args) > 0 || err != nil {
		t.Errorf("no condition: %q, %v, %v", clause, args, err)
	}
}

// TestNames: neither a name nor a constant ends where it says.
func TestNames(t *testing.T) {
	db := open(t, "CREATE TABLE `odd``table` (`id` INTEGER PRIMARY KEY, `it's``\"x` TEXT)", "INSERT INTO `odd``table` VALUES (7, 'a'' OR 1=1 --')")
	src := source(t, db, sqlsource.SQLite(), sqlsource.Table{Name: "odd", From: "main.odd`table", Columns: []sqlsource.Column{
		{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
		{Field: model.Field{Name: "x", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways}, Column: "it's`\"x"},
	}})
	for filter, want := range map[string][]int64{`x = 'a'' OR 1=1 --'`: {7}, `x = 'a'' OR 1=1 '`: nil, `x = 'b'' OR 1=1 --'`: nil} {
		if got, err := ids(t.Context(), src, filter); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", filter, got, err)
		}
	}
}

func ids[F query.Text](ctx context.Context, src *sqlsource.Source, filter F, opts ...query.Option) ([]int64, error) {
	return collect(query.Run(ctx, src, filter, opts...))
}

// collect returns the ids of a run.
func collect(rows *query.Rows[model.DynamicRow], err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	var ids []int64
	for row, err := range rows.All() {
		if err != nil {
			return ids, err
		}
		ids = append(ids, row.ID)
	}
	return ids, nil
}

// TestFields: a column that is only asked for on request, or for the residual alone,
// shows where it was asked for; one that is never returned is filtered by.
func TestFields(t *testing.T) {
	db := open(t, "CREATE TABLE t (id INTEGER, note TEXT, secret TEXT)", "INSERT INTO t VALUES (1, 'aa', 's'), (2, 'ab', 's'), (3, 'ba', 'x')")
	column := func(name string, typ model.Type, r model.Returned) sqlsource.Column {
		return sqlsource.Column{Field: model.Field{Name: name, Type: typ, Collation: model.Binary, Returned: r, Nullable: name != "id"}}
	}
	src := source(t, db, sqlsource.SQLite(), sqlsource.Table{Name: "t", Columns: []sqlsource.Column{
		column("id", model.TypeInt, model.ReturnedAlways), column("note", model.TypeString, model.ReturnedOnRequest), column("secret", model.TypeString, model.ReturnedNo),
	}})
	for _, test := range []struct {
		filter, selected, want string
	}{
		{"note matches '^a'", "", `{"id":1} {"id":2}`},
		{"note matches '^a' and secret = 's'", "note", `{"id":1,"note":"aa"} {"id":2,"note":"ab"}`},
		{"secret != 's'", "note", `{"id":3,"note":"ba"}`},
	} {
		opts := []query.Option{query.OrderBy("id")}
		if test.selected != "" {
			opts = append(opts, query.Select(test.selected))
		}
		rows, err := query.Run(t.Context(), src, test.filter, opts...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for row, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(row.AppendJSON(nil)))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.filter, got, test.want)
		}
	}
}

// TestSort: where the database has no order of the texts, rows are sorted here, in a
// file beyond a memory that is too small for them.
func TestSort(t *testing.T) {
	db := open(t, "CREATE TABLE orders (id INTEGER, status TEXT, note TEXT, express BOOLEAN, paid_at INTEGER)")
	for i, status := range []string{"b", "A", "a", "B", "ä"} {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO orders VALUES (?, ?, NULL, TRUE, NULL)", i+1, status); err != nil {
			t.Fatal(err)
		}
	}
	table := ordersTable()
	table.Columns[1].Collation = model.CI
	got, err := ids(t.Context(), source(t, db, sqlsource.SQLite(), table), "", query.OrderBy("status"), query.SortMemory(1))
	if want := []int64{2, 3, 5, 1, 4}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

// TestCount: the database counts, within the ids and the filter.
func TestCount(t *testing.T) {
	db := open(t, "CREATE TABLE orders (id INTEGER, status TEXT, note TEXT, express BOOLEAN, paid_at INTEGER)")
	for i := range 50 {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO orders VALUES (?, ?, NULL, ?, NULL)", i+1, "open", i%3 == 0); err != nil {
			t.Fatal(err)
		}
	}
	src := source(t, db, sqlsource.SQLite(), ordersTable())
	planned, err := query.Prepare(src, "express and id > 10 and id <= 40")
	if err != nil {
		t.Fatal(err)
	}
	n, err := query.CountPlan(t.Context(), src, planned)
	if want := int64(10); n != want || err != nil {
		t.Errorf("%d rows, %v, want %d", n, err, want)
	}
	page, err := src.Fetch(planned.Scans[0])(t.Context(), paginate.Request{Limit: 4, Descending: true, From: 40, Until: 11, Count: true})
	if err != nil || page.Count != 10 || len(page.Rows) != 4 || !page.HasMore {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestConcurrent: several connections share the ids, and each row comes once.
func TestConcurrent(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "orders.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const n = 3000
	for _, s := range []string{
		"CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, note TEXT, express BOOLEAN, paid_at INTEGER)",
		fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO orders SELECT i * i, 'open', NULL, i %% 2, NULL FROM n", n),
	} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	table := ordersTable()
	table.Workers = 4
	got, err := ids(t.Context(), source(t, db, sqlsource.SQLite(), table), "", query.PageSize(50), query.Walk(plan.StrategySplitRanges))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	for i, id := range got {
		if want := int64(i+1) * int64(i+1); id != want {
			t.Fatalf("row %d has the id %d, want %d", i, id, want)
		}
	}
	if len(got) != n {
		t.Errorf("%d rows of %d", len(got), n)
	}
}

// TestSnapshot: over a transaction, what others write meanwhile is not seen.
func TestSnapshot(t *testing.T) {
	db := open(t, "CREATE TABLE orders (id INTEGER, status TEXT, note TEXT, express BOOLEAN, paid_at INTEGER)", "INSERT INTO orders VALUES (1, 'open', NULL, TRUE, NULL)")
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if got, err := ids(t.Context(), source(t, tx, sqlsource.SQLite(), ordersTable()), "status = 'open'"); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestTextsOfInstants: a column of texts, of whatever type it was declared, is asked
// by their order; one that its order would misplace is refused.
func TestTextsOfInstants(t *testing.T) {
	for _, declared := range []string{"DATETIME", "TEXT"} {
		db := open(t, "CREATE TABLE t (id INTEGER, at "+declared+")",
			"INSERT INTO t VALUES (1, '2024-01-01 00:00:00'), (2, '2024-01-02 00:00:00'), (3, '2024-01-02 00:00:00.7'), (4, '2024-01-03 10:00:00')")
		field := func(name string, typ model.Type) model.Field {
			return model.Field{Name: name, Type: typ, Returned: model.ReturnedAlways}
		}
		src := source(t, db, sqlsource.SQLite(), sqlsource.Table{Name: "t", Columns: []sqlsource.Column{
			{Field: field("id", model.TypeInt)}, {Field: field("at", model.TypeDateTime), Time: time.DateTime},
		}})
		for filter, want := range map[string][]int64{
			"at >= 2024-01-02": {2, 3, 4}, "at = 2024-01-02T00:00:00Z": {2}, "at > 2024-01-02T00:00:00Z": {3, 4}, "at <= 2024-01-02T00:00:00Z": {1, 2},
			"at = 2024-01-02T00:00:00.70Z": {3}, "at > 2024-01-02T00:00:00.7Z": {4}, "at on 2024-01-02": {2, 3},
		} {
			if got, err := ids(t.Context(), src, filter, query.OrderBy("id")); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %s: %v, %v, want %v", declared, filter, got, err, want)
			}
		}
		for text, shows := range map[string]bool{"2024-01-02 00:00:00+02:00": true, "2024-01-02T00:00:00Z": declared == "TEXT", "2024-01-02": declared == "TEXT"} {
			if _, err := db.ExecContext(t.Context(), "UPDATE t SET at = ? WHERE id = 2", text); err != nil {
				t.Fatal(err)
			}
			if got, err := ids(t.Context(), src, ""); shows && (err == nil || !strings.Contains(err.Error(), "column at: ")) {
				t.Errorf("%s: %s: %v, %v", declared, text, got, err)
			}
		}
	}
}

// TestFractions: in every form the database compares instants as the language does, bounds
// that the form cannot hold among them, and the rows keep their fractions.
func TestFractions(t *testing.T) {
	second := time.Date(2024, 1, 2, 12, 0, 0, 0, time.UTC)
	stored := []time.Duration{-time.Nanosecond, 0, 250 * time.Millisecond, 500 * time.Millisecond, 999 * time.Millisecond, time.Second, time.Minute}
	for name, test := range map[string]struct {
		form  sqlsource.TimeForm
		write func(time.Time) any
		step  time.Duration
	}{
		"unix":           {sqlsource.TimeUnix, func(t time.Time) any { return t.Unix() }, time.Second},
		"texts":          {time.DateTime, func(t time.Time) any { return t.Format(time.DateTime + ".999") }, time.Millisecond},
		"zeros":          {time.DateTime, func(t time.Time) any { return t.Format(time.DateTime + ".000") }, time.Millisecond},
		"varying":        {time.DateTime + ".999999", func(t time.Time) any { return t.Format(time.DateTime + ".000") }, time.Millisecond},
		"fixed":          {time.DateTime + ".000", func(t time.Time) any { return t.Format(time.DateTime + ".000") }, time.Millisecond},
		"zone":           {time.RFC3339, func(t time.Time) any { return t.Format(time.RFC3339) }, time.Second},
		"fixed and zone": {"2006-01-02T15:04:05,000Z07:00", func(t time.Time) any { return t.Format("2006-01-02T15:04:05,000Z07:00") }, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, "CREATE TABLE t (id INTEGER, at)")
			for i, after := range stored {
				if _, err := db.ExecContext(t.Context(), "INSERT INTO t VALUES (?, ?)", i+1, test.write(second.Add(after))); err != nil {
					t.Fatal(err)
				}
			}
			at := model.Field{Name: "at", Type: model.TypeDateTime, Returned: model.ReturnedAlways}
			src := source(t, db, sqlsource.SQLite(), sqlsource.Table{Name: "t", Columns: []sqlsource.Column{
				{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}}, {Field: at, Time: test.form},
			}})
			for _, after := range append(stored, time.Nanosecond, 250*time.Millisecond+1, 250*time.Millisecond-1) {
				bound := second.Add(after)
				for op, holds := range map[string]func(int) bool{
					"=": func(c int) bool { return c == 0 }, "!=": func(c int) bool { return c != 0 }, "<": func(c int) bool { return c < 0 },
					"<=": func(c int) bool { return c <= 0 }, ">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
				} {
					var want []int64
					for i, s := range stored {
						if holds(second.Add(s).Truncate(test.step).Compare(bound)) {
							want = append(want, int64(i+1))
						}
					}
					filter := "at " + op + " " + bound.Format(time.RFC3339Nano)
					prepared, err := query.Prepare(src, filter)
					if err != nil || !prepared.Exact() {
						t.Errorf("%s: %v, %v", filter, prepared, err)
					}
					if got, err := ids(t.Context(), src, filter, query.OrderBy("id")); err != nil || !slices.Equal(got, want) {
						t.Errorf("%s: %v, %v, want %v", filter, got, err, want)
					}
				}
			}
		})
	}
}

// TestTextsOutOfPlace: a text that is an instant, and stands in the order where that
// instant does not, is refused.
func TestTextsOutOfPlace(t *testing.T) {
	table := ordersTable()
	table.Columns[4].Time = time.RFC3339
	for text, fits := range map[string]bool{
		"2024-01-02T00:00:00Z": true, "2024-01-02T02:00:00+02:00": false, "2024-01-02T00:00:00+00:00": false, "2024-01-02T00:00:00.5Z": false,
	} {
		db := open(t, "CREATE TABLE orders (id INTEGER, status TEXT, note TEXT, express BOOLEAN, paid_at TEXT)", "INSERT INTO orders VALUES (1, 'open', NULL, TRUE, '"+text+"')")
		got, err := ids(t.Context(), source(t, db, sqlsource.SQLite(), table), "")
		if (err == nil) != fits || err != nil && !strings.Contains(err.Error(), "column paid_at: \""+text+"\" is not how the instant is written in UTC") {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// TestRowFaults: what the description does not allow is told with the column or row.
func TestRowFaults(t *testing.T) {
	table := "CREATE TABLE orders (id INTEGER, status TEXT, note TEXT, express BOOLEAN, paid_at)"
	for values, want := range map[string]string{
		"5, NULL, 'n', TRUE, 1":        "/0/status (id 5)",
		"5, 'a', x'ff', TRUE, 1":       "column note: ",
		"5, 'a', 'n', TRUE, 'a while'": `column paid_at: string a while is not an instant of the form "unix"`,
		"5, 'a', 'n', TRUE, 1e300":     "is not an instant",
		"5, 'a', 'n', 'perhaps', 1":    "perhaps",
		"'five', 'a', 'n', TRUE, 1":    `"five"`,
		"-5, 'a', 'n', TRUE, 1":        "-5",
	} {
		src := source(t, open(t, table, "INSERT INTO orders VALUES ("+values+")"), sqlsource.SQLite(), ordersTable())
		if _, err := ids(t.Context(), src, ""); !errors.Is(err, sqlsource.ErrValue) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "table orders") {
			t.Errorf("%s: %v, want %s in it", values, err, want)
		}
	}
}

// TestFailures: no database, no table, a context that has ended.
func TestFailures(t *testing.T) {
	if _, err := ids(t.Context(), source(t, nil, sqlsource.SQLite(), ordersTable()), ""); !errors.Is(err, sqlsource.ErrNoDB) {
		t.Errorf("no database: %v", err)
	}
	if _, err := ids(t.Context(), source(t, open(t), sqlsource.SQLite(), ordersTable()), ""); err == nil || !strings.Contains(err.Error(), "no such table: orders") {
		t.Errorf("no table: %v", err)
	}
	_, err := sqlsource.New(nil, sqlsource.SQLite(), sqlsource.Table{From: "a..b", Columns: []sqlsource.Column{
		{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways, Nullable: true}},
		{Field: model.Field{Name: "roles", Type: model.TypeRefs}},
		{Field: model.Field{Name: "n", Type: model.TypeInt}, Time: time.RFC3339},
		{Field: model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatUnix}, Time: sqlsource.TimeUnix},
		{Field: model.Field{Name: "price", Type: model.TypeDecimal}},
	}})
	if _, ok := errors.AsType[*sqlsource.TableError](err); !ok {
		t.Fatalf("%v is no TableError", err)
	}
	for _, want := range []string{"it has no name", `"a..b" names no table`, `the key "id"`, "field roles: a column holds no reference", "field n: a form of time", "field at: how its column holds instants", "field price: databases and their drivers make floats of decimals"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// TestRefusedFlavours: what would make SQL of a name, or give wrong answers, is no
// source.
func TestRefusedFlavours(t *testing.T) {
	paid := func(form sqlsource.TimeForm) sqlsource.Table {
		table := ordersTable()
		table.Columns[4].Time = form
		return table
	}
	for _, test := range []struct {
		flavour sqlsource.Flavour
		table   sqlsource.Table
		want    []string
	}{
		{sqlsource.Flavour{}, ordersTable(), []string{"Flavour.Name", "Flavour.Quote"}},
		{sqlsource.Flavour{Name: "Mine"}, ordersTable(), []string{"Flavour.Quote"}},
		{sqlsource.SQLite(), paid(sqlsource.TimeNative), []string{"field paid_at: SQLite has no type for instants", "TimeUnix", "time.DateTime"}},
		{sqlsource.MariaDB(), paid(time.RFC1123), []string{`field paid_at: texts by the layout "Mon, 02 Jan 2006 15:04:05 MST"`}},
		{sqlsource.SQLite(), paid(time.DateOnly), []string{`field paid_at: texts by the layout "2006-01-02"`}},
		{sqlsource.SQLite(), paid(time.RFC3339Nano), []string{`field paid_at: texts by the layout "2006-01-02T15:04:05.999999999Z07:00"`}},
	} {
		_, err := sqlsource.New(nil, test.flavour, test.table)
		if _, ok := errors.AsType[*sqlsource.TableError](err); !ok {
			t.Errorf("%v is no TableError", err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v\nlacks %s", err, want)
			}
		}
	}
}
