package eval_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestPatterns compares like with the answers of MariaDB, and the other tests with like.
func TestPatterns(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for _, tc := range []struct {
		field, value, test, pattern string
		want                        bool
	}{
		{"name", "a ", "like", "a", false},
		{"name", "a", "like", "a ", false},
		{"name", "", "like", "", true},
		{"name", " ", "like", "", false},
		{"name", "", "like", "%", true},
		{"name", "", "like", "_", false},
		{"name", "É", "like", "e", true},
		{"name", "ß", "like", "s", true},
		{"name", "ss", "like", "ß", false},
		{"name", "a🙂b", "like", "a_b", true},
		{"name", "🙂", "like", "🙃", true},
		{"code", "🙂", "like", "🙃", false},
		{"code", "a🙂b", "like", "a_b", true},
		{"name", "a%", "like", `a\%`, true},
		{"name", "ab", "like", `a\%`, false},
		{"name", "ab", "like", `a\b`, true},
		{"name", `a\b`, "like", `a\b`, false},
		{"name", `a\`, "like", `a\`, true},
		{"name", `x\%`, "like", `x\\%`, true},
		{"name", `x\y`, "like", `x\\%`, true},
		{"name", "abcabd", "like", "%ab_", true},
		{"name", "abcabd", "like", "a%b%d", true},
		{"name", "abcabd", "like", "%c%c%", false},
		{"name", "aaab", "like", "%%a%_b%", true},
		{"name", "100%", "contains", "%", true},
		{"name", "100", "contains", "%", false},
		{"name", "a_b", "starts with", "A_", true},
		{"name", "axb", "starts with", "a_", false},
		{"name", `a\`, "ends with", `\`, true},
		{"name", "x", "contains", "", true},
		{"name", "aab", "ends with", "AB", true},
		{"code", "aab", "ends with", "AB", false},
		{"brand", "aab", "ends with", "AB", true},
		{"brand", "É", "like", "e", false},
		{"brand", "É", "like", "é", true},
		{"brand", "straße", "like", "STRA\u1e9eE", true},
		{"brand", "straße", "like", "strasse", false},
		{"brand", "Desk", "contains", "\u017f\u212a", true},
		{"brand", "a🙂b", "like", "A🙃b", false},
		{"brand", "a ", "like", "a", false},
	} {
		op := map[string]dsl.MatchOp{"like": dsl.Like, "starts with": dsl.StartsWith, "ends with": dsl.EndsWith, "contains": dsl.Contains}[tc.test]
		c, err := dsl.Check(dsl.Where(&dsl.Match{
			Path: &dsl.Path{Name: tc.field}, Op: op,
			Pattern: &dsl.Literal{Kind: dsl.LitString, Value: model.String(tc.pattern)},
		}), schema)
		if err != nil {
			t.Fatal(err)
		}
		r := modeltest.MustRecord(schema, map[string]any{tc.field: tc.value})
		if got := mustCompile(t, c.Root).Match(r); got != tc.want {
			t.Errorf("%q %s %q is %v for %s", tc.value, tc.test, tc.pattern, got, tc.field)
		}
		if got := dsltest.Eval(c.Root, r) == dsl.True; got != tc.want {
			t.Errorf("%q %s %q is %v for %s by the reference", tc.value, tc.test, tc.pattern, got, tc.field)
		}
	}
}
