package expressiontest_test

import (
	"fmt"
	"log"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

func ExampleLanguage() {
	e, err := expressiontest.Language("aip160", expressiontest.Options{
		Fields: map[string]model.Type{"total": model.TypeInt, "status": model.TypeString},
		Fold:   expressiontest.SimpleFold, // this server ignores case
	})
	if err != nil {
		log.Fatal(err)
	}
	filter, err := e.Parse(`total > 5 AND status = "open" OR status = "new"`)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(filter.Root)
	fmt.Println(filter.Match(expressiontest.Row{"total": model.Int(7), "status": model.String("OPEN")}))
	_, err = e.Parse("total ~ 5")
	fmt.Println(err)
	// Output:
	// (total > 5 and (status = "open" or status = "new"))
	// true
	// not a filter of aip160: "total ~ 5": at byte 6: want an operator, got "~ 5"
}

func ExampleNames() {
	fmt.Println(expressiontest.Names())
	// Output: [aip160 elasticsearch google-directory jql lucene odata postgrest scim servicenow soql]
}

func ExampleTypesOf() {
	types := expressiontest.TypesOf(modeltest.People(), "/")
	fmt.Println(types.Fields["created_at"], types.Fields["default_warehouse/name"])
	fmt.Println(types.Lists["roles"].Fields["name"], types.Lists["tags"].Fields[""])
	// Output:
	// datetime string
	// string string
}

func ExampleRecordOf() {
	schema := modeltest.People()
	types := expressiontest.TypesOf(schema, "/")
	e, err := expressiontest.Language("odata", expressiontest.Options{Fields: types.Fields, Lists: types.Lists})
	if err != nil {
		log.Fatal(err)
	}
	filter, err := e.Parse("roles/any(r: r/name eq 'Pickers') and tags/$count gt 1")
	if err != nil {
		log.Fatal(err)
	}
	row := modeltest.MustRecord(schema, map[string]any{
		"roles": []modeltest.Object{{"name": "Buyers"}, {"name": "Pickers"}},
		"tags":  []any{"vip", "new"},
	})
	fmt.Println(filter.MatchRecord(expressiontest.RecordOf(schema, row, "/")))
	// Output: true
}
