package judgetest_test

import (
	"cmp"
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// perDatabase has a text for SQLite, MariaDB and PostgreSQL.
type perDatabase [3]string

func same(text string) perDatabase { return perDatabase{text, text, text} }

// differing is an expression that databases compute differently, a row of the page.
type differing struct {
	expression string // as the page has it
	sql, gives perDatabase
	here       string         // what the page says of the language
	filter     string         // the same said in the language; true of the values
	values     map[string]any // of fields
}

func differences() []differing {
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	whether := func(condition string) string { return "CASE WHEN " + condition + " THEN 'true' ELSE 'false' END" }
	return []differing{
		{"7 / 2", same("7 / 2"), perDatabase{"3", "3.5000", "3"}, "3.5, as MariaDB", "size / secret = 3.5", map[string]any{"size": 7, "secret": 2}},
		{"1 / 3", same("1 / 3"), perDatabase{"0", "0.3333", "0"}, "0.333333333", "size / secret = 0.333333333", map[string]any{"size": 1, "secret": 3}},
		{"7 / 0", same("7 / 0"), perDatabase{"null", "null", "error"}, "null, as SQLite and MariaDB", "size / secret is null", map[string]any{"size": 7, "secret": 0}},
		{"9223372036854775807 + 1", same("9223372036854775807 + 1"), perDatabase{"9.223372036854776e+18", "error", "error"}, "null", "size + secret is null", map[string]any{"size": 1<<63 - 1, "secret": 1}},
		{
			"1e308 * 10",
			perDatabase{"1e308 * 10", "1e308 * 10", "1e308::float8 * 10"},
			perDatabase{"+Inf", "error", "error"},
			"null", "score * 10 is null",
			map[string]any{"score": 1e308},
		},
		{"0.1 + 0.2 = 0.3", same(whether("0.1 + 0.2 = 0.3")), perDatabase{"false", "true", "true"}, "true for decimals, as MariaDB and PostgreSQL", "price + 0.2 = 0.3", map[string]any{"price": decimal("0.1")}},
		{
			"round(2.5) of a float",
			perDatabase{"ROUND(2.5)", "ROUND(2.5e0)", "ROUND(2.5::float8)"},
			perDatabase{"3", "2", "2"},
			"3, as SQLite", "round(score) = 3",
			map[string]any{"score": 2.5},
		},
		{"length('é')", same("LENGTH('é')"), perDatabase{"1", "2", "1"}, "1, as SQLite and PostgreSQL", "length(code) = 1", map[string]any{"code": "é"}},
		{
			"lower('É')",
			perDatabase{"LOWER('É')", "LOWER('É')", `LOWER('É' COLLATE "und-x-icu")`},
			perDatabase{"É", "é", "é"},
			"é, as MariaDB and PostgreSQL", "lower(code) = 'é'",
			map[string]any{"code": "É"},
		},
		{"'a' = 'a '", same(whether("'a' = 'a '")), perDatabase{"false", "true", "false"}, "true under `ci`, as MariaDB, else false", "name = 'a ' and brand != 'a ' and code != 'a '", map[string]any{"name": "a", "brand": "a", "code": "a"}},
		{"'A' like 'a'", same(whether("'A' LIKE 'a'")), perDatabase{"true", "true", "false"}, "false under `binary`, as PostgreSQL, else true", "name like 'a' and brand like 'a' and code not like 'a'", map[string]any{"name": "A", "brand": "A", "code": "A"}},
		{
			`'a\' like 'a\'`,
			perDatabase{whether(`'a\' LIKE 'a\' ESCAPE '\'`), whether(`'a\\' LIKE 'a\\'`), whether(`'a\' LIKE 'a\'`)},
			perDatabase{"false", "true", "error"},
			"true, as MariaDB", `code like 'a\\'`,
			map[string]any{"code": `a\`},
		},
		{"substring('abc', 0, 2)", same("SUBSTR('abc', 0, 2)"), perDatabase{"a", "", "a"}, "a, as SQLite and PostgreSQL", "substring(code, 0, 2) = 'a'", map[string]any{"code": "abc"}},
		{"substring('abc', -1, 3)", same("SUBSTR('abc', -1, 3)"), perDatabase{"c", "c", "a"}, "a, as PostgreSQL", "substring(code, -1, 3) = 'a'", map[string]any{"code": "abc"}},
		{"substring('abc', 2, -1)", same("SUBSTR('abc', 2, -1)"), perDatabase{"a", "", "error"}, "the empty text, as MariaDB", "substring(code, 2, -1) = ''", map[string]any{"code": "abc"}},
		{
			"concat('a', x) of null",
			perDatabase{"'a' || NULL", "CONCAT('a', NULL)", "CONCAT('a', NULL)"},
			perDatabase{"null", "null", "a"},
			"null, as SQLite and MariaDB", "concat(code, sku) is null",
			map[string]any{"code": "a"},
		},
		{
			"min(1, x) of null",
			perDatabase{"MIN(1, NULL)", "LEAST(1, NULL)", "LEAST(1, NULL)"},
			perDatabase{"null", "null", "1"},
			"null, as SQLite and MariaDB", "min(size, secret) is null",
			map[string]any{"size": 1},
		},
		{
			"weekday of a Sunday",
			perDatabase{"STRFTIME('%w', '2024-03-10')", "WEEKDAY('2024-03-10')", "EXTRACT(ISODOW FROM DATE '2024-03-10')"},
			perDatabase{"0", "6", "7"},
			"7, as PostgreSQL's `ISODOW`", "weekday(created_at) = 7",
			map[string]any{"created_at": day(2024, 3, 10)},
		},
		{
			"2024-01-31 + 1mo",
			perDatabase{"DATE('2024-01-31', '+1 month')", "DATE('2024-01-31') + INTERVAL 1 MONTH", "CAST(CAST(DATE '2024-01-31' + INTERVAL '1 month' AS DATE) AS TEXT)"},
			perDatabase{"2024-03-02", "2024-02-29", "2024-02-29"},
			"2024-02-29, as MariaDB and PostgreSQL", "created_at + 1mo = 2024-02-29",
			map[string]any{"created_at": day(2024, 1, 31)},
		},
		{
			"9999-12-31 + 1mo",
			perDatabase{"DATE('9999-12-31', '+1 month')", "DATE('9999-12-31') + INTERVAL 1 MONTH", "CAST(CAST(DATE '9999-12-31' + INTERVAL '1 month' AS DATE) AS TEXT)"},
			perDatabase{"null", "null", "10000-01-31"},
			"null, as SQLite and MariaDB", "created_at + 1mo is null",
			map[string]any{"created_at": day(9999, 12, 31)},
		},
	}
}

func decimal(text string) model.Value {
	v, err := model.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return v
}

// row returns what the page says of an expression.
func (d differing) row() string {
	cells := []string{"`" + d.expression + "`"}
	if what, of, found := strings.Cut(d.expression, " of "); found {
		cells[0] = "`" + what + "` of " + of
	}
	for _, gives := range d.gives {
		cells = append(cells, cmp.Or(gives, "the empty text"))
	}
	return "| " + strings.Join(append(cells, d.here), " | ") + " |"
}

// TestDifferences asks each database and the language what they make of an expression, and holds
// the table of the page LANGUAGE.md to the answers.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for i, name := range (perDatabase{"SQLite", "MariaDB", "PostgreSQL"}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := computing()[name](t).conn
			if name == "SQLite" { // as it is by default
				if _, err := conn.ExecContext(t.Context(), "PRAGMA case_sensitive_like = 0"); err != nil {
					t.Fatal(err)
				}
			}
			for _, d := range differences() {
				if got := computedBy(t.Context(), conn, d.sql[i]); got != d.gives[i] {
					t.Errorf("%s is %s, want %s", d.sql[i], got, d.gives[i])
				}
			}
		})
	}
	for _, d := range differences() {
		root, row := checkedThings(t, d.filter).Root, modeltest.MustRecord(modeltest.Schema(), d.values)
		p, err := dsl.Compile(root, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if p.Eval(row) != dsl.True || dsltest.Eval(root, row) != dsl.True {
			t.Errorf("%s is not true of %v", d.filter, d.values)
		}
	}
}

// TestDifferencesOnThePage: the page has these rows and no others.
func TestDifferencesOnThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../dsl/LANGUAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Where SQL databases differ\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got, want []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| expression |") {
			got = append(got, strings.TrimSuffix(line, "\n"))
		}
	}
	for _, d := range differences() {
		want = append(want, d.row())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// computedBy returns what an expression gives in a database.
func computedBy(ctx context.Context, conn *sql.Conn, expression string) string {
	var got sql.NullString
	if err := conn.QueryRowContext(ctx, "SELECT "+expression).Scan(&got); err != nil {
		return "error"
	}
	if !got.Valid {
		return "null"
	}
	return got.String
}
