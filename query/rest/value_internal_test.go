package rest

import "testing"

// TestTemplateCloses: no value ends what its template sets around it.
func TestTemplateCloses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		template, value string
		sent            bool
	}{
		{"gte.{}", "1.5", true},
		{"{}", `a"b`, true},
		{"in.({})", "a(b", true},
		{"in.({})", "a)", false},
		{"like.*{}*", "a*", false},
		{"like.*{}", "a*b", false},
		{"like.*{}*", "a.b", true},
		{`"{}"`, `a"`, false},
		{`"{}"`, `a\`, false},
		{`{}d`, "d", true},
		{"[{} TO *]", "a b", false},
	} {
		if got, sent := (Value{Template: test.template}).spell(test.value); sent != test.sent {
			t.Errorf("%s of %q: %s is sent: %v", test.template, test.value, got, sent)
		}
	}
}
