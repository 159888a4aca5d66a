package dsl_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestUnknownInside: the hint for an unknown name also names fields inside objects.
func TestUnknownInside(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema("charges",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "billing.email", Type: model.TypeString, Collation: model.CI},
		model.Field{Name: "billing.name", Type: model.TypeString, Collation: model.CI},
		model.Field{Name: "card.brand", Type: model.TypeString, Collation: model.CI},
	)
	if err != nil {
		t.Fatal(err)
	}
	for filter, hint := range map[string]string{
		"email = 'x'":   "did you mean billing.email?",
		"billing = 'x'": "the fields below billing are billing.email, billing.name",
		"card.x = 'x'":  "the fields below card are card.brand",
		"zzzzzzz = 'x'": "the fields are id, billing.email, billing.name, card.brand",
	} {
		tree, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dsl.Check(tree, schema); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v, want %s", filter, err, hint)
		}
	}
}
