package fuzz_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// FuzzObject holds the reader of single objects to encoding/json: it takes as well-formed
// what jsontext does, and of each object it reads, by both ways to give it one, the values
// that encoding/json decodes.
func FuzzObject(f *testing.F) {
	for _, s := range []string{
		`{"id": 7, "name": "A\u006e", "address": {"city": "Oslo"}, "roles": [{"name": "x"}, null]}`,
		`{"address.city": "Oslo", "x": {"id": [1, {"a": null}]}}`, `{"id": 1, "id": 2}`, `{"id": "1"}`, `{"id": 1.0}`, `{"id": -12e2}`, `{"roles": {}}`, `{"id": 1} x`, `null`, `[`,
	} {
		f.Add([]byte(s))
	}
	schema, err := model.NewSchema("objects",
		model.Field{Name: "id", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "roles", Type: model.TypeRefs},
		model.Field{Name: "roles.name", Type: model.TypeString, Collation: model.CI, Through: "roles", Nullable: true},
	)
	if err != nil {
		f.Fatal(err)
	}
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	reader := model.NewObjectReader(schema, fields)
	f.Fuzz(func(t *testing.T, text []byte) {
		wellFormed := jsontext.Value(text).IsValid()
		fromJSON, jsonErr := reader.ReadJSON(text)
		if errors.Is(jsonErr, model.ErrMalformed) == wellFormed {
			t.Fatalf("jsontext accepts: %v, ReadJSON: %v", wellFormed, jsonErr)
		}
		var row map[string]any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if !wellFormed || d.Decode(&row) != nil || row == nil {
			if wellFormed && jsonErr == nil {
				t.Fatalf("encoding/json makes no object of %s, and ReadJSON does", text)
			}
			return
		}
		fromMap, mapErr := reader.ReadMap(row)
		if (jsonErr == nil) != (mapErr == nil) {
			t.Fatalf("ReadJSON: %v, ReadMap: %v", jsonErr, mapErr)
		}
		if jsonErr != nil {
			return
		}
		for i := range schema.Len() {
			if fromJSON.Value(i) != fromMap.Value(i) || fromJSON.Len(i) != fromMap.Len(i) {
				t.Fatalf("%s: %v and %v", schema.Field(i).Name, fromJSON.Value(i), fromMap.Value(i))
			}
			for n := range fromJSON.Len(i) {
				if fromJSON.At(i, n) != fromMap.At(i, n) {
					t.Fatalf("%s %d: %v and %v", schema.Field(i).Name, n, fromJSON.At(i, n), fromMap.At(i, n))
				}
			}
		}
		if name, ok := row["name"].(string); ok && fromJSON.Value(1).Str() != name {
			t.Fatalf("name is %v, want %q", fromJSON.Value(1), name)
		}
	})
}
