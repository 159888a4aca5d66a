package expression_test

import (
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
)

// Elasticsearch has a preset. The mapping of an index decides how it compares texts. Here each text is
// a keyword without a normalizer, so no two texts are equal. An analyzed text, such as the note, is
// left open, so that nothing wrong is sent.
func ExampleRenderer_Where_elasticsearch() {
	orders, err := model.NewSchema("orders",
		model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "total", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "placed_at", Type: model.TypeDateTime})
	if err != nil {
		fmt.Println(err)
		return
	}
	preset, _ := expression.Preset("elasticsearch")
	preset.Text.Fold = expression.FoldNone
	elastic, err := expression.Compile(preset, func(name string) expression.Field {
		if name == "note" {
			return expression.Field{Name: name, Fold: expression.FoldUnclear}
		}
		return expression.Field{Name: name}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	explain(elastic, orders, // as in the example of MongoDB
		"status in ('open', 'packed') and not total > 5",
		"status != 'open' and total is null",
		"status like 'A*%' and note contains 'gift'",
		"placed_at > 2025-01-01T12:00:00.0005Z or total between 1 and 3")
	// Output:
	// {"bool":{"filter":[{"terms":{"status":["open","packed"]}},{"range":{"total":{"lte":5}}}]}} <nil>
	//   left: ""
	// {"bool":{"filter":[{"bool":{"must_not":[{"term":{"status":{"value":"open"}}}]}},{"bool":{"must_not":[{"exists":{"field":"total"}}]}}]}} <nil>
	//   left: ""
	// {"wildcard":{"status":{"value":"A\\**"}}} <nil>
	//   left: "note contains 'gift'"
	// {"bool":{"minimum_should_match":1,"should":[{"range":{"placed_at":{"gte":"2025-01-01T12:00:00Z"}}},{"bool":{"filter":[{"range":{"total":{"gte":1}}},{"range":{"total":{"lte":3}}}]}}]}} <nil>
	//   left: "placed_at > 2025-01-01T12:00:00.0005Z or total between 1 and 3"
}
