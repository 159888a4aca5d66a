package judgetest_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
	"pgregory.net/rapid"
)

// postgrestTypes are the columns of the fields' types.
func postgrestTypes(collation string) map[model.Type]string {
	return map[model.Type]string{
		model.TypeInt: "BIGINT", model.TypeDecimal: "NUMERIC", model.TypeBool: "BOOLEAN", model.TypeDateTime: "TIMESTAMPTZ", model.TypeString: `TEXT COLLATE "` + collation + `"`,
	}
}

// postgrestSchema has every type, with null and without.
func postgrestSchema(t *testing.T) *model.Schema {
	t.Helper()
	fields := []model.Field{{Name: "id", Type: model.TypeInt}}
	for _, nullable := range []bool{false, true} {
		for _, f := range []model.Field{
			{Name: "num", Type: model.TypeInt},
			{Name: "dec", Type: model.TypeDecimal},
			{Name: "flag", Type: model.TypeBool},
			{Name: "at", Type: model.TypeDateTime},
			{Name: "bin", Type: model.TypeString, Collation: model.Binary},
			{Name: "low", Type: model.TypeString, Collation: model.Case},
		} {
			f.Nullable = nullable
			if nullable {
				f.Name += "_n"
			}
			fields = append(fields, f)
		}
	}
	s, err := model.NewSchema("rows", fields...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stored is a row as PostgreSQL can keep it: without NUL, and to the microsecond.
type stored []model.Value

func (r stored) Value(i int) model.Value { return r[i] }

func (stored) Len(int) int { return 0 }

func (stored) At(int, int) model.Value { return model.Value{} }

func storedOf(s *model.Schema, r model.Record, id int) stored {
	out := stored{model.Int(int64(id))}
	for i := 1; i < s.Len(); i++ {
		v := r.Value(i)
		switch v.Type() { //nolint:exhaustive // the others are as they are
		case model.TypeString:
			v = model.String(strings.ReplaceAll(v.Str(), "\x00", "k"))
		case model.TypeDateTime:
			v = model.DateTime(v.Time().Truncate(time.Microsecond))
		}
		out = append(out, v)
	}
	return out
}

// TestPostgREST: what the preset postgrest sends, read by its grammar and translated into
// the SQL that it means, selects in PostgreSQL the rows for which the condition is true:
// under an exact verdict no others.
func TestPostgREST(t *testing.T) {
	db := postgres(t)
	for _, collation := range []string{"C", "und-x-icu"} { // which ignore the case of ASCII, and of all letters
		t.Run(collation, func(t *testing.T) {
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			j := &judge{name: "PostgreSQL", db: db, conn: conn}
			defer func() { _ = j.conn.Close() }()
			testPostgREST(t, j, collation)
		})
	}
}

func testPostgREST(t *testing.T, j *judge, collation string) {
	t.Helper()
	s := postgrestSchema(t)
	columns := make([]string, s.Len())
	types := map[string]model.Type{}
	for i := range columns {
		f := s.Field(i)
		columns[i], types[f.Name] = fmt.Sprintf("%q %s", f.Name, postgrestTypes(collation)[f.Type]), f.Type
	}
	j.exec(t.Context(), t, "DROP TABLE IF EXISTS pg_temp.postgrest_rows")
	j.exec(t.Context(), t, "CREATE TEMPORARY TABLE postgrest_rows ("+strings.Join(columns, ", ")+")")
	d, _ := expression.Preset("postgrest")
	r, err := expression.Compile(d, func(name string) expression.Field { return expression.Field{Name: name} })
	if err != nil {
		t.Fatal(err)
	}
	e, err := expressiontest.Language("postgrest", expressiontest.Options{Fields: types})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[plan.Verdict]int{}
	rapid.Check(t, func(rt *rapid.T) {
		j.exec(t.Context(), rt, "DELETE FROM postgrest_rows")
		var rows []stored
		for id, row := range rapid.SliceOfN(valuetest.Records(s), 1, 20).Draw(rt, "rows") {
			rows = append(rows, storedOf(s, row, id))
			j.insertStored(t, rt, rows[id])
		}
		for range 10 {
			n := dsl.NNF(treetest.CheckedTrees(s).Draw(rt, "condition"))
			push := r.Classify([]dsl.Node{n})[0]
			verdicts[push.Verdict]++
			if push.Verdict == plan.Unsupported || push.Unsatisfiable {
				continue
			}
			text, err := r.Render([]plan.Conjunct{{Node: n, Pushdown: push}})
			if err != nil {
				rt.Fatal(err)
			}
			f, err := e.Parse(expression.Format(text))
			if err != nil {
				rt.Fatal(err)
			}
			j.judgePostgREST(t, rt, n, f, push, rows, s)
		}
	})
	t.Logf("%d exact, %d superset, %d unsupported", verdicts[plan.Exact], verdicts[plan.Superset], verdicts[plan.Unsupported])
	if verdicts[plan.Exact] == 0 || verdicts[plan.Superset] == 0 {
		t.Errorf("verdicts %v: each must come", verdicts)
	}
}

func (j *judge) insertStored(t *testing.T, rt *rapid.T, row stored) {
	t.Helper()
	places, args := make([]string, len(row)), make([]any, len(row))
	for i, v := range row {
		places[i] = fmt.Sprintf("$%d", i+1)
		if !v.IsNull() {
			args[i] = v.String()
		}
	}
	j.exec(t.Context(), rt, "INSERT INTO postgrest_rows VALUES ("+strings.Join(places, ", ")+")", args...)
}

func (j *judge) judgePostgREST(t *testing.T, rt *rapid.T, n dsl.Node, f expressiontest.Filter, push plan.Pushdown, rows []stored, s *model.Schema) {
	t.Helper()
	predicate, err := dsl.Compile(n, s)
	if err != nil {
		rt.Fatal(err)
	}
	w := &postgrestSQL{}
	w.write(f.Root)
	var got []int64
	j.each(t.Context(), rt, `SELECT "id" FROM postgrest_rows WHERE `+w.String()+` ORDER BY "id"`, w.args, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		got = append(got, id)
		return err
	})
	for id, row := range rows {
		want, selected := predicate.Match(row), slices.Contains(got, int64(id))
		if want && !selected || selected && !want && push.Verdict == plan.Exact {
			rt.Fatalf("%s\nas %s %s %q\nselects %v: %v, want %v", dsl.Format(n), push.Verdict, w, w.args, row, selected, want)
		}
	}
}

// postgrestSQL writes a tree of PostgREST as the SQL that it means.
type postgrestSQL struct {
	strings.Builder

	args []any
}

func (w *postgrestSQL) write(n *expressiontest.Node) {
	switch n.Op { //nolint:exhaustive // the others are comparisons
	case expressiontest.And, expressiontest.Or:
		for i, term := range n.Terms {
			w.WriteString([]string{" " + string(n.Op) + " ", "("}[map[bool]int{true: 1}[i == 0]])
			w.write(term)
		}
		w.WriteString(")")
	case expressiontest.Not:
		w.WriteString("NOT (")
		w.write(n.Terms[0])
		w.WriteString(")")
	case expressiontest.Missing:
		_, _ = fmt.Fprintf(w, "%q IS NULL", n.Field)
	case expressiontest.Present:
		_, _ = fmt.Fprintf(w, "%q IS NOT NULL", n.Field)
	case expressiontest.In:
		_, _ = fmt.Fprintf(w, "%q IN (", n.Field)
		for i, v := range n.Values {
			if i > 0 {
				w.WriteString(", ")
			}
			w.value(v)
		}
		w.WriteString(")")
	default:
		_, _ = fmt.Fprintf(w, "%q %s ", n.Field, n.Op)
		w.value(n.Values[0])
	}
}

func (w *postgrestSQL) value(v model.Value) {
	w.args = append(w.args, v.String())
	_, _ = fmt.Fprintf(w, "$%d", len(w.args))
}
