package expression_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
)

// TestQuoteIncomplete: what a description of quotes leaves out makes no value end its text.
func TestQuoteIncomplete(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema("rows", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "s", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		quote       expression.Quote
		value, want string // "" = it is not sent
	}{
		{"no escape", expression.Quote{By: "'"}, "o'n", ""},
		{"no escape", expression.Quote{By: "'"}, "on", "s = 'on'"},
		{"an escape that is none", expression.Quote{By: "'", Escape: map[string]string{"'": "'"}}, "o'n", ""},
		{"doubled", expression.Quote{By: "'", Escape: map[string]string{"'": "''"}}, `o'n\`, `s = 'o''n\'`},
		{"what escapes has no escape", expression.Quote{By: `"`, Escape: map[string]string{`"`: `\"`}}, `a\`, ""},
		{"what escapes has no escape", expression.Quote{By: `"`, Escape: map[string]string{`"`: `\"`}}, `a"`, `s = "a\""`},
		{"both have", expression.Quote{By: `"`, Escape: map[string]string{`"`: `\"`, `\`: `\\`}}, `a\"`, `s = "a\\\""`},
		{"references", expression.Quote{By: "'", Escape: map[string]string{"'": "&apos;"}}, "a&b", ""},
		{"long quotes", expression.Quote{By: "'''"}, "a'", ""},
		{"no quotes", expression.Quote{}, "a or id = 1", ""},
		{"no quotes, and what cannot be sent", expression.Quote{Refuse: []string{" "}}, "a", "s = a"},
	} {
		r, err := expression.Compile(expression.Dialect{
			Name: "own", To: expression.Place{Param: "q"}, And: "{} and {}", Ops: map[expression.Op]expression.Operator{expression.Equal: {Template: "{f} = {v}"}},
			Quote: test.quote, Text: expression.Text{Fold: expression.FoldNone},
		}, sameName)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		text := "s = '" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(test.value) + "'"
		for _, p := range r.Classify([]dsl.Node{checked(t, text, schema)})[0].Params {
			got = p.Value
		}
		if got != test.want {
			t.Errorf("%s: %q is sent as %q, want %q", test.name, test.value, got, test.want)
		}
	}
}
