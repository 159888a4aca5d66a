package dsl_test

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// events is the schema of the rows below.
func events() *model.Schema {
	s, err := model.NewSchema("events",
		model.Field{Name: "level", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "took", Type: model.TypeDecimal, Nullable: true},
		model.Field{Name: "request.path", Type: model.TypeString, Collation: model.Binary, Nullable: true},
		model.Field{Name: "tags", Type: model.TypeRefs},
		model.Field{Name: "tags.name", Type: model.TypeString, Collation: model.CI, Through: "tags"},
	)
	if err != nil {
		panic(err)
	}
	return s
}

// Filter the lines of a log: of each line, no more is decoded than the filter names.
func ExampleJSON() {
	slow, err := dsl.JSON(events()).Compile("level = 'info' and took > 1.5 and request.path starts with '/api/'")
	if err != nil {
		panic(err)
	}
	const log = `{"level": "info", "took": 1.75, "request": {"path": "/api/users", "body": {}}}
{"level": "info", "took": 0.01, "request": {"path": "/api/users"}}
{"level": "info", "took": "long", "request": {"path": "/api/users"}}`
	for lines := bufio.NewScanner(strings.NewReader(log)); lines.Scan(); {
		fmt.Println(slow.Match(lines.Bytes()))
	}
	// Output:
	// true <nil>
	// false <nil>
	// false decode /took at byte 26: unexpected JSON: want a decimal number: "long" is not as JSON writes numbers, such as 12.50
}

func ExampleMap() {
	m, err := dsl.Map(events()).Compile("level in ('warn', 'error') and tags.name = 'DB' and took is null")
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Match(map[string]any{
		"level": "warn",
		"tags":  []any{map[string]any{"name": "http"}, map[string]any{"name": "db"}},
	}))
	fmt.Println(m.Match(map[string]any{"level": 5}))
	// Output:
	// true <nil>
	// false unexpected JSON: level: want a string, got a number
}
