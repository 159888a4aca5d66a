package model_test

import (
	"fmt"
	"slices"

	"github.com/muster-go/muster/model"
)

// Rows of a schema that is known only at run time: their keys may be texts, fields can
// be taken out, and a row that was put aside as JSON is read again.
func ExampleDynamicRow() {
	schema, err := model.NewSchema("parcels",
		model.Field{Name: "code", Type: model.TypeString, Collation: model.CI},
		model.Field{Name: "sent_at", Type: model.TypeDateTime, Nullable: true},
		model.Field{Name: "to", Type: model.TypeRef, Nullable: true},
	)
	if err != nil {
		panic(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "code"}) // the body is the list of rows
	if err != nil {
		panic(err)
	}
	page, err := decoder.Decode([]byte(`[{"code":"A-1","sent_at":"2024-01-31T09:30:00+01:00","to":{"type":"Customer","id":9}}]`))
	if err != nil {
		panic(err)
	}
	row := &page.Rows[0]
	sent, _ := schema.Lookup("sent_at")
	fmt.Println(row.Key(), row.Value(sent.Index()).Time(), slices.Collect(row.References()))

	row.Hide([]*model.Field{sent})
	text := row.AppendJSON(nil)
	again, err := decoder.DecodeRow(text, row.Included())
	fmt.Println(string(text), again.Value(sent.Index()), err)
	// Output:
	// A-1 2024-01-31 08:30:00 +0000 UTC [Customer 9]
	// {"code":"A-1","to":{"type":"Customer","id":9}} null <nil>
}
