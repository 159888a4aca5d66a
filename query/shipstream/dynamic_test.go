package shipstream_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// TestDynamicRowsAgree: a dynamic row over the users' schema reads as a user does.
func TestDynamicRowsAgree(t *testing.T) {
	t.Parallel()
	schema := shipstream.UserSchema().With(func(f *model.Field) { f.Nullable = true })
	decoder, err := model.NewDynamicDecoder(schema, model.DefaultLayout())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range schema.Len() {
		names = append(names, schema.Field(i).Name)
	}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(usertest.Pages().Draw(t, "page"))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "in lines") {
			body = inLines(body)
		}
		typed, err := shipstream.DecodeUsers(body)
		if err != nil {
			t.Fatal(err)
		}
		dynamic, err := decoder.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for i := range body {
			body[i] = '#' // neither may hold it
		}
		for i := range typed.Rows {
			u, r := &typed.Rows[i], &dynamic.Rows[i]
			if u.ID != r.ID {
				t.Fatal(u.ID, r.ID)
			}
			want, wantErr := u.AppendJSONFields(nil, names)
			got, gotErr := r.AppendJSONFields(nil, names)
			if diff := cmp.Diff(plain(want), plain(got)); diff != "" || wantErr != nil || gotErr != nil {
				t.Fatalf("%v, %v: %s", wantErr, gotErr, diff)
			}
			if err := sameRecord(schema, u, r); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func sameRecord(schema *model.Schema, a, b model.Record) error {
	for i := range schema.Len() {
		name := schema.Field(i).Name
		if a.Value(i) != b.Value(i) && name != "type" || a.Len(i) != b.Len(i) { // a type that is absent is "" to a user
			return fmt.Errorf("%s: %v, %d and %v, %d", name, a.Value(i), a.Len(i), b.Value(i), b.Len(i))
		}
		for j := range a.Len(i) {
			if !sameValue(a.At(i, j), b.At(i, j)) {
				return fmt.Errorf("%s of %d: %v and %v", name, j, a.At(i, j), b.At(i, j))
			}
		}
	}
	return nil
}

// sameValue is ==, but for JSON, which a user writes anew.
func sameValue(a, b model.Value) bool {
	if a.Type() != model.TypeJSON || b.Type() != model.TypeJSON {
		return a == b
	}
	var x, y any
	return json.Unmarshal([]byte(a.Str()), &x) == nil && json.Unmarshal([]byte(b.Str()), &y) == nil && cmp.Equal(x, y)
}

// plain reads an object, with a type that is absent as "".
func plain(text []byte) map[string]any {
	var m map[string]any
	if json.Unmarshal(text, &m) != nil {
		return nil
	}
	if m["type"] == nil {
		m["type"] = ""
	}
	return m
}

func inLines(text []byte) []byte {
	var v json.RawMessage = text
	lines, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		panic(err)
	}
	return lines
}
