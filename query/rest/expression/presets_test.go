package expression_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// TestReasons: what the definition lacks is not called a lack of the server or of a preset.
func TestReasons(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("rows",
		model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString, Nullable: true, Collation: model.Binary})
	if err != nil {
		t.Fatal(err)
	}
	odata, _ := expression.Preset("odata")
	less, _ := expression.Preset("odata")
	delete(less.Ops, expression.Greater)
	own := odata
	own.Name, own.Or = "library", nil
	for _, c := range []struct {
		dialect        expression.Dialect
		filter, reason string
	}{
		{odata, "name matches '^a'", "the dialect odata has no regular expressions"},
		{odata, "name > 'a'", "the dialect does not say how the server orders text (text.order)"},
		{odata, "name like 'a%b'", "the dialect odata has no patterns"},
		{odata, "id < 5 and id >= 1", ""},
		{odata, "id <= 7", "the definition does not list lteq in the ops of id"},
		{less, "id > 5", "the definition takes the test gt away from the dialect odata"},
		{own, "id = 5 or name = 'a'", "the expression of the definition has no OR"},
		{own, "name ~ 'a'", "the expression of the definition has no regular expressions"},
	} {
		r, err := expression.Compile(c.dialect, func(f string) expression.Field {
			if f == "id" && c.reason == "the definition does not list lteq in the ops of id" {
				return expression.Field{Name: f, Ops: map[expression.Op]expression.Operator{expression.Equal: {}}}
			}
			return expression.Field{Name: f}
		})
		if err != nil {
			t.Fatal(err)
		}
		if push := r.Classify([]dsl.Node{dsl.NNF(checked(t, c.filter, s))})[0]; push.Reason != c.reason {
			t.Errorf("%s of %s: %q, want %q", c.filter, c.dialect.Name, push.Reason, c.reason)
		}
	}
}

// TestPresetsClaims: presets claim no more than their specifications promise.
func TestPresetsClaims(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("rows",
		model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString, Nullable: true, Collation: model.Case},
		model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatRFC3339Nano})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		preset, filter string
		verdict        plan.Verdict
		text           string
	}{
		// Servers that make letters small, or capital, take İ or ı for i.
		{"scim", "name = 'abc'", plan.Exact, `name eq "abc"`},
		{"scim", "name = 'bid'", plan.Superset, `name eq "bid"`},
		{"scim", "not (name = 'bid')", plan.Unsupported, ""},
		// PostgreSQL's ilike does not take ſ for s: the character becomes any.
		{"postgrest", "name = 'abc'", plan.Exact, `name.ilike."abc"`},
		{"postgrest", "name = 'as_é'", plan.Superset, `name.ilike."a_\\__"`},
		{"postgrest", "name starts with 'Key'", plan.Superset, `name.ilike."_ey*"`},
		// PostgreSQL keeps microseconds and Salesforce seconds: rows have nothing between.
		{"postgrest", "at > 2024-01-01T00:00:00.000001Z", plan.Exact, `at.gt."2024-01-01T00:00:00.000001Z"`},
		{"postgrest", "at > 2024-01-01T00:00:00.0000005Z", plan.Exact, `at.gt."2024-01-01T00:00:00Z"`},
		{"soql", "at >= 2024-01-01T00:00:00.5Z", plan.Exact, `at > 2024-01-01T00:00:00Z`},
		// Elasticsearch compares milliseconds, and rows have what was sent.
		{"elasticsearch", "at > 2024-01-01T00:00:00.0005Z", plan.Superset, `{"range":{"at":{"gte":"2024-01-01T00:00:00Z"}}}`},
		// The value NULL means none to ServiceNow, and IN before STANCEOF is another test.
		{"servicenow", "name = 'NULL'", plan.Unsupported, ""},
		{"servicenow", "name in ('STANCEOFb', 'c')", plan.Superset, "name=STANCEOFb^ORname=c"},
	} {
		d, _ := expression.Preset(c.preset)
		if d.Text.Fold == "" {
			d.Text.Fold = expression.FoldCase
		}
		r, err := expression.Compile(d, func(f string) expression.Field { return expression.Field{Name: f} })
		if err != nil {
			t.Fatal(err)
		}
		n := dsl.NNF(checked(t, c.filter, s))
		push := r.Classify([]dsl.Node{n})[0]
		text := ""
		if len(push.Params) > 0 {
			text = push.Params[0].Value
		}
		if push.Verdict != c.verdict || text != c.text {
			t.Errorf("%s: %s is %s %q (%s), want %s %q", c.preset, c.filter, push.Verdict, text, push.Reason, c.verdict, c.text)
		}
	}
}

// TestEmptyIsNull: where rows have an empty text for null and the server takes it for null
// too, tests of null are exact. Where the server does not know it they are not sent.
func TestEmptyIsNull(t *testing.T) {
	for _, test := range []struct {
		dialect, nulls, filter string
		want                   plan.Verdict
	}{
		{"servicenow", `""`, "a is null", plan.Exact},
		{"servicenow", `""`, "a is not null", plan.Exact},
		{"servicenow", `""`, "not (a = 5)", plan.Exact},
		{"servicenow", `"x"`, "a is null", plan.Unsupported},
		{"servicenow", `"x"`, "a = 5", plan.Superset},
		{"odata", `""`, "a is null", plan.Unsupported},
		{"odata", `""`, "a = 5", plan.Superset},
	} {
		dialect, _ := expression.Preset(test.dialect)
		schema, err := model.NewSchema("rows", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "a", Type: model.TypeInt, Nullable: true, Returned: model.ReturnedAlways, Spelling: &model.Spelling{Nulls: []string{test.nulls}}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := expression.Compile(dialect, sameName)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Classify([]dsl.Node{checked(t, test.filter, schema)})[0]; got.Verdict != test.want {
			t.Errorf("%s with %s: %s is %v, want %v", test.dialect, test.nulls, test.filter, got, test.want)
		}
	}
}

// TestValues: a value is sent as the server calls it, and one without such a name is not.
func TestValues(t *testing.T) {
	schema, err := model.NewSchema("rows", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "s", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	dialect, _ := expression.Preset("odata")
	own := expression.Operator{Values: map[string]string{"PAID": "paid", "O'N": "o'n"}}
	r, err := expression.Compile(dialect, func(name string) expression.Field {
		return expression.Field{Name: name, Ops: map[expression.Op]expression.Operator{expression.Equal: own}}
	})
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"s = 'PAID'":           "s eq 'paid'",
		"s = 'O''N'":           "s eq 'o''n'",
		"s != 'PAID'":          "not (s eq 'paid')",
		"s in ('PAID','O''N')": "s eq 'paid' or s eq 'o''n'",
		"s in ('PAID','x')":    "",
		"s = 'paid'":           "",
	} {
		got := ""
		if p := r.Classify([]dsl.Node{checked(t, filter, schema)})[0]; p.Verdict == plan.Exact {
			got = p.Params[0].Value
		}
		if got != want {
			t.Errorf("%s: sent %q, want %q", filter, got, want)
		}
	}
	own.Values["VOIDED"] = "paid"
	own.Template = "{f} eq {v}"
	if err := expression.CheckOperator(dialect, &model.Field{Type: model.TypeInt}, expression.Equal, own); err == nil {
		t.Error("two values are sent as one")
	}
	own.Values = map[string]string{}
	if err := expression.CheckOperator(dialect, &model.Field{Type: model.TypeInt}, expression.Less, own); err == nil {
		t.Error("an order of values that have other names is sent")
	}
}
