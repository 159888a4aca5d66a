package sqlsource_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sqlsource"
)

var update = flag.Bool("update", false, "write the golden files")

// computedColumns say how the instants of the test's table are held: created_at as seconds, and
// in SQLite seen_at as texts.
func computedColumns(flavour sqlsource.Flavour) []sqlsource.Column {
	columns := []sqlsource.Column{{Field: model.Field{Name: "created_at"}, Time: sqlsource.TimeUnix}}
	if flavour.NoTime {
		columns = append(columns, sqlsource.Column{Field: model.Field{Name: "seen_at"}, Time: time.DateTime})
	}
	return columns
}

// TestComputedGolden: the clause of each filter of the golden file in three databases. A block is a filter,
// and by database the clause and what it binds. It is weaker if the filter is left, too.
func TestComputedGolden(t *testing.T) {
	t.Parallel()
	const file = "testdata/computed.txt"
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	own := sqlsource.Flavour{Name: "another", Quote: `"`, Collations: map[model.Collation]string{model.Binary: "BIN"}}
	var got strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(string(golden)), "\n\n") {
		filter, _, _ := strings.Cut(block, "\n")
		fmt.Fprintln(&got, filter)
		checked := checkedThings(t, filter)
		for _, flavour := range []sqlsource.Flavour{sqlsource.SQLite(), sqlsource.MariaDB(), sqlsource.PostgreSQL(), own} {
			where, args, residual, err := sqlsource.Where(flavour, checked, computedColumns(flavour)...)
			if err != nil {
				where = err.Error()
			}
			switch {
			case residual == nil:
			case where == "1 = 1":
				where = "left"
			default:
				where = "weaker: " + where
			}
			fmt.Fprintf(&got, "  %-10s %s", flavour.Name, where)
			if len(args) > 0 {
				fmt.Fprintf(&got, "  %q", fmt.Sprint(args...))
			}
			got.WriteByte('\n')
		}
		got.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.TrimSpace(string(golden)), strings.TrimSpace(got.String())); diff != "" && !*update {
		t.Error(diff)
	}
}

func checkedThings(t *testing.T, filter string) *dsl.Checked {
	t.Helper()
	f, err := dsl.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := dsl.Check(f, modeltest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

// TestComputedRefused: why a condition that computes is left.
func TestComputedRefused(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("here", 3600)
	own := sqlsource.Flavour{Name: "another", Quote: `"`, Collations: sqlsource.PostgreSQL().Collations}
	for filter, want := range map[string]string{
		"size / 2 > 1":                       "quotients",
		"score * 2.0 > 1.0":                  "a float becomes too large",
		"size * 1.5 > 1":                     "decimals",
		"size = score":                       "two types",
		"coalesce(size, score) > 1.0":        "two types",
		"lower(code) = 'a'":                  "other letters",
		"substring(code, size, 1) = 'a'":     "not constant",
		"seen_at < created_at + 1mo":         "no one length",
		"year(seen_at) = 2024":               "of UTC alone",
		"date(seen_at + 1h) = created_at":    "a duration moves",
		"length(owner.name) > 3":             "no column for owner.name",
		"lower(name) matches 'a'":            "regular expressions",
		"length(" + deep("code", 40) + ")=1": "too long",
	} {
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(f, modeltest.Schema(), dsl.Zone(zone))
		if err != nil {
			t.Fatal(err)
		}
		src := source(t, nil, sqlsource.MariaDB(), thingsTable())
		if _, _, err := src.Where(checked.Root); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", filter, err, want)
		}
		if _, _, err := source(t, nil, own, thingsTable()).Where(checked.Root); err == nil {
			t.Errorf("%s is written for a flavour whose functions are not known", filter)
		}
	}
}

// deep nests a function whose SQL names its argument twice.
func deep(text string, levels int) string {
	return strings.Repeat("min(", levels) + text + strings.Repeat(", 'x')", levels)
}

// thingsTable describes a table with the plain fields of [modeltest.Schema].
func thingsTable() sqlsource.Table {
	table := sqlsource.Table{Name: "things"}
	schema := modeltest.Schema()
	for _, name := range []string{"id", "name", "code", "sku", "size", "score", "created_at", "seen_at"} {
		f, _ := schema.Lookup(name)
		plain := model.Field{Name: name, Type: f.Type, Collation: f.Collation, Nullable: f.Nullable, Returned: model.ReturnedAlways}
		table.Columns = append(table.Columns, sqlsource.Column{Field: plain})
	}
	return table
}

// TestWhereRewritten: SQL is asked about a column in place of a value that it cannot compute.
func TestWhereRewritten(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ filter, where, left string }{
		{"year(created_at) = 2024", `("created_at" >= $1) AND ("created_at" < $2)`, ""},
		{"not (year(created_at) > 2023 or size = 1)", `("created_at" < $1) AND (NOT ("size" = $2))`, ""},
		{"2024-06-01 - created_at > 90d", `"created_at" < $1`, "created_at + 90d < 2024-05-31T22:00:00Z"},
		{"created_at + 90d != 2024-06-01", "1 = 1", "created_at + 90d != 2024-05-31T22:00:00Z"},
		{"year(created_at) = 500", "1 = 1", "year(created_at) = 500"}, // databases write no such dates
	} {
		f, err := dsl.Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(f, modeltest.Schema(), dsl.Zone(zone))
		if err != nil {
			t.Fatal(err)
		}
		where, _, residual, err := sqlsource.Where(sqlsource.PostgreSQL(), checked)
		left := ""
		if residual != nil {
			left = dsl.Format(residual)
		}
		if where != tt.where || left != tt.left || err != nil {
			t.Errorf("%s: %s, left %s, %v\nwant %s, left %s", tt.filter, where, left, err, tt.where, tt.left)
		}
	}
}
