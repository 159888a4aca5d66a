package plan_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sqlsource"
)

// ownFunctions are those that golden plans call. The table of [database] has SQL for risk alone.
func ownFunctions() (*dsl.Env, error) {
	text := []dsl.Argument{{Name: "text", Type: model.TypeString}}
	one := func([]model.Value) (model.Value, error) { return model.Int(1), nil }
	return dsl.NewEnv(
		dsl.Function{Name: "risk", Args: text, Result: model.TypeInt, Deterministic: true, Call: one},
		dsl.Function{Name: "rank", Args: text, Result: model.TypeInt, Deterministic: true, Call: one},
		dsl.Function{Name: "chance", Args: text, Result: model.TypeInt, Call: one},
	)
}

// database is a table whose flavour has a template for a function.
func database(t *testing.T) query.Resource {
	t.Helper()
	flavour := sqlsource.MariaDB()
	flavour.Templates = map[string]string{"risk": "risk_of({1})"}
	var columns []sqlsource.Column
	for _, f := range []model.Field{{Name: "id", Type: model.TypeInt}, {Name: "email", Type: model.TypeString}, {Name: "is_active", Type: model.TypeBool}} {
		f.Returned = model.ReturnedAlways
		columns = append(columns, sqlsource.Column{Field: f})
	}
	src, err := sqlsource.New(nil, flavour, sqlsource.Table{Name: "members", Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	return src
}
