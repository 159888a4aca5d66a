package dsltest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestTreesCheck: whatever the choices are, a tree checks, and its text is read back.
func TestTreesCheck(t *testing.T) {
	t.Parallel()
	json, err := model.NewSchema("json", model.Field{Name: "id", Type: model.TypeJSON})
	if err != nil {
		t.Fatal(err)
	}
	forms := make(map[string]bool)
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		data := make([]byte, r.IntN(200))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		for _, s := range []*model.Schema{modeltest.Schema(), modeltest.People(), json} {
			tree, err := dsltest.CheckedTree(modeltest.Bytes(data), s)
			if err != nil {
				t.Fatal(err)
			}
			dsl.Walk(tree, func(n dsl.Node) bool { forms[strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast.")] = true; return true })
		}
		tree := dsltest.Tree(modeltest.Bytes(data), modeltest.Schema())
		if f, err := dsl.Parse(dsl.Format(tree)); err != nil || dsl.Format(f.Root) != dsl.Format(tree) {
			t.Fatalf("%s is read as %v: %v", dsl.Format(tree), f, err)
		}
	}
	for _, form := range []string{"And", "Or", "Not", "Const", "Compare", "In", "Between", "Match", "Is", "Quantifier", "Count"} {
		if !forms[form] {
			t.Errorf("no tree has %s", form)
		}
	}
}

// TestSeedsHaveEveryForm: the corpus has every node and operand, each kind of quantifier, every
// function and operator, each unit of a duration, and blocks inside blocks.
func TestSeedsHaveEveryForm(t *testing.T) {
	t.Parallel()
	found := make(map[string]bool)
	for text := range dsltest.Seeds() {
		filter, err := dsl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		dsl.Walk(filter.Root, func(n dsl.Node) bool {
			addForms(found, n)
			return true
		})
	}
	want := []string{
		"And", "Or", "Not", "Const", "Truth", "Compare", "In", "Between", "Match", "Is", "On", "Relation", "Computed", "Quantifier", "Count",
		"Path", "Literal", "Call", "Binary", "Shift", "Cardinality", "any", "all", "no", "a count of some", "a block in a block", "this", "is empty", "a function of one's own",
		"+", "-", "*", "/", "s", "min", "h", "d", "w", "mo", "y", "a duration back",
	}
	for _, name := range function.Builtin().Names() {
		want = append(want, name+"()")
	}
	for _, form := range want {
		if !found[form] {
			t.Errorf("no filter of the corpus has %s", form)
		}
	}
}

// addForms adds what a node of the corpus is.
func addForms(found map[string]bool, n dsl.Node) {
	found[strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast.")] = true
	_, block := ast.Elements(n)
	dsl.Walk(block, func(inner dsl.Node) bool {
		list, _ := ast.Elements(inner)
		found["a block in a block"] = found["a block in a block"] || list != nil
		for _, p := range dsl.PathsOf(inner) {
			found[p.Name] = true
		}
		return true
	})
	switch n := n.(type) {
	case *dsl.Quantifier:
		found[n.Kind.String()] = true
	case *dsl.Count:
		found["a count of some"] = found["a count of some"] || n.Block != nil
	case *dsl.Not:
		q, ok := n.X.(*dsl.Quantifier)
		found["no"] = found["no"] || ok && q.Kind == dsl.Some
	case *dsl.Is:
		found["is empty"] = found["is empty"] || n.What == dsl.IsEmpty
	case *dsl.Relation:
		dsl.WalkOperand(n.Left, func(o dsl.Operand) bool { addOperand(found, o); return true })
		dsl.WalkOperand(n.Right, func(o dsl.Operand) bool { addOperand(found, o); return true })
	case *dsl.Computed:
		dsl.WalkOperand(n.X, func(o dsl.Operand) bool { addOperand(found, o); return true })
	}
}

func addOperand(found map[string]bool, o dsl.Operand) {
	found[strings.TrimPrefix(fmt.Sprintf("%T", o), "*ast.")] = true
	switch o := o.(type) {
	case *dsl.Call:
		_, builtin := function.Builtin().Lookup(o.Name)
		found[o.Name+"()"] = true
		found["a function of one's own"] = found["a function of one's own"] || !builtin
	case *dsl.Binary:
		found[o.Op.String()] = true
	case *dsl.Shift:
		found[strings.TrimLeft(o.By.Text, "0123456789")] = true
		found["a duration back"] = found["a duration back"] || o.Back
	}
}

// TestBrokenSeeds: the archives are read as the txtar library reads them, and every text is
// refused.
func TestBrokenSeeds(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	var want []string
	for _, path := range paths {
		archive, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(archive).Files {
			text := strings.TrimSuffix(string(f.Data), "\n")
			switch filepath.Ext(f.Name) {
			case ".filter":
				want = append(want, text)
			case ".quoted":
				if text, err = strconv.Unquote(text); err != nil {
					t.Fatal(err)
				}
				want = append(want, text)
			}
		}
	}
	got := slices.Collect(dsltest.BrokenSeeds())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-txtar +BrokenSeeds)\n%s", diff)
	}
	for _, text := range got {
		if _, err := dsl.Parse(text); err == nil {
			t.Errorf("%q parses", text)
		}
	}
	for range dsltest.BrokenSeeds() {
		break // a loop may end early
	}
}

// TestLikeIsLinear: the plain evaluator ends for a pattern of many wildcards.
func TestLikeIsLinear(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	filter, err := dsl.Parse("code like '" + strings.Repeat("%a", 100) + "b'")
	if err != nil {
		t.Fatal(err)
	}
	c, err := dsl.Check(filter, s)
	if err != nil {
		t.Fatal(err)
	}
	row := modeltest.MustRecord(s, map[string]any{"code": strings.Repeat("a", 200)})
	if got := dsltest.Eval(c.Root, row); got != dsl.False {
		t.Errorf("%v, want false", got)
	}
}
