package define

import (
	"testing"

	"github.com/muster-go/muster/model"
)

// TestListTypes: a list is one of scalars only if all its elements are of one type.
func TestListTypes(t *testing.T) {
	t.Parallel()
	for rows, want := range map[string]struct{ typ, of model.Type }{
		`[{"a": ["x"]}, {"a": null}, {"a": []}]`:   {model.TypeList, model.TypeString},
		`[{"a": [1, 2]}, {"a": [null, 3]}]`:        {model.TypeList, model.TypeInt},
		`[{"a": [1]}, {"a": [2.5]}]`:               {model.TypeList, model.TypeDecimal},
		`[{"a": [true]}]`:                          {model.TypeList, model.TypeBool},
		`[{"a": ["2024-01-01T00:00:00Z"]}]`:        {model.TypeList, model.TypeString},
		`[{"a": [1]}, {"a": ["x"]}]`:               {model.TypeJSON, model.TypeNull},
		`[{"a": [{"b": 1}]}]`:                      {model.TypeJSON, model.TypeNull},
		`[{"a": [["x"]]}]`:                         {model.TypeJSON, model.TypeNull},
		`[{"a": []}]`:                              {model.TypeJSON, model.TypeNull},
		`[{"a": [null]}]`:                          {model.TypeJSON, model.TypeNull},
		`[{"a": ["x"]}, {"a": "x"}]`:               {model.TypeJSON, model.TypeNull},
		`[{"a": [1e400, 1], "b": 1}, {"a": [99]}]`: {model.TypeJSON, model.TypeNull},
	} {
		v, _, err := parse([]byte(rows))
		if err != nil {
			t.Fatal(err)
		}
		f := field(columnsOf(v.items).members[0], false, len(v.items))
		if f.Type != want.typ || f.Of != want.of {
			t.Errorf("%s: %v of %v, want %v of %v", rows, f.Type, f.Of, want.typ, want.of)
		}
	}
}
