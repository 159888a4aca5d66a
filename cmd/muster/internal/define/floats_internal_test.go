package define

import (
	"testing"

	"github.com/muster-go/muster/model"
)

// TestFloatTypes: numbers are floats if a decimal does not keep them and a float does.
func TestFloatTypes(t *testing.T) {
	t.Parallel()
	for rows, want := range map[string]struct{ typ, of model.Type }{
		`[{"a": 0.1}, {"a": 12.50}]`:                     {model.TypeDecimal, 0},
		`[{"a": 0.30000000000000004}]`:                   {model.TypeDecimal, 0},
		`[{"a": 1e300}, {"a": 0.1}, {"a": null}]`:        {model.TypeFloat, 0},
		`[{"a": 5e-324}, {"a": 1.7976931348623157e308}]`: {model.TypeFloat, 0},
		`[{"a": 1.2345678901234567e-30}]`:                {model.TypeFloat, 0},
		`[{"a": 1.5E+40}, {"a": 0}, {"a": -0.0}]`:        {model.TypeFloat, 0},
		`[{"a": 1e300}, {"a": 9007199254740993}]`:        {model.TypeJSON, 0}, // a float would change it
		`[{"a": 1e300}, {"a": 12345678901234567890}]`:    {model.TypeJSON, 0},
		`[{"a": 12345678901234567890}]`:                  {model.TypeJSON, 0},
		`[{"a": 0.123456789012345678901234}]`:            {model.TypeJSON, 0},
		`[{"a": 1e400}]`:                                 {model.TypeJSON, 0},
		`[{"a": 1e-999999999}]`:                          {model.TypeJSON, 0},
		`[{"a": [1e300, 1]}, {"a": [null, 0.5]}]`:        {model.TypeList, model.TypeFloat},
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
