package dsl_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestExponents: a number with an exponent is exact if it fits, else a float, and reads again as it
// is printed.
func TestExponents(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("rows",
		model.Field{Name: "f", Type: model.TypeFloat}, model.Field{Name: "n", Type: model.TypeInt}, model.Field{Name: "d", Type: model.TypeDecimal},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{ // an error, if it has a blank before
		"f > 1e3": "f > 1000", "f > 1E300": "f > 1e300", "f > -1.5e+300": "f > -1.5e300", "f > 1e-300": "f > 1e-300", "f < 0e5": "f < 0",
		"f > 00.5e1": "f > 5", "n = 1e3": "n = 1000", "n = 10e-1": "n = 1", "d = 1.25e-3": "d = 0.00125", "d in (1e2, -2e-2)": "d in (100, -0.02)",
		"f between 1e18 and 1e19": "f between 1000000000000000000 and 1e19", "f = 9.223372036854775808e18": "f = 9.223372036854776e18",
		"f + 1e300 > 0": "f + 1e300 > 0", "f * 2e0 > 1": "f * 2.0 > 1", "1e300 < f": "f > 1e300", "count(tags) > 1e0": "count(tags) > 1", "f > 1e300 * 2": "f > 2e300",
		"n > 1e300": " n is an int", "n = 1e-1": " n is an int", "d > 1e300": " d is a decimal", "f > 1e400": " too large", "f > 1e5s": " neither a number nor a duration",
		"f > 1e": " neither", "f > 1.5e": " neither", "f > 1e-": " neither", "n = 1e3x": " neither", "count(tags) > 1e300": " is a float, `count(tags)` is an int",
	} {
		checked, err := checkedOf(s, text)
		if strings.HasPrefix(want, " ") {
			if err == nil || !strings.Contains(err.Error(), want[1:]) {
				t.Errorf("%s: %v, want%s", text, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		printed := dsl.Format(checked.Root)
		again, err := checkedOf(s, printed)
		if err != nil || printed != want || !dsl.Equal(again.Root, checked.Root) {
			t.Errorf("%s: printed %s, want %s; read again: %v", text, printed, want, err)
		}
	}
}

func checkedOf(s *model.Schema, text string) (*dsl.Checked, error) {
	f, err := dsl.Parse(text)
	if err != nil {
		return nil, err
	}
	return dsl.Check(f, s)
}
