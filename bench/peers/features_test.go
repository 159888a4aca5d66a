package peers

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"github.com/expr-lang/expr"
	bexpr "github.com/hashicorp/go-bexpr"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"go.einride.tech/aip/filtering"
)

// account is the record of the features, of twelve fields. Its note and its last login are null.
type account struct {
	ID        int        `bexpr:"id"         expr:"id"         filter:"id"`
	Name      string     `bexpr:"name"       expr:"name"       filter:"name"`
	Email     string     `bexpr:"email"      expr:"email"      filter:"email,collation=ci"`
	Note      *string    `bexpr:"note"       expr:"note"       filter:"note"`
	Price     float64    `bexpr:"price"      expr:"price"      filter:"price"`
	CreatedAt time.Time  `bexpr:"-"          expr:"created_at" filter:"created_at"`
	ChangedAt time.Time  `bexpr:"-"          expr:"changed_at" filter:"changed_at"`
	Login     *time.Time `bexpr:"-"          expr:"login"      filter:"login"`
	Tags      []string   `bexpr:"tags"       expr:"tags"       filter:"tags"`
	Roles     []role     `bexpr:"roles"      expr:"roles"      filter:"roles"`
	Rank      int32      `bexpr:"rank"       expr:"rank"       filter:"rank"`
	IsStaff   bool       `bexpr:"is_staff"   expr:"is_staff"   filter:"is_staff"`
}

type role struct {
	Name        string   `bexpr:"name"        expr:"name"        filter:"name"`
	Permissions []string `bexpr:"permissions" expr:"permissions" filter:"permissions"`
}

func anAccount() *account {
	day := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	return &account{
		ID: 3, Name: "ana", Email: "Ana@Example.com", Price: 12.5, CreatedAt: day, ChangedAt: day.AddDate(0, 0, 3), Tags: []string{"new", "vip"},
		Roles: []role{{"Pickers", []string{"warehouse/read"}}, {"Staff", []string{"office"}}},
	}
}

// languages evaluate a text on the account. An error is one of compilation, or of evaluation
// where a language checks nothing before.
func languages() map[string]func(text string) (bool, error) {
	return map[string]func(text string) (bool, error){
		"muster": func(text string) (bool, error) {
			accounts, err := dsl.For[account]()
			if err != nil {
				return false, err
			}
			m, err := accounts.Compile(text, dsl.Functions(ownFunctions()))
			return err == nil && m.Match(anAccount()), err
		},
		"expr": func(text string) (bool, error) {
			program, err := expr.Compile(text, expr.Env(account{}), expr.AsBool(), expr.Function("twice", twice, new(func(int) int)))
			if err != nil {
				return false, err
			}
			return truth(expr.Run(program, anAccount()))
		},
		"cel": evaluateCEL,
		"bexpr": func(text string) (bool, error) {
			e, err := bexpr.CreateEvaluator(text)
			if err != nil {
				return false, err
			}
			return e.Evaluate(anAccount())
		},
		"aip": func(text string) (bool, error) { // it ends with the checked tree
			declarations, err := filtering.NewDeclarations(
				filtering.DeclareStandardFunctions(),
				filtering.DeclareIdent("id", filtering.TypeInt), filtering.DeclareIdent("name", filtering.TypeString), filtering.DeclareIdent("email", filtering.TypeString),
				filtering.DeclareIdent("note", filtering.TypeString), filtering.DeclareIdent("price", filtering.TypeFloat),
				filtering.DeclareIdent("created_at", filtering.TypeTimestamp), filtering.DeclareIdent("changed_at", filtering.TypeTimestamp),
				filtering.DeclareIdent("tags", filtering.TypeList(filtering.TypeString)),
				filtering.DeclareFunction("twice", filtering.NewFunctionOverload("twice_int", filtering.TypeInt, filtering.TypeInt)),
			)
			if err != nil {
				return false, err
			}
			_, err = filtering.ParseFilterString(text, declarations)
			return err == nil, err
		},
	}
}

// celAccounts declares the fields of an account.
func celAccounts() (*cel.Env, error) {
	return cel.NewEnv(
		ext.Strings(), ext.Math(),
		cel.Function("twice", cel.Overload("twice_int", []*cel.Type{cel.IntType}, cel.IntType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				n, _ := v.(types.Int) // the overload takes nothing else
				return n * 2
			}))),
		cel.Variable("id", cel.IntType), cel.Variable("name", cel.StringType), cel.Variable("email", cel.StringType), cel.Variable("note", cel.DynType),
		cel.Variable("price", cel.DoubleType), cel.Variable("created_at", cel.TimestampType), cel.Variable("changed_at", cel.TimestampType), cel.Variable("login", cel.DynType),
		cel.Variable("tags", cel.ListType(cel.StringType)), cel.Variable("roles", cel.ListType(cel.MapType(cel.StringType, cel.DynType))),
	)
}

// celAccount is an account as CEL reads it.
func celAccount(a *account) map[string]any {
	roles := make([]map[string]any, len(a.Roles))
	for i, r := range a.Roles {
		roles[i] = map[string]any{"name": r.Name, "permissions": r.Permissions}
	}
	return map[string]any{
		"id": a.ID, "name": a.Name, "email": a.Email, "note": nil, "price": a.Price, "created_at": a.CreatedAt, "changed_at": a.ChangedAt, "login": nil,
		"tags": a.Tags, "roles": roles,
	}
}

func evaluateCEL(text string) (bool, error) { return runCEL(text) }

// runCEL is evaluateCEL with options of the program.
func runCEL(text string, options ...cel.ProgramOption) (bool, error) {
	env, err := celAccounts()
	if err != nil {
		return false, err
	}
	tree, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		return false, err
	}
	program, err := env.Program(tree, options...)
	if err != nil {
		return false, err
	}
	answer, _, err := program.Eval(celAccount(anAccount()))
	if err != nil {
		return false, err
	}
	return truth(answer.Value(), nil)
}

// feature is what a language may have, and for each language a cell. A cell is a text that
// shows it; "!" and the text that one would write, where the language has no such thing; or
// "yes" or "no" and the address that says so.
type feature struct {
	name  string
	shown func(matched bool, err error) bool // that a text has it; nil = it is true of the account
	cells map[string]string
	run   map[string]func(text string) (bool, error) // in place of those of languages
}

const (
	odataSpec = "https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html"
	sqlSpec   = "https://www.postgresql.org/docs/current/functions"
)

func noMatch(matched bool, err error) bool { return !matched && err == nil }

func suggested(_ bool, err error) bool {
	return err != nil && strings.Contains(err.Error(), "did you mean")
}

func positioned(_ bool, err error) bool {
	return err != nil && regexp.MustCompile(`\b1:[0-9]+|line 1, column [0-9]+`).MatchString(err.Error())
}

// ownFunctions has the function that each language is given: twice an integer.
func ownFunctions() *dsl.Env {
	env, err := dsl.NewEnv(dsl.Function{
		Name: "twice", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeInt, Deterministic: true,
		Call: func(args []model.Value) (model.Value, error) { return model.Int(2 * args[0].Int()), nil },
	})
	if err != nil {
		panic(err) // the function is a constant
	}
	return env
}

// twice is the same for expr, whose type says that it takes one.
func twice(args ...any) (any, error) {
	n, _ := args[0].(int)
	return 2 * n, nil
}

// limited runs a filter of few steps under a limit that is lower.
func limited() map[string]func(text string) (bool, error) {
	return map[string]func(text string) (bool, error){
		"muster": func(text string) (bool, error) {
			accounts, err := dsl.For[account]()
			if err != nil {
				return false, err
			}
			m, err := accounts.Compile(text, dsl.MaxSteps(1))
			if err != nil {
				return false, err
			}
			return m.Test(anAccount())
		},
		"cel": func(text string) (bool, error) { return runCEL(text, cel.CostLimit(1)) },
	}
}

func overLimit(_ bool, err error) bool {
	return err != nil && (errors.Is(err, dsl.ErrSteps) || strings.Contains(err.Error(), "cost limit exceeded"))
}

// overJSON runs a filter over the bytes of an account.
func overJSON() map[string]func(text string) (bool, error) {
	return map[string]func(text string) (bool, error){
		"muster": func(text string) (bool, error) {
			schema, err := model.NewSchema("accounts", model.Field{Name: "id", Type: model.TypeInt})
			if err != nil {
				return false, err
			}
			m, err := dsl.JSON(schema).Compile(text)
			if err != nil {
				return false, err
			}
			return m.Match([]byte(`{"name": "ana", "id": 3}`))
		},
	}
}

func features() []feature { return append(languageFeatures(), libraryFeatures()...) }

// libraryFeatures are those of the Go library around a language.
func libraryFeatures() []feature {
	type cells = map[string]string
	const packages = "https://pkg.go.dev/"
	return []feature{
		{"functions of one's own", nil, cells{
			"muster": `twice(id) = 6`, "expr": `twice(id) == 6`, "cel": `twice(id) == 6`, "bexpr": `!twice(id) == 6`, "aip": `twice(id) = 6`,
			"odata": "yes https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part1-protocol.html#sec_Functions", "sql": "yes https://www.postgresql.org/docs/current/sql-createfunction.html",
		}, nil},
		{"Go structs are records as they are", nil, cells{
			"muster": `rank = 0 and is_staff = false`, "expr": `rank == 0 and is_staff == false`, "cel": "yes " + packages + "cel.dev/cel-go/ext#NativeTypes",
			"bexpr": `rank == 0 and is_staff == false`, "aip": "no " + packages + "go.einride.tech/aip/filtering#Declarations",
			"odata": "no " + odataSpec, "sql": "no " + packages + "database/sql#Rows.Scan",
		}, nil},
		{"raw JSON is a record, without decoding it whole", nil, cells{
			"muster": `id = 3`, "expr": "no " + packages + "github.com/expr-lang/expr#Run", "cel": "no " + packages + "cel.dev/cel-go/cel#Program",
			"bexpr": "no " + packages + "github.com/hashicorp/go-bexpr#Evaluator.Evaluate", "aip": "no " + packages + "go.einride.tech/aip/filtering#Filter",
			"odata": "no " + odataSpec, "sql": "yes " + sqlSpec + "-json.html",
		}, overJSON()},
		{"a limit of the cost of an evaluation", overLimit, cells{
			"muster": `all roles (length(name) > 3)`, "expr": "no " + packages + "github.com/expr-lang/expr/vm#VM", "cel": `roles.all(r, size(r.name) > 3)`,
			"bexpr": "no " + packages + "github.com/hashicorp/go-bexpr#Option", "aip": "no " + packages + "go.einride.tech/aip/filtering#Filter",
			"odata": "no " + odataSpec, "sql": "yes https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT",
		}, limited()},
		{"the error of an unknown name has its place in the text", positioned, cells{
			"muster": `id = 3 and nam = 'ana'`, "expr": `id == 3 and nam == "ana"`, "cel": `id == 3 && nam == "ana"`, "bexpr": `!id == 3 and nam == ana`, "aip": `!id = 3 AND nam = "ana"`,
			"odata": "no " + odataSpec, "sql": "yes https://www.postgresql.org/docs/current/protocol-error-fields.html",
		}, nil},
		{"seeds for fuzzing one's own program", nil, cells{
			"muster": "yes " + packages + "github.com/muster-go/muster/dsl/dsltest", "expr": "yes https://github.com/expr-lang/expr/tree/master/test/fuzz",
			"cel": "no https://github.com/google/cel-go", "bexpr": "no https://github.com/hashicorp/go-bexpr", "aip": "no https://github.com/einride/aip-go",
			"odata": "no " + odataSpec, "sql": "no https://www.postgresql.org/docs/current/regress.html",
		}, nil},
	}
}

func languageFeatures() []feature {
	type cells = map[string]string
	return []feature{
		{"null is unknown: `note != 'x'` leaves it out", noMatch, cells{
			"muster": `note != 'x'`, "expr": `!note != "x"`, "cel": `!note != "x"`, "bexpr": `!note != x`, "aip": "no https://google.aip.dev/160#comparison-operators",
			"odata": "no " + odataSpec + "#sec_NotEquals", "sql": "yes " + sqlSpec + "-comparison.html",
		}, nil},
		{"a test for null", nil, cells{
			"muster": `note is null`, "expr": `note == nil`, "cel": `note == null`, "bexpr": `!note is null`, "aip": `!note = null`,
			"odata": "yes " + odataSpec + "#sec_null", "sql": "yes " + sqlSpec + "-comparison.html",
		}, nil},
		{"order", nil, cells{
			"muster": `id > 2`, "expr": `id > 2`, "cel": `id > 2`, "bexpr": `!id > 2`, "aip": `id > 2`,
			"odata": "yes " + odataSpec + "#sec_GreaterThan", "sql": "yes " + sqlSpec + "-comparison.html",
		}, nil},
		{"a list of values", nil, cells{
			"muster": `id in (1, 3)`, "expr": `id in [1, 3]`, "cel": `id in [1, 3]`, "bexpr": `!id in [1, 3]`, "aip": `!id in (1, 3)`,
			"odata": "yes " + odataSpec + "#sec_In", "sql": "yes " + sqlSpec + "-comparisons.html",
		}, nil},
		{"a range", nil, cells{
			"muster": `id between 1 and 5`, "expr": `id in 1..5`, "cel": `!id between 1 and 5`, "bexpr": `!id between 1 and 5`, "aip": `!id between 1 and 5`,
			"odata": "no " + odataSpec + "#sec_LogicalOperators", "sql": "yes " + sqlSpec + "-comparison.html",
		}, nil},
		{"instants", nil, cells{
			"muster": `created_at > 2024-01-01`, "expr": `created_at > date("2024-01-01")`, "cel": `created_at > timestamp("2024-01-01T00:00:00Z")`,
			"bexpr": `!created_at > 2024-01-01`, "aip": `created_at > timestamp("2024-01-01T00:00:00Z")`,
			"odata": "yes " + odataSpec + "#sec_PrimitiveLiterals", "sql": "yes " + sqlSpec + "-datetime.html",
		}, nil},
		{"days before now", nil, cells{
			"muster": `created_at < now - 90d`, "expr": `created_at < now() - duration("2160h")`, "cel": `!created_at < now() - duration("2160h")`,
			"bexpr": `!created_at < now`, "aip": `!created_at < now() - duration("2160h")`,
			"odata": "yes " + odataSpec + "#sec_now", "sql": "yes " + sqlSpec + "-datetime.html",
		}, nil},
		{"the beginning of a text", nil, cells{
			"muster": `name starts with 'a'`, "expr": `name startsWith "a"`, "cel": `name.startsWith("a")`, "bexpr": `!name startsWith a`, "aip": `name = "a*"`,
			"odata": "yes " + odataSpec + "#sec_startswith", "sql": "yes " + sqlSpec + "-matching.html",
		}, nil},
		{"regular expressions", nil, cells{
			"muster": `name matches '^a.a$'`, "expr": `name matches "^a.a$"`, "cel": `name.matches("^a.a$")`, "bexpr": "name matches `^a.a$`", "aip": `!name =~ "^a.a$"`,
			"odata": "yes " + odataSpec + "#sec_matchesPattern", "sql": "yes " + sqlSpec + "-matching.html",
		}, nil},
		{"letter case by the field's collation", nil, cells{
			"muster": `email = 'ana@example.com'`, "expr": `!email == "ana@example.com"`, "cel": `!email == "ana@example.com"`, "bexpr": `!email == "ana@example.com"`,
			"aip": "no https://google.aip.dev/160#comparison-operators", "odata": "no " + odataSpec + "#sec_tolower", "sql": "yes https://www.postgresql.org/docs/current/collation.html",
		}, nil},
		{"an element of a list", nil, cells{
			"muster": `tags = 'vip'`, "expr": `"vip" in tags`, "cel": `"vip" in tags`, "bexpr": `vip in tags`, "aip": `tags:"vip"`,
			"odata": "yes " + odataSpec + "#sec_any", "sql": "yes " + sqlSpec + "-comparisons.html",
		}, nil},
		{"an object of a list that meets two conditions", nil, cells{
			"muster": `any roles (name = 'Pickers' and permissions starts with 'warehouse')`, "expr": `any(roles, .name == "Pickers" and any(.permissions, # startsWith "warehouse"))`,
			"cel":   `roles.exists(r, r.name == "Pickers" && r.permissions.exists(p, p.startsWith("warehouse")))`,
			"bexpr": `any roles as r { r.name == Pickers and "warehouse/read" in r.permissions }`, "aip": `!roles.exists(r, r.name = "Pickers")`,
			"odata": "yes " + odataSpec + "#sec_any", "sql": "yes " + sqlSpec + "-subquery.html",
		}, nil},
		{"all objects of a list", nil, cells{
			"muster": `all roles (length(name) > 3)`, "expr": `all(roles, len(.name) > 3)`, "cel": `roles.all(r, size(r.name) > 3)`,
			"bexpr": "all roles as r { r.name is not empty }", "aip": `!roles.all(r, r.name != "")`,
			"odata": "yes " + odataSpec + "#sec_all", "sql": "yes " + sqlSpec + "-subquery.html",
		}, nil},
		{"a count of objects", nil, cells{
			"muster": `count(roles where name = 'Staff') = 1`, "expr": `count(roles, .name == "Staff") == 1`, "cel": `roles.filter(r, r.name == "Staff").size() == 1`,
			"bexpr": `!count(roles) == 2`, "aip": `!count(roles) = 2`,
			"odata": "yes " + odataSpec + "#sec_AddressingtheCountofaCollection", "sql": "yes " + sqlSpec + "-aggregate.html",
		}, nil},
		{"a field against a field", nil, cells{
			"muster": `changed_at < created_at + 7d`, "expr": `changed_at < created_at + duration("168h")`, "cel": `changed_at < created_at + duration("168h")`,
			"bexpr": `!name == name`, "aip": `changed_at > created_at`,
			"odata": "yes " + odataSpec + "#sec_Add", "sql": "yes " + sqlSpec + "-datetime.html",
		}, nil},
		{"arithmetic", nil, cells{
			"muster": `price * 2 > 24`, "expr": `price * 2 > 24`, "cel": `price * 2.0 > 24.0`, "bexpr": `!price * 2 == 25`, "aip": `!price * 2 > 24`,
			"odata": "yes " + odataSpec + "#sec_ArithmeticOperators", "sql": "yes " + sqlSpec + "-math.html",
		}, nil},
		{"functions of text", nil, cells{
			"muster": `length(name) = 3 and lower(email) = 'ana@example.com'`, "expr": `len(name) == 3 and lower(email) == "ana@example.com"`,
			"cel": `size(name) == 3 && email.lowerAscii() == "ana@example.com"`, "bexpr": `!length(name) == 3`, "aip": `!length(name) = 3`,
			"odata": "yes " + odataSpec + "#sec_length", "sql": "yes " + sqlSpec + "-string.html",
		}, nil},
		{"functions of instants", nil, cells{
			"muster": `year(created_at) = 2024`, "expr": `created_at.Year() == 2024`, "cel": `created_at.getFullYear() == 2024`, "bexpr": `!year(created_at) == 2024`,
			"aip": `!year(created_at) = 2024`, "odata": "yes " + odataSpec + "#sec_year", "sql": "yes " + sqlSpec + "-datetime.html",
		}, nil},
		{"sums of decimals are exact", nil, cells{
			"muster": `0.1 + 0.2 = 0.3`, "expr": `!0.1 + 0.2 == 0.3`, "cel": `!0.1 + 0.2 == 0.3`, "bexpr": `!0.1 + 0.2 == 0.3`, "aip": `!0.1 + 0.2 = 0.3`,
			"odata": "yes " + odataSpec + "#sec_ArithmeticOperators", "sql": "yes https://www.postgresql.org/docs/current/datatype-numeric.html",
		}, nil},
		{"an unknown name is an error that says a near one", suggested, cells{
			"muster": `nam = 'ana'`, "expr": `!nam == "ana"`, "cel": `!nam == "ana"`, "bexpr": `!nam == ana`, "aip": `!nam = "ana"`,
			"odata": "no " + odataSpec, "sql": "yes https://github.com/postgres/postgres/blob/master/src/backend/parser/parse_relation.c",
		}, nil},
	}
}

// TestFeatures holds every cell that is a text to what the language makes of it.
func TestFeatures(t *testing.T) {
	run := languages()
	for _, f := range features() {
		shown := f.shown
		if shown == nil {
			shown = func(matched bool, err error) bool { return matched && err == nil }
		}
		for _, language := range languageNames() {
			cell := f.cells[language]
			text, lacks := strings.CutPrefix(cell, "!")
			_, linked := link(cell)
			evaluate := run[language]
			if own := f.run[language]; own != nil {
				evaluate = own
			}
			switch {
			case linked:
			case evaluate == nil:
				t.Errorf("%s, %s: %q is no address", f.name, language, cell)
			default:
				if matched, err := evaluate(text); shown(matched, err) == lacks {
					t.Errorf("%s, %s: %s: %v, %v", f.name, language, text, matched, err)
				}
			}
		}
	}
}

// languageNames are the columns of the table.
func languageNames() []string {
	return []string{"muster", "expr", "cel", "bexpr", "aip", "odata", "sql"}
}

// link returns the address of a cell that has one.
func link(cell string) (address string, ok bool) {
	for _, word := range []string{"yes ", "no "} {
		if address, ok := strings.CutPrefix(cell, word); ok {
			return address, strings.HasPrefix(address, "https://")
		}
	}
	return "", false
}

// featureTable writes the features in Markdown.
func featureTable() []byte {
	var b bytes.Buffer
	b.WriteString("| | Muster | expr | cel-go | go-bexpr | aip-go | OData | SQL |\n|---|---|---|---|---|---|---|---|\n")
	for _, f := range features() {
		b.WriteString("| " + f.name)
		for _, language := range languageNames() {
			cell := f.cells[language]
			mark := "yes"
			if strings.HasPrefix(cell, "!") || strings.HasPrefix(cell, "no ") {
				mark = "–"
			}
			if address, ok := link(cell); ok {
				mark = "[" + mark + "](" + address + ")"
			}
			b.WriteString(" | " + mark)
		}
		b.WriteString(" |\n")
	}
	return b.Bytes()
}

// TestFeatureTable holds the table of ../README.md to the features; -write writes it.
func TestFeatureTable(t *testing.T) {
	const file = "../README.md"
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := between(have, "features", featureTable())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(have, want) {
		return
	}
	if *write == "" {
		t.Fatalf("the table is out of date: go test -run FeatureTable -write %s", file)
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Error(err)
	}
}
