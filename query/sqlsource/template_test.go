package sqlsource_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sqlsource"
)

// A function of your own runs in the database if the flavour has its SQL. Another one is
// evaluated locally.
func ExampleFlavour() {
	address := []dsl.Argument{{Name: "address", Type: model.TypeString}}
	env, err := dsl.NewEnv(
		dsl.Function{
			Name: "domain", Args: address, Result: model.TypeString, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				_, domain, _ := strings.Cut(args[0].Str(), "@")
				return model.String(domain), nil
			},
		},
		dsl.Function{
			Name: "reputation", Args: address, Result: model.TypeInt, Deterministic: true,
			Call: func([]model.Value) (model.Value, error) { return model.Int(7), nil },
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	users, err := model.NewSchema("users", model.Field{Name: "email", Type: model.TypeString, Collation: model.Binary})
	if err != nil {
		fmt.Println(err)
		return
	}
	filter, err := dsl.Parse("domain(email) = 'example.com' and reputation(email) > 5")
	if err != nil {
		fmt.Println(err)
		return
	}
	checked, err := dsl.Check(filter, users, dsl.Functions(env))
	if err != nil {
		fmt.Println(err)
		return
	}
	postgres := sqlsource.PostgreSQL()
	postgres.Templates = map[string]string{"domain": "substring({1} FROM strpos({1} || '@', '@') + 1)"}
	where, args, residual, err := sqlsource.Where(postgres, checked)
	fmt.Println(where, args, err)
	fmt.Println("left:", dsl.Format(residual))
	// Output:
	// (substring("email" FROM strpos("email" || '@', '@') + 1)) = CAST($1 AS text) COLLATE "C" [example.com] <nil>
	// left: reputation(email) > 5
}

// withTemplates returns SQLite's flavour with the SQL of most of [dsltest.Functions].
func withTemplates() sqlsource.Flavour {
	flavour := sqlsource.SQLite()
	flavour.Templates = map[string]string{
		"initial":  "NULLIF(substr({1}, 1, 1), '')",
		"greeting": "'A'",
		"lot":      "2",
		"nulls":    "({1} IS NULL)",
		"before":   "(length(CAST({1} AS BLOB)) < {2})",
		"odd":      "({1} & 1)",
		"swapped":  "CASE WHEN {1} IS NULL THEN 1 WHEN NOT {1} THEN 0 END",
		"half":     "({1} / 2)",
		"cents":    "({1} * 100)", "on_the_hour": "{1}",
	}
	return flavour
}

// TestTemplates: which calls a database is asked about, and why others are left.
func TestTemplates(t *testing.T) {
	t.Parallel()
	env, err := dsl.NewEnv(dsltest.Functions()...)
	if err != nil {
		t.Fatal(err)
	}
	table, flavour := thingsTable(), withTemplates()
	for i := range table.Columns {
		if c := &table.Columns[i]; c.Type == model.TypeDateTime {
			c.Time = sqlsource.TimeUnix
		}
	}
	flavour.Templates["lot"] = "lot({1})"
	delete(flavour.Templates, "odd")
	for _, tt := range []struct{ filter, want string }{
		{"initial(code) = 'a'", "(NULLIF(substr(`code`, 1, 1), '')) = ? COLLATE BINARY [a]"},
		{"not initial(initial(code)) = code", "NOT ((NULLIF(substr((NULLIF(substr(`code`, 1, 1), '')), 1, 1), '')) = `code` COLLATE BINARY) []"},
		{"before(code, size + 1) and before(code, 3)", "(((length(CAST(`code` AS BLOB)) < CASE typeof(`size` + ?) WHEN 'integer' THEN `size` + ? END)) = ?) AND (((length(CAST(`code` AS BLOB)) < ?)) = ?) [1 1 true 3 true]"},
		{"half(score) < score and half(2) < score", "(((`score` / 2)) < `score`) AND (`score` > ?) [1]"},
		{"length(initial(code)) = 1", "length((NULLIF(substr(`code`, 1, 1), ''))) = ? [1]"},
		{"nulls(code, sku) = 1", "the call of nulls has 2 arguments, and the template of SQLite has 1 places"},
		{"lot() = size", "the call of lot has 0 arguments, and the template of SQLite has 1 places"},
		{"odd(size)", "SQLite has no template for the function odd"},
		{"half(size) > 1.5", "databases round numbers of two types"},
		{"cents(size) > 1", "databases round numbers of two types"},
		{"on_the_hour(created_at) = seen_at", "templates have no instants, which columns hold in several ways"},
		{"initial(lower(code)) = 'a'", "SQLite changes the case of other letters than the language does"},
	} {
		filter, err := dsl.Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(filter, modeltest.Schema(), dsl.Functions(env))
		if err != nil {
			t.Fatal(err)
		}
		where, args, residual, err := sqlsource.Where(flavour, checked, table.Columns...)
		got := fmt.Sprint(where, " ", args)
		if err != nil {
			t.Fatal(err)
		}
		if residual != nil {
			_, _, err = source(t, nil, flavour, table).Where(checked.Root)
			got = fmt.Sprint(err)
		}
		if !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: %s, want %s", tt.filter, got, tt.want)
		}
	}
}

// TestTemplateFaults: a template whose braces are no places is refused by name.
func TestTemplateFaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"f({0})", "f({1)", "f({})", "f({10})", "f({", "f({1}, {a})"} {
		flavour := sqlsource.SQLite()
		flavour.Templates = map[string]string{"good": "g({9}, {1}{1})", "bad": text}
		_, err := sqlsource.New(nil, flavour, thingsTable())
		want := fmt.Sprintf("the template %q of the function bad has a brace that begins no place: they are {1} to {9}", text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "good") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
