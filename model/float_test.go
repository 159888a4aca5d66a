package model_test

import (
	"math"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// TestFloatRows: floats are read, and written so that they are read again as the same.
func TestFloatRows(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("samples",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "score", Type: model.TypeFloat, Nullable: true},
		model.Field{Name: "all", Type: model.TypeList, Of: model.TypeFloat, Nullable: true})
	if err != nil {
		t.Fatal(err)
	}
	score, _ := s.Lookup("score")
	all, _ := s.Lookup("all")
	r := model.NewObjectReader(s, []*model.Field{score, all})
	for text, want := range map[string]float64{
		"0.1": 0.1, "-0.0": 0, "1e300": 1e300, "5e-324": math.SmallestNonzeroFloat64, "12345678901234567890": 12345678901234567890, "7": 7,
	} {
		row, err := r.ReadJSON([]byte(`{"id":1,"score":` + text + `,"all":[` + text + `,null]}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		v := row.Value(score.Index())
		if v != model.Float(want) {
			t.Errorf("%s is %v, want %v", text, v, want)
		}
		if list := row.Value(all.Index()); list != model.List(v, model.Null()) {
			t.Errorf("a list of %s is %v", text, list)
		}
		if again, err := model.ParseFloat(string(v.AppendJSON(nil))); err != nil || again != v {
			t.Errorf("%s is written as %s", text, v.AppendJSON(nil))
		}
	}
	for _, text := range []string{`"1"`, "1e999", "true", "[]"} {
		if _, err := r.ReadJSON([]byte(`{"id":1,"score":` + text + `}`)); err == nil || !strings.Contains(err.Error(), "score") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
