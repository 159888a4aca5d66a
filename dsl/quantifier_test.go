package dsl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// parseBoth parses a text with both parsers, which must agree.
func parseBoth(t *testing.T, text string) *dsl.Filter {
	t.Helper()
	f := mustParse(t, text)
	ref, err := dsl.ParseReference(text)
	if err != nil {
		t.Fatalf("ParseReference(%q): %v", text, err)
	}
	if diff := cmp.Diff(ref, f, values); diff != "" {
		t.Errorf("Parse(%q) is not the reference's tree (-want +got):\n%s", text, diff)
	}
	return f
}

// TestParseElements: the trees of conditions on elements, with their ranges.
func TestParseElements(t *testing.T) {
	t.Parallel()
	span := func(start, end int) dsl.Span { return dsl.Span{Start: start, End: end} }
	path := func(name string, start, end int) *dsl.Path { return &dsl.Path{Name: name, Range: span(start, end)} }
	two := func(start int) *dsl.Literal {
		return &dsl.Literal{Value: model.Int(2), Range: span(start, start+1)}
	}
	for _, tt := range []struct {
		text string
		want dsl.Node
	}{
		{"any a (b)", &dsl.Quantifier{
			Path: path("a", 4, 5), Block: &dsl.Truth{Path: path("b", 7, 8), Range: span(7, 8)}, Range: span(0, 9),
		}},
		{"ALL a.b(b)", &dsl.Quantifier{
			Kind: dsl.Every, Path: path("a.b", 4, 7), Block: &dsl.Truth{Path: path("b", 8, 9), Range: span(8, 9)}, Range: span(0, 10),
		}},
		{"no a (b)", &dsl.Not{X: &dsl.Quantifier{
			Path: path("a", 3, 4), Block: &dsl.Truth{Path: path("b", 6, 7), Range: span(6, 7)}, Range: span(0, 8),
		}, Range: span(0, 8)}},
		{"count(a) > 2", &dsl.Count{Path: path("a", 6, 7), Op: dsl.Gt, Value: two(11), Range: span(0, 12)}},
		{"Count ( a Where b ) != 2", &dsl.Not{X: &dsl.Count{
			Path: path("a", 8, 9), Block: &dsl.Truth{Path: path("b", 16, 17), Range: span(16, 17)}, Value: two(23), Range: span(0, 24),
		}, Range: span(0, 24)}},
	} {
		f := parseBoth(t, tt.text)
		if diff := cmp.Diff(tt.want, f.Root, values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		checkFormat(t, f)
	}
}

// TestFormatElements shows the canonical spelling.
func TestFormatElements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ANY roles(name='x')":                      "any roles (name = 'x')",
		"not any roles (a)":                        "no roles (a)",
		"not no roles (a)":                         "not no roles (a)",
		"not all roles (a)":                        "not all roles (a)",
		"!(all roles ((a)))":                       "not all roles (a)",
		"all roles (a and b or not c)":             "all roles (a and b or not c)",
		"any roles (any permissions (this='x'))":   "any roles (any permissions (this = 'x'))",
		"no `in` (`or` = 1)":                       "no `in` (`or` = 1)",
		"(any roles (a or b)) and c":               "any roles (a or b) and c",
		"count ( roles )==2":                       "count(roles) = 2",
		"not count(roles) = 2":                     "count(roles) != 2",
		"not count(roles) > 2":                     "not count(roles) > 2",
		"count(roles where a or b) <> 2":           "count(roles where a or b) != 2",
		"count(roles where not a and not not b)<2": "count(roles where not a and not not b) < 2",
		"count(roles where count(`x y`) >= :n)>=1": "count(roles where count(`x y`) >= :n) >= 1",
	} {
		f := parseBoth(t, text)
		if got := f.String(); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
		checkFormat(t, f)
	}
}

func TestFormatElementsIndent(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "is_active and any roles (name = 'Pickers' and permissions starts with 'warehouse') and count(roles where name like 'P%') > 2")
	const want = `is_active
and any roles (
  name = 'Pickers'
  and permissions starts with 'warehouse'
)
and count(roles where
  name like 'P%'
) > 2`
	if got := dsl.FormatIndent(f.Root, 40); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkFormat(t, f)
}

// TestElementWordsAreNames: no word of these conditions is reserved.
func TestElementWordsAreNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"any", "all", "no", "count", "this", "where", "ANY", "Count"} {
		for _, text := range []string{
			"NAME", "NAME = 1", "NAME.x = 1", "x.NAME = 1", "NAME in (1, 2)", "NAME not in (1)", "NAME is not empty", "not NAME", "(NAME)", "a and NAME or NAME",
			"NAME between 1 and 2", "NAME starts with 'x'", "NAME on 2024-01-01", "NAME ~ 'x'",
			"any NAME (NAME = 1)", "all NAME (NAME)", "no NAME (not NAME)", "any NAME.x (x)",
			"count(NAME) = 1", "count(NAME where NAME) = 1", "count(NAME where NAME = 1 and not NAME) != 1", "count(x where not NAME in (1)) = 1",
		} {
			text = strings.ReplaceAll(text, "NAME", name)
			f := parseBoth(t, text)
			if quoted := strings.Contains(f.String(), "`"); quoted {
				t.Errorf("%s prints as %s", text, f)
			}
			checkFormat(t, f)
		}
	}
}

// TestElementsDepth: blocks count as parentheses, and so does a `not` after `where`.
func TestElementsDepth(t *testing.T) {
	t.Parallel()
	for text, depth := range map[string]int{
		"any a (b)":                               1,
		"any a (any b (any c (d)))":               3,
		"count(a where not b) = 1":                2,
		"count(a where count(b where c) = 1) = 1": 2,
		"not no a (not b)":                        3,
		"count(a where not (b)) = 1":              3,
	} {
		if _, err := dsl.Parse(text, dsl.MaxDepth(depth)); err != nil {
			t.Errorf("%s at depth %d: %v", text, depth, err)
		}
		if _, err := dsl.Parse(text, dsl.MaxDepth(depth-1)); depth > 1 && !errors.Is(err, dsl.ErrLimit) {
			t.Errorf("%s at depth %d: %v, want a limit", text, depth-1, err)
		}
	}
	deep := strings.Repeat("any a (", 300) + "b" + strings.Repeat(")", 300)
	if _, err := dsl.Parse(deep); !errors.Is(err, dsl.ErrLimit) {
		t.Errorf("300 blocks: %v", err)
	}
}

// TestBuildElements: the builder makes the trees that the text parses to.
func TestBuildElements(t *testing.T) {
	t.Parallel()
	roles, name := dsl.Field("roles"), dsl.Field("name").Eq("x")
	for text, n := range map[string]dsl.Node{
		"any roles (name = 'x')":             roles.Any(name),
		"all roles (name = 'x')":             roles.All(name),
		"no roles (name = 'x')":              roles.No(name),
		"count(roles) = 2":                   roles.Count(nil).Eq(2),
		"count(roles) != 2":                  roles.Count(nil).Ne(2),
		"count(roles where name = 'x') < 2":  roles.Count(name).Lt(2),
		"count(roles where name = 'x') <= 2": roles.Count(name).Le(2),
		"count(roles where name = 'x') > :n": roles.Count(name).Gt(dsl.Param(":n")),
		"count(roles where name = 'x') >= 2": roles.Count(name).Ge(2),
	} {
		if parsed := mustParse(t, text).Root; !dsl.Equal(parsed, n) || dsl.Equal(parsed, name) {
			t.Errorf("%s is not %s", text, dsl.Format(n))
		}
		if got := dsl.Format(n); got != text {
			t.Errorf("%s prints as %s", text, got)
		}
	}
}

// TestWalkElements: blocks are walked, rewritten and searched for literals in the order of the
// text.
func TestWalkElements(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "any a (b = 1) and count(c where d = 2) > 3")
	var texts []string
	for _, l := range dsl.Literals(f.Root) {
		texts = append(texts, l.Value.String())
	}
	if got := strings.Join(texts, " "); got != "1 2 3" {
		t.Errorf("literals %s", got)
	}
	out := dsl.Rewrite(f.Root, func(n dsl.Node) dsl.Node {
		if c, ok := n.(*dsl.Compare); ok {
			return &dsl.Truth{Path: c.Path}
		}
		return n
	})
	if got := dsl.Format(out); got != "any a (b) and count(c where d) > 3" {
		t.Errorf("rewritten: %s", got)
	}
	if got := f.String(); got != "any a (b = 1) and count(c where d = 2) > 3" {
		t.Errorf("the tree has changed: %s", got)
	}
	if same := dsl.Rewrite(f.Root, func(n dsl.Node) dsl.Node { return n }); same != f.Root {
		t.Error("a rewrite that changes nothing makes a new tree")
	}
}
