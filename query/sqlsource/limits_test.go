package sqlsource_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/sqlsource"
)

// recorder is a database that notes how large each statement was.
type recorder struct {
	*sql.DB
	params, bytes []int
}

func (r *recorder) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	n := len(text)
	for _, a := range args {
		if s, ok := a.(string); ok {
			n += len(s)
		}
	}
	r.params, r.bytes = append(r.params, len(args)), append(r.bytes, n)
	return r.DB.QueryContext(ctx, text, args...)
}

// numbered is a table of rows 1 to n, whose name is the id in words, with a secret
// that rows never carry.
func numbered(t *testing.T, n int) (*recorder, sqlsource.Table) {
	t.Helper()
	db := open(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, secret INTEGER)",
		fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO t SELECT i, 'row ' || i, i %% 97 FROM n", n))
	field := func(name string, typ model.Type, r model.Returned) sqlsource.Column {
		return sqlsource.Column{Field: model.Field{Name: name, Type: typ, Returned: r, Collation: model.Binary, Nullable: name != "id"}}
	}
	return &recorder{DB: db}, sqlsource.Table{Name: "t", Columns: []sqlsource.Column{
		field("id", model.TypeInt, model.ReturnedAlways), field("name", model.TypeString, model.ReturnedAlways), field("secret", model.TypeInt, model.ReturnedNo),
	}}
}

// odd is the first n odd numbers: ids one after another would be a range.
func odd(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(2*i + 1)
	}
	return out
}

// words is a text for each of the numbers from 1 to n.
func words(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i+1)
	}
	return out
}

// TestLongLists: what the database takes in one statement goes in one; what it does
// not goes in parts, or is evaluated here, and the reason is the database's.
func TestLongLists(t *testing.T) {
	db, table := numbered(t, 500)
	lite, small, unknown := sqlsource.SQLite(), sqlsource.SQLite(), sqlsource.SQLite()
	small.MaxParams, unknown.MaxParams = 50, 0
	const (
		tooMany = "the statement would bind more than %d parameters or 4 MiB, which is the most that SQLite is asked at once"
		fits    = "" // as a reason
	)
	for _, test := range []struct {
		name    string
		flavour sqlsource.Flavour
		filter  string
		list    any
		scans   int
		want    int // rows
		reason  string
	}{
		{"ids", lite, "id in ($1)", odd(3000), 1, 250, fits},
		{"many ids", lite, "id in ($1)", odd(20_000), 1, 250, fits},
		{"more ids than fit", lite, "id in ($1)", odd(40_000), 1, 250, fmt.Sprintf(tooMany, 32766)},
		{"texts", lite, "name in ($1)", words(3000, "row %d"), 1, 500, fits},
		{"long texts", lite, "name in ($1)", append(words(500, "row %d"), words(300, strings.Repeat("x", 15_000)+"%d")...), 3, 500, fmt.Sprintf(tooMany, 32766)},
		{"not in", lite, "name not in ($1)", words(3000, "row 1%d"), 1, 401, fits},
		{"few parameters", small, "name in ($1)", words(200, "row %d"), 10, 200, fmt.Sprintf(tooMany, 50)},
		{"few parameters, not in", small, "name not in ($1)", words(100, "row 1%d"), 1, 401, fmt.Sprintf(tooMany, 50)},
		{"few parameters, never returned", small, "secret in ($1) or secret is null", odd(60), 8, 248, fmt.Sprintf(tooMany, 50)},
		{"as many as any takes", unknown, "id in ($1)", odd(900), 1, 250, fits},
		{"more than any takes", unknown, "name in ($1)", words(1100, "row %d"), 3, 500, fmt.Sprintf(tooMany, 999)},
	} {
		t.Run(test.name, func(t *testing.T) {
			db.params, db.bytes = nil, nil
			src := source(t, db, test.flavour, table)
			planned, err := query.Prepare(src, test.filter, query.Args(test.list))
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := planned.Explain(&text); err != nil {
				t.Fatal(err)
			}
			if test.reason == fits && strings.Contains(text.String(), "would bind more") || !strings.Contains(text.String(), test.reason) {
				t.Errorf("the plan lacks %q, or has a reason where it needs none", test.reason)
			}
			if len(planned.Scans) != test.scans {
				t.Errorf("%d scans, want %d", len(planned.Scans), test.scans)
			}
			got, err := collect(query.RunPlan(t.Context(), src, planned))
			if slices.Sort(got); err != nil || len(got) != test.want || len(slices.Compact(got)) != test.want {
				t.Errorf("%d rows, want %d: %v", len(got), test.want, err)
			}
			most := test.flavour.MaxParams
			if most == 0 {
				most = 999
			}
			if n := slices.Max(db.params); n > most {
				t.Errorf("a statement of %d parameters", n)
			}
			if n := slices.Max(db.bytes); n > 4<<20 {
				t.Errorf("a statement of %d bytes", n)
			}
		})
	}
}

// TestKeptPlanOfLongList: a plan outlives its process whatever its size.
func TestKeptPlanOfLongList(t *testing.T) {
	db, table := numbered(t, 50)
	src := source(t, db, sqlsource.SQLite(), table)
	planned, err := query.Prepare(src, "id in ($1)", query.Args(odd(15_000)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := planned.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if planned, err = plan.Load(src, data); err != nil {
		t.Fatal(err)
	}
	if n, err := query.CountPlan(t.Context(), src, planned); n != 25 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestKeptPlan: a kept plan is run by its conditions, not by the texts beside them, and
// fails if the database cannot express them any more.
func TestKeptPlan(t *testing.T) {
	db, table := numbered(t, 50)
	planned, err := query.Prepare(source(t, db, sqlsource.SQLite(), table), "name = 'row 7'")
	if err != nil {
		t.Fatal(err)
	}
	data, err := planned.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	load := func(text string, flavour sqlsource.Flavour) ([]int64, error) {
		src := source(t, db, flavour, table)
		kept, err := plan.Load(src, []byte(text))
		if err != nil {
			return nil, err
		}
		return collect(query.RunPlan(t.Context(), src, kept))
	}
	const param = `"filter":["name = 'row 7'"]`
	forged := strings.Replace(string(data), param, `"filter":["1=1; DROP TABLE t"]`, 1)
	if forged == string(data) {
		t.Fatalf("%s lacks %s", data, param)
	}
	for _, text := range []string{string(data), forged} {
		if got, err := load(text, sqlsource.SQLite()); !slices.Equal(got, []int64{7}) || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	poor := sqlsource.SQLite()
	poor.Collations = nil
	if got, err := load(string(data), poor); !errors.Is(err, sqlsource.ErrNotSQL) {
		t.Errorf("without a collation: %v, %v", got, err)
	}
}

// TestTooMuchForADatabase: what no statement can hold, for its depth or for a pattern,
// is evaluated here, and the rest of the filter is asked all the same.
func TestTooMuchForADatabase(t *testing.T) {
	db, table := numbered(t, 50)
	src := source(t, db, sqlsource.SQLite(), table)
	deep := dsl.Field("name").Eq("row 7")
	for i := range 300 {
		deep = dsl.All(dsl.Field("name").Ne(strconv.Itoa(i)), dsl.Any(dsl.Field("id").Eq(i+8000), deep))
	}
	many := []dsl.Node{dsl.Field("id").Eq(1)}
	for i := range 1500 {
		many = append(many, dsl.Field("name").Contains(fmt.Sprintf("w %d", i+40)))
	}
	sum := func(n int) dsl.Node { // whose SQL doubles with each sign
		f, err := dsl.Parse(strings.Repeat("id + ", n-1) + "id = " + strconv.Itoa(n))
		if err != nil {
			t.Fatal(err)
		}
		return f.Root
	}
	for name, test := range map[string]struct {
		n      dsl.Node
		reason string // "" where it is asked
		want   int
	}{
		"deep":         {deep, "the condition is nested deeper than databases take", 1},
		"wide":         {dsl.Any(many...), "", 12},
		"long pattern": {dsl.Any(dsl.Field("name").StartsWith(strings.Repeat("*", 20_000)), dsl.Field("id").Eq(1)), "the pattern would be longer than the 50000 bytes that every database takes", 1},
		"long sum":     {sum(16), "the condition becomes too long as SQL", 1},
		"sum":          {sum(5), "", 1},
		"pattern":      {dsl.Any(dsl.Field("name").StartsWith(strings.Repeat("*", 16_000)), dsl.Field("id").Eq(1)), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			filter := dsl.Where(dsl.All(test.n, dsl.Field("id").Lt(51)))
			planned, err := query.Prepare(src, filter)
			if err != nil {
				t.Fatal(err)
			}
			var reasons []string
			for _, scan := range planned.Scans {
				for _, c := range scan.Conjuncts {
					if c.Reason != "" {
						reasons = append(reasons, c.Reason)
					}
				}
			}
			if got := strings.Join(slices.Compact(reasons), "; "); got != test.reason {
				t.Errorf("reason %q, want %q", got, test.reason)
			}
			checked, err := dsl.Check(filter, src.Schema())
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := src.Where(checked.Root); (err == nil) != (test.reason == "") || err != nil && !errors.Is(err, sqlsource.ErrNotSQL) {
				t.Errorf("as a clause: %v", err)
			}
			if got, err := ids(t.Context(), src, filter); err != nil || len(got) != test.want {
				t.Errorf("%d rows, want %d: %v", len(got), test.want, err)
			}
		})
	}
}

// TestErrorsStayShort: a statement of many values is not repeated whole.
func TestErrorsStayShort(t *testing.T) {
	_, table := numbered(t, 0)
	src := source(t, open(t), sqlsource.SQLite(), table)
	if _, err := ids(t.Context(), src, "id in ($1)", query.Args(odd(20_000))); err == nil || len(err.Error()) > 5000 || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("got %.6000v", err)
	}
}
