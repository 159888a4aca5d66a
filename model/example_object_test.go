package model_test

import (
	"fmt"

	"github.com/muster-go/muster/model"
)

// Read one field of an object and leave the rest.
func ExampleNewObjectReader() {
	schema, err := model.NewSchema(
		"users",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	city, _ := schema.Lookup("address.city")
	cities := model.NewObjectReader(schema, []*model.Field{city})
	for _, text := range []string{`{"id": "any", "address": {"city": "Oslo"}}`, `{"address": {"city": 5}}`} {
		r, err := cities.ReadJSON([]byte(text))
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(r.Value(city.Index()))
		r.Release()
	}
	// Output:
	// Oslo
	// decode /address/city at byte 21: unexpected JSON: want a string or null, got a number
}
