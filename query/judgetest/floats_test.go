package judgetest_test

import (
	"context"
	"database/sql"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sqlsource"
)

// floatRows returns the floats that comparisons go wrong on; the last row is null.
func floatRows() []any {
	rows := []any{
		0.0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1023, 0x1p-1022, math.MaxFloat64, -math.MaxFloat64,
		float64(1<<53 - 1), float64(1 << 53), float64(1<<53 + 2), -float64(1 << 53), float64(1 << 63), -float64(1 << 63), math.Nextafter(1<<63, 0), float64(1 << 62),
		0.1, 0.3, 0.30000000000000004, math.Nextafter(0.1, 1), 1.0, 1.5, -2.5, 1e21, 1e-7, 1e-38, 123456789.12345679, 922337203685477580.7, 1e300, float64(float32(0.1)),
	}
	return append(rows, nil)
}

// floatConstants returns constants of filters, which are integers and decimals.
func floatConstants() []string {
	return []string{
		"0", "1", "-1", "-0", "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993", "9007199254740994",
		"4611686018427387905", "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-9223372036854775807", "9223372036854774784",
		"0.0", "0.1", "0.3", "0.30000000000000004", "0.10000000000000001", "0.10000000000000002", "1.5", "-2.5", "1.0", "922337203685477580.7", "9007199254740993.0",
		"0.00000000000000000000000000000000000001", "123456789.12345679", "-0.1", "900719925474099.3",
	}
}

// floatDatabase is a database with a table of floats.
type floatDatabase struct {
	conn    *sql.Conn
	flavour sqlsource.Flavour
	double  string
	rounds  bool // it compares a float with an integer as two floats
}

func floatDatabases() map[string]func(*testing.T) *floatDatabase {
	open := func(t *testing.T, name string, d floatDatabase) *floatDatabase {
		t.Helper()
		d.conn = thingsIn()[name](t).conn
		return &d
	}
	return map[string]func(*testing.T) *floatDatabase{
		"SQLite": func(t *testing.T) *floatDatabase {
			t.Helper()
			return &floatDatabase{conn: sqlite(t).conn, flavour: sqlsource.SQLite(), double: "REAL"}
		},
		"MariaDB": func(t *testing.T) *floatDatabase {
			t.Helper()
			return open(t, "MariaDB", floatDatabase{flavour: sqlsource.MariaDB(), double: "DOUBLE", rounds: true})
		},
		"MariaDB, prepared": func(t *testing.T) *floatDatabase {
			t.Helper()
			return &floatDatabase{conn: preparedMariaDB(t), flavour: sqlsource.MariaDB(), double: "DOUBLE", rounds: true}
		},
		"PostgreSQL": func(t *testing.T) *floatDatabase {
			t.Helper()
			return open(t, "PostgreSQL", floatDatabase{flavour: sqlsource.PostgreSQL(), double: "DOUBLE PRECISION", rounds: true})
		},
	}
}

// preparedMariaDB returns a connection that sends parameters apart from statements, in binary.
func preparedMariaDB(t *testing.T) *sql.Conn {
	t.Helper()
	dsn, err := dataSource(t.Context())
	if err != nil {
		missing(t, "MariaDB", err)
	}
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.InterpolateParams = false
	db, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// fill makes the table of floats.
func (d *floatDatabase) fill(ctx context.Context, t *testing.T) {
	t.Helper()
	if _, err := d.conn.ExecContext(ctx, "CREATE TEMPORARY TABLE floats (nr INT PRIMARY KEY, score "+d.double+")"); err != nil {
		t.Fatal(err)
	}
	marks := "?, ?"
	if d.flavour.Placeholder != nil {
		marks = d.flavour.Placeholder(1) + ", " + d.flavour.Placeholder(2)
	}
	for nr, f := range floatRows() {
		if _, err := d.conn.ExecContext(ctx, "INSERT INTO floats VALUES ("+marks+")", nr, f); err != nil {
			t.Fatal(err)
		}
	}
}

// verdicts asks for which rows a condition is true, false and unknown.
func (d *floatDatabase) verdicts(ctx context.Context, t *testing.T, where string, args ...any) []dsl.Tri {
	t.Helper()
	return verdictsOf(ctx, t, d.conn, "SELECT ("+where+") FROM floats ORDER BY nr", args)
}

// verdictsOf returns the truth values that a query selects. A condition stands once in such a query,
// so that its parameters do.
func verdictsOf(ctx context.Context, t fatal, conn *sql.Conn, query string, args []any) []dsl.Tri {
	t.Helper()
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var out []dsl.Tri
	for rows.Next() {
		var holds sql.NullBool
		if err := rows.Scan(&holds); err != nil {
			t.Fatal(err)
		}
		out = append(out, map[sql.NullBool]dsl.Tri{{}: dsl.Unknown, {Valid: true}: dsl.False, {Bool: true, Valid: true}: dsl.True}[holds])
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// floatFilters returns filters on a float, which are also SQL.
func floatFilters() []string {
	var all []string
	constants := floatConstants()
	for i, c := range constants {
		for _, op := range []string{"=", "!=", "<", "<=", ">", ">="} {
			all = append(all, "score "+op+" "+c)
		}
		other := constants[(i*7+3)%len(constants)]
		all = append(all,
			"score in ("+c+", "+other+")", "score not in ("+c+", "+other+")",
			"score between "+c+" and "+other, "score not between "+other+" and "+c, "score between "+c+" and "+c)
	}
	return append(all, "score is null", "score is not null")
}

// TestFloatsMeanTheirSQL: a filter on a float means what the same words of SQL do, but for whole
// numbers that no float is. MariaDB and PostgreSQL make a float of an integer, and all make one of a
// number with a point; in the language whole numbers are exact, as integers are in SQLite.
func TestFloatsMeanTheirSQL(t *testing.T) {
	t.Parallel()
	for name, open := range floatDatabases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.fill(t.Context(), t)
			rounded := 0
			for _, filter := range floatFilters() {
				verdicts := d.verdicts(t.Context(), t, filter)
				for nr, f := range floatRows() {
					switch want := floatVerdict(t, filter, f); {
					case verdicts[nr] == want:
					case d.mayRound(filter, f):
						rounded++
					default:
						t.Errorf("%s of %v: %v, want %v", filter, f, verdicts[nr], want)
					}
				}
			}
			if rounded == 0 {
				t.Error("it rounds no whole number: mend LANGUAGE.md")
			}
		})
	}
}

// mayRound reports whether the database takes a float for a constant of a filter that only rounds
// to it.
func (d *floatDatabase) mayRound(filter string, f any) bool {
	for text := range strings.FieldsFuncSeq(filter, func(r rune) bool { return strings.ContainsRune(" (),", r) }) {
		digits, point := strings.CutSuffix(text, ".0")
		n, err := strconv.ParseInt(digits, 10, 64)
		if v, isFloat := f.(float64); err == nil && (point || d.rounds) && isFloat && float64(n) == v && model.CompareNumbers(model.Float(v), model.Int(n)) != 0 {
			return true
		}
	}
	return false
}

// TestFloatsAsClauses: what a clause selects of floats, and the residual then keeps, are the rows for
// which the filter is true.
func TestFloatsAsClauses(t *testing.T) {
	t.Parallel()
	for name, open := range floatDatabases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.fill(t.Context(), t)
			whole := 0
			for _, filter := range floatFilters() {
				where, args, residual, err := sqlsource.Where(d.flavour, checkedThings(t, filter))
				if err != nil {
					t.Fatal(err)
				}
				if residual == nil {
					whole++
				}
				left, err := dsl.Compile(residual, modeltest.Schema())
				if err != nil {
					t.Fatal(err)
				}
				verdicts := d.verdicts(t.Context(), t, where, args...)
				for nr, f := range floatRows() {
					kept := verdicts[nr] == dsl.True && left.Match(floatRow(f))
					if want := floatVerdict(t, filter, f) == dsl.True; kept != want {
						t.Errorf("%s of %v, as %s with %v: %v, want %v", filter, f, where, args, kept, want)
					}
				}
			}
			if all := len(floatFilters()); whole < all/2 {
				t.Errorf("SQL says %d of %d filters whole: too few to tell", whole, all)
			}
		})
	}
}

func floatRow(f any) *modeltest.Record {
	return modeltest.MustRecord(modeltest.Schema(), map[string]any{"score": f})
}

// floatVerdict returns what a filter gives for a float.
func floatVerdict(t *testing.T, filter string, f any) dsl.Tri {
	t.Helper()
	p, err := dsl.Compile(checkedThings(t, filter).Root, modeltest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return p.Eval(floatRow(f))
}

func checkedThings(t *testing.T, filter string) *dsl.Checked {
	t.Helper()
	return checkedBy(t, filter, modeltest.Schema())
}

func checkedBy(t fatal, filter string, schema *model.Schema) *dsl.Checked {
	t.Helper()
	parsed, err := dsl.Parse(filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	checked, err := dsl.Check(parsed, schema)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return checked
}
