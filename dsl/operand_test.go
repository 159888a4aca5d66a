package dsl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
)

// TestOperandForms parses each form of operands with both parsers and prints it.
func TestOperandForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"last_login_at < created_at + 7D", "last_login_at < created_at + 7d"},
		{"username == email", "username = email"},
		{"default_warehouse.id <> merchant.id", "default_warehouse.id != merchant.id"},
		{"now - last_login_at > 090d", "now - last_login_at > 90d"},
		{"year(created_at)=2024", "year(created_at) = 2024"},
		{"Length ( name ) > 12", "length(name) > 12"},
		{"lower(username)=username", "lower(username) = username"},
		{"weekday(created_at) not in (6,7)", "weekday(created_at) not in (6, 7)"},
		{"coalesce(last_login_at,created_at) < 2024-01-01", "coalesce(last_login_at, created_at) < 2024-01-01"},
		{"a + b * c - d / 2 > (a - b) * (c - (d - e))", "a + b * c - d / 2 > (a - b) * (c - (d - e))"},
		{"(a + b) + c = (a * b) * c", "a + b + c = a * b * c"},
		{"a + (b + c) = a / (b * c)", "a + (b + c) = a / (b * c)"},
		{"(a) = 1 and ((b)) + 1 = 2 and not ((c))", "a = 1 and b + 1 = 2 and not c"},
		{"((a + b)) * 2 in (1)", "(a + b) * 2 in (1)"},
		{"((a + b) * 2) > 3 or (a) is null", "(a + b) * 2 > 3 or a is null"},
		{"not (a - b) > 3 and (f(a)) and (true) = a", "not a - b > 3 and f(a) and true = a"},
		{"5 < a and 'x' != b and -1.5 <= c and $1 = d and 2024-01-01 < e", "5 < a and 'x' != b and -1.5 <= c and $1 = d and 2024-01-01 < e"},
		{"true = a or null = b or :x = c", "true = a or null = b or :x = c"},
		{"a > now - 1d - 2h and now - 1d - b > 3h and now - (1d) < a", "a > now - 1d - 2h and now - 1d - b > 3h and now - 1d < a"},
		{"a > b + (now - 1d) and a > b + now - 1d and c < today - (today)", "a > b + (now - 1d) and a > b + now - 1d and c < today - today"},
		{"a -5 > - 5 and a - -5 = 2 * -3", "a - 5 > -5 and a - -5 = 2 * -3"},
		{"a - 7d < b and (a - 7d) < b and a - b = 7d and 7d = a - b", "a - 7d < b and a - 7d < b and a - b = 7d and 7d = a - b"},
		{"trim(a) like 'x%' and f(a, g(b, 1), 'c') is not null and f()", "trim(a) like 'x%' and f(a, g(b, 1), 'c') is not null and f()"},
		{"a + 1 between 2 and 3 and a + 1 not between 2 and 3 and f(a) on 2024-01-01", "a + 1 between 2 and 3 and a + 1 not between 2 and 3 and f(a) on 2024-01-01"},
		{"f(a) ~ 'x' and f(a) !~ 'x' and f(a) not contains 'y' and coalesce(a, b) is not true", "f(a) matches 'x' and f(a) not matches 'x' and f(a) not contains 'y' and coalesce(a, b) is not true"},
		{"a = b--c", "a = b"},
		{"a = b - -- c\n d", "a = b - d"},
		{"`length`(a) = 1 or x", ""},
		{"`a b` = `c-d`.e", "`a b` = `c-d`.e"},
	}
	for _, tt := range tests {
		f, err := dsl.Parse(tt.text)
		ref, refErr := dsl.ParseReference(tt.text)
		if (err == nil) != (tt.want != "") || (err == nil) != (refErr == nil) {
			t.Errorf("Parse(%q) = %v, the reference says %v", tt.text, err, refErr)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(ref, f, values); diff != "" {
			t.Errorf("Parse(%q) is not the reference's tree (-want +got):\n%s", tt.text, diff)
		}
		if got := f.String(); got != tt.want {
			t.Errorf("Parse(%q) prints as %q, want %q", tt.text, got, tt.want)
		}
		checkFormat(t, f)
	}
}

// TestOperandFaults holds that both parsers refuse the same operands.
func TestOperandFaults(t *testing.T) {
	t.Parallel()
	tests := []string{
		"5", "a + b", "(a + b)", "(a + b) and c", "c or (a + b)", "not (a + b)", "((a + b))", "(a and b) + 1 > 2", "(a = 1) = 2",
		"(not a) = 1", "(a is null) + 1 = 2", "a = (b and c)", "a = (b = c)", "7d + a > b", "a > 7d * 2", "a * 7d > b", "now - 1d * 2 < a",
		"f(a,) = 1", "f(,) = 1", "f(a b) = 1", "f(a = 1) = 1", "a.f(b) = 1", "a in (b)", "a between b and c", "a like b", "a in (1 + 2)",
		"a > now - ", "a > now * ", "a > * 5", "a + > 5", "a 5 > 3", "a = 1 + ", "a = f(", "a = (b", "a = b)", "(a + b", "* a = 1",
		"-a = 1", "a = -b", "now in (1) (2)", "a ~ b", "a = b = c", "a = b + 1 = c", "7d", "now", "'x'", "a > (now - 1d) * 2d", "a in (7d)",
	}
	for _, text := range tests {
		_, err := dsl.Parse(text)
		_, refErr := dsl.ParseReference(text)
		if err == nil || refErr == nil {
			t.Errorf("Parse(%q) = %v, and the reference says %v; want errors", text, err, refErr)
		}
	}
}

// TestOperandLimit holds that an operand does not nest deeper than the limit, however it is
// written, because what walks it recurses.
func TestOperandLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		ok   bool
	}{
		{"a > " + strings.Repeat("1 + ", 200) + "1", true},
		{"a > " + strings.Repeat("1 + ", 201) + "1", false},
		{"a > b" + strings.Repeat(" * c", 201), false},
		{"a" + strings.Repeat(" - 1d", 201) + " > b", false},
		{"a > " + strings.Repeat("f(", 199) + "b" + strings.Repeat(")", 199), true},
		{"a > " + strings.Repeat("f(", 201) + "b" + strings.Repeat(")", 201), false},
		{strings.Repeat("(", 100) + "a" + strings.Repeat(" + 1)", 100) + strings.Repeat(" + 1", 101) + " > 1", false},
		{strings.Repeat("a + 1 > 2 and ", 300) + "b", true},
	} {
		_, err := dsl.Parse(tt.text)
		_, refErr := dsl.ParseReference(tt.text)
		if (err == nil) != tt.ok || (refErr == nil) != tt.ok {
			t.Errorf("Parse(%.60q) = %v, and the reference says %v; want ok = %v", tt.text, err, refErr, tt.ok)
		}
	}
}

// TestFunctionNames holds that no function is a reserved word.
func TestFunctionNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"date", "year", "min", "max", "length", "count", "any", "all", "no", "this", "where", "lower", "coalesce", "concat"} {
		for _, form := range []string{"F = 1", "F in (1)", "F", "not F", "a = F", "F + F > 1", "f(F) = F", "a.F is null", "F.b = 1", "(F) = 1", "F <= F"} {
			text := strings.ReplaceAll(form, "F", name)
			f, err := dsl.Parse(text)
			if err != nil {
				t.Errorf("Parse(%q): %v", text, err)
				continue
			}
			if _, err := dsl.ParseReference(text); err != nil {
				t.Errorf("ParseReference(%q): %v", text, err)
			}
			checkFormat(t, f)
			if strings.Contains(f.String(), "`") {
				t.Errorf("%q prints as %q", text, f)
			}
		}
	}
}
