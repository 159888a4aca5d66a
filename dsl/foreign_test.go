package dsl_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// foreign are the readers of other languages.
func foreign() map[string]func(string, *model.Schema, ...dsl.ParseOption) (*dsl.Filter, error) {
	return map[string]func(string, *model.Schema, ...dsl.ParseOption) (*dsl.Filter, error){
		"odata": dsl.ParseOData, "scim": dsl.ParseSCIM, "aip160": dsl.ParseAIP160,
	}
}

// TestForeignGolden compares texts of other languages, read and printed, or their errors. What
// is read is also checked, so that type errors point into the text.
func TestForeignGolden(t *testing.T) {
	for name, read := range foreign() {
		cases := golden(t, "testdata/foreign/"+name+".txtar", func(t *testing.T, text string) string {
			t.Helper()
			f, err := read(text, modeltest.Schema())
			if err != nil {
				if !errors.Is(err, dsl.ErrSyntax) {
					t.Errorf("%v is not a syntax error", err)
				}
				return err.Error()
			}
			if f.Root == nil {
				return "every row"
			}
			if _, err := dsl.Check(f, modeltest.Schema()); err != nil {
				return f.String() + "\n" + err.Error()
			}
			again, err := dsl.Parse(f.String())
			if err != nil || !dsl.Equal(again.Root, f.Root) {
				t.Errorf("%s is read again as %v, %v", f, again, err)
			}
			return f.String()
		})
		if cases < 40 {
			t.Errorf("%s: %d cases", name, cases)
		}
	}
}

// TestForeignSpans: nodes, paths and values have the places of the text that they come from.
func TestForeignSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text string
		want           []string // of each leaf: the node, its path, its value
	}{
		{"odata", "id eq 1 and  (contains(tags/name,'a''b') or not (size in (1, 2)))", []string{
			"id eq 1", "id", "1", "contains(tags/name,'a''b')", "tags/name", "'a''b'", "size in (1, 2)", "size", "size in (1, 2)", "size", "1", "2",
		}},
		{"odata", "2 lt tags/$count and owner/name ne null and tags/any(t: t/id eq 5)", []string{
			"2 lt tags/$count", "tags", "2", "owner/name ne null", "owner/name", "tags/any(t: t/id eq 5)", "tags", "t/id eq 5", "t/id", "5",
		}},
		{"odata", "length(sku) sub 2 gt (size) and a sub b lt duration'P1D'", []string{
			"length(sku) sub 2 gt (size)", "length(sku) sub 2", "length(sku)", "sku", "2", "size", "a sub b lt duration'P1D'", "a", "b", "b", "duration'P1D'",
		}},
		{"scim", `sku ne "x" and not (size pr)`, []string{`sku ne "x"`, "sku", `sku ne "x"`, "sku", `"x"`, "size pr", "size"}},
		{"scim", `tags[name eq "x"]`, []string{`tags[name eq "x"]`, "tags", `name eq "x"`, "name", `"x"`}},
		{"aip160", `sku = "x*" AND -size>5`, []string{`sku = "x*"`, "sku", `"x*"`, "size>5", "size", "size>5", "size", "5"}},
	} {
		f, err := foreign()[c.language](c.text, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		show := func(spans ...dsl.Span) {
			for _, at := range spans {
				got = append(got, at.Of(f.Source))
			}
		}
		dsl.Walk(f.Root, func(n dsl.Node) bool {
			switch n := n.(type) {
			case *dsl.Compare:
				show(n.Range, n.Path.Range, n.Value.Range)
			case *dsl.Match:
				show(n.Range, n.Path.Range, n.Pattern.Range)
			case *dsl.Is:
				show(n.Range, n.Path.Range)
			case *dsl.Quantifier:
				show(n.Range, n.Path.Range)
			case *dsl.Count:
				show(n.Range, n.Path.Range, n.Value.Range)
			case *dsl.Relation:
				show(n.Range)
				for _, side := range []dsl.Operand{n.Left, n.Right} {
					dsl.WalkOperand(side, func(o dsl.Operand) bool {
						show(o.Span())
						return true
					})
				}
			case *dsl.In:
				show(n.Range, n.Path.Range)
				for _, v := range n.Values {
					show(v.Range)
				}
			}
			return true
		})
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestForeignLimits: the limits of Parse hold for other languages, each at its own number.
func TestForeignLimits(t *testing.T) {
	t.Parallel()
	and := func(join string, n int) string { return strings.TrimSuffix(strings.Repeat("a = 1"+join, n), join) }
	list := "a in (" + strings.TrimSuffix(strings.Repeat("1,", 5), ",") + ")"
	for _, c := range []struct {
		language, text string
		limit          func(n int) dsl.ParseOption
		least          int // the lowest limit under which the text is read
	}{
		{"odata", "a eq 1", dsl.MaxBytes, 6},
		{"odata", "((a eq 1))", dsl.MaxDepth, 2},
		{"odata", "not (not (a eq 1))", dsl.MaxDepth, 4},
		{"odata", "a eq 1 and b", dsl.MaxTokens, 5},
		{"odata", list, dsl.MaxListItems, 5},
		{"odata", "a/any(x: x/b/any(y: y eq 1))", dsl.MaxDepth, 2},
		{"odata", "a add 1 add 2 add 3 eq 1", dsl.MaxDepth, 3},
		{"odata", "tolower(toupper(a)) eq 'x'", dsl.MaxDepth, 2},
		{"odata", "((a) add 1) eq - - b", dsl.MaxDepth, 3},
		{"scim", `not (a eq 1)`, dsl.MaxDepth, 2},
		{"scim", `not (a[not (b eq 1)])`, dsl.MaxDepth, 5},
		{"scim", `a eq 1 or b pr`, dsl.MaxTokens, 6},
		{"scim", `a eq "é"`, dsl.MaxBytes, 9},
		{"aip160", `-(a = 1)`, dsl.MaxDepth, 2},
		{"aip160", and(" OR ", 100), dsl.MaxTokens, 399},
		{"aip160", `a = 1`, dsl.MaxBytes, 5},
	} {
		read := foreign()[c.language]
		if _, err := read(c.text, nil, c.limit(c.least)); err != nil {
			t.Errorf("%s within the limit: %v", c.text, err)
		}
		if _, err := read(c.text, nil, c.limit(c.least-1)); !errors.Is(err, dsl.ErrLimit) || !errors.Is(err, dsl.ErrSyntax) {
			t.Errorf("%s beyond the limit: %v", c.text, err)
		}
	}
}

// TestForeignHostile: no text panics or makes a long error, however deep it nests.
func TestForeignHostile(t *testing.T) {
	t.Parallel()
	for name, read := range foreign() {
		for _, part := range []string{"(", "not (", "NOT ", "-", "-(", "not ", "a/", "a.", "'", `"`, `\`, "a eq ", "a in (", "contains(", "a[", "a[not (", "a/any(x:", "a/", "tolower(", "(a)add(", "- ", "1 add ", "\xff", "\x00", "a:", "[", "1", "2024-01-01T", "\u202e", "not(a eq 1)and"} {
			for _, n := range []int{1, 2, 300, 30_000} {
				_, err := read(strings.Repeat(part, n), modeltest.Schema())
				if err != nil && len(err.Error()) > 4<<10 {
					t.Errorf("%s: an error of %d bytes for %.20q…", name, len(err.Error()), part)
				}
			}
		}
		if _, err := read("a \xff", nil); err == nil || !strings.Contains(err.Error(), "invalid UTF-8") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestForeignWithoutSchema: without one, any field may be null, and a mistake is told once.
func TestForeignWithoutSchema(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"odata", "id ne 5", "id is null or id != 5"},
		{"odata", "not (id gt 5 and address/city eq 'x')", "id is null or not id > 5 or address.city is null or address.city != 'x'"},
		{"odata", "not flag", "not flag"},
		{"scim", `Title pr and not (Name.Family pr)`, "Title is not null and Name.Family is null"},
		{"aip160", `-a:* b:* -c:"x"`, "a is null and b is not null and (c is null or c != 'x')"},
	} {
		f, err := foreign()[c.language](c.text, nil)
		if err != nil || f.String() != c.want {
			t.Errorf("%s is %v, %v; want %s", c.text, f, err, c.want)
		}
	}
	f, err := dsl.ParseOData("nothing ne 5 and size ne 'x'", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsl.Check(f, modeltest.Schema())
	if all, ok := errors.AsType[dsl.TypeErrors](err); !ok || len(all) != 2 {
		t.Errorf("want each mistake once: %v", err)
	}
}

// TestForeignPage: the examples of other languages in LANGUAGE.md are read as its comments say,
// and fit its users.
func TestForeignPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("LANGUAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range foreign() {
		_, rest, _ := strings.Cut(string(page), "```"+name+"\n")
		block, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Errorf("no example of %s", name)
		}
		for line := range strings.Lines(block) {
			text, want, _ := strings.Cut(strings.TrimSpace(line), " -- ")
			f, err := read(strings.TrimSpace(text), modeltest.People())
			if err != nil || f.String() != want {
				t.Errorf("%s is %v, %v; want %s", text, f, err, want)
				continue
			}
			if _, err := dsl.Check(f, modeltest.People()); err != nil {
				t.Error(err)
			}
		}
	}
}

func ExampleParseOData() {
	schema, err := model.NewSchema("orders",
		model.Field{Name: "total", Type: model.TypeInt},
		model.Field{Name: "note", Type: model.TypeString, Nullable: true, Collation: model.Binary})
	if err != nil {
		panic(err)
	}
	f, err := dsl.ParseOData("total gt 5 and note ne 'gift'", schema)
	fmt.Println(f, err)

	f, err = dsl.ParseOData("total gt 'five'", schema)
	if err != nil {
		panic(err)
	}
	_, err = dsl.Check(f, schema)
	fmt.Println(err)

	_, err = dsl.ParseOData("startswith(note)", schema)
	fmt.Println(err)
	// Output:
	// total > 5 and (note is null or note != 'gift') <nil>
	// type error at line 1, column 10: expected an int, got a string
	//   total gt 'five'
	//            ^^^^^^
	//   hint: total is an int
	// syntax error at line 1, column 16: expected ',' after the field, got ')'
	//   startswith(note)
	//                  ^
	//   hint: a 'startswith' takes two arguments: startswith(name,'x')
}

func ExampleParseSCIM() {
	schema, err := model.NewSchema("users",
		model.Field{Name: "userName", Type: model.TypeString, Collation: model.Case},
		model.Field{Name: "title", Type: model.TypeString, Nullable: true, Collation: model.Case})
	if err != nil {
		panic(err)
	}
	f, err := dsl.ParseSCIM(`username sw "a" and not (title pr or title co "x")`, schema)
	fmt.Println(f, err)
	// Output:
	// userName starts with 'a' and (title is null or title = '') and (title is null or title not contains 'x') <nil>
}

func ExampleParseAIP160() {
	f, err := dsl.ParseAIP160(`state = OPEN AND priority > 2 OR owner = "ada*"`, nil)
	fmt.Println(f, err)
	// Output: state = 'OPEN' and (priority > 2 or owner starts with 'ada') <nil>
}
