package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestSargableConstants: the constant of coalesce compares as a float where the field is one, as
// in an evaluation: the float 0.1 is not the decimal.
func TestSargableConstants(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("things", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "price", Type: model.TypeFloat, Nullable: true})
	if err != nil {
		t.Fatal(err)
	}
	null := modeltest.MustRecord(s, map[string]any{"id": 1})
	for _, text := range []string{
		"coalesce(price, 0.1) = 0.1", "not coalesce(price, 0.1) = 0.1",
		"coalesce(price, 9007199254740993) > 9007199254740992", "not coalesce(price, 9007199254740993) > 9007199254740992",
	} {
		c, err := dsl.Check(mustParse(t, text), s)
		if err != nil {
			t.Fatal(err)
		}
		plain, exact := dsl.Sargable(c.Root)
		if plain == nil {
			continue
		}
		want, err := dsl.Compile(c.Root, s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dsl.Compile(plain, s)
		if err != nil {
			t.Fatal(err)
		}
		if got.Match(null) != want.Match(null) && (exact || want.Match(null)) {
			t.Errorf("%s of null as %s: %v, want %v", text, dsl.Format(plain), got.Match(null), want.Match(null))
		}
	}
}
