package judgetest_test

import (
	"maps"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
	"pgregory.net/rapid"
)

// templatesOf returns the SQL of [dsltest.Functions] in a database. Those of decimals and instants
// are there to be refused.
func templatesOf(database string) map[string]string {
	templates := map[string]string{
		"lot": "2", "greeting": "'A'", "nulls": "({1} IS NULL)", "odd": "({1} % 2 <> 0)", "half": "({1} / 2)",
		"swapped": "CASE WHEN {1} IS NULL THEN TRUE WHEN NOT {1} THEN FALSE END",
		"cents":   "({1} * 100)", "on_the_hour": "{1}",
	}
	maps.Copy(templates, map[string]map[string]string{
		"SQLite": {
			"initial": "NULLIF(substr({1}, 1, 1), '')",
			"before":  "(length(CAST({1} AS BLOB)) < {2})",
		},
		// NULLIF would compare under a collation that pads, to which a blank is the empty text.
		"MariaDB": {
			"initial": "CASE WHEN CHAR_LENGTH({1}) > 0 THEN SUBSTRING({1}, 1, 1) END",
			"before":  "(LENGTH({1}) < {2})",
		},
		"PostgreSQL": {
			"initial":  "NULLIF(substr({1}, 1, 1), '')",
			"before":   "(octet_length({1}) < {2})",
			"greeting": "CAST('A' AS text)",
			"nulls":    "CAST(CAST({1} IS NULL AS int) AS bigint)",
		},
	}[database])
	return templates
}

// TestWhereOfTemplates: the clause of a random tree that calls functions of one's own selects
// every row for which the tree is true, and the residual keeps these rows alone.
func TestWhereOfTemplates(t *testing.T) {
	t.Parallel()
	for name, open := range computing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.flavour.Templates = templatesOf(name)
			d.create(t.Context(), t)
			whole := 0
			rapid.Check(t, func(r *rapid.T) {
				rows := keptRows(r)
				d.load(t.Context(), r, rows)
				for range filtersPerRun {
					tree := treetest.CallingTrees(modeltest.Schema(), dsltest.Functions()).Draw(r, "filter")
					_, residual := d.judge(t.Context(), r, tree, rows)
					if callsOwn(tree) && !callsOwn(residual) {
						whole++
					}
				}
			})
			if !testing.Short() && whole == 0 { // with -short there are few rounds
				t.Error("no clause has all calls of its filter: too few to tell")
			}
		})
	}
}

// callsOwn reports whether a condition calls a function of an environment.
func callsOwn(n dsl.Node) bool {
	found := false
	call := func(o dsl.Operand) bool {
		if c, ok := o.(*dsl.Call); ok {
			found = found || c.Func.Own != nil
		}
		return true
	}
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.Relation:
			dsl.WalkOperand(n.Left, call)
			dsl.WalkOperand(n.Right, call)
		case *dsl.Computed:
			dsl.WalkOperand(n.X, call)
		}
		return true
	})
	return found
}

// TestWhereOfTemplateFilters: a template in each place of a condition selects the rows for which
// the filter is true, and its negation those for which it is false.
func TestWhereOfTemplateFilters(t *testing.T) {
	t.Parallel()
	env, err := dsl.NewEnv(dsltest.Functions()...)
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range computing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.flavour.Templates = templatesOf(name)
			d.create(t.Context(), t)
			rows := computedRows()
			d.load(t.Context(), t, rows)
			for _, text := range []string{
				"initial(code) = 'a'", "initial(sku) is null", "initial(sku) = code", "initial(initial(sku)) in ('a', ' ')", "initial(code) like 'a%'", "initial(code) >= greeting()",
				"greeting() = code", "concat(initial(code), sku) = 'aa'", "length(initial(sku)) = 1", "coalesce(initial(sku), 'none') = 'none'", "initial('b') < code",
				"lot() < size", "lot() + size > 3", "nulls(sku) = 1", "nulls(initial(sku)) + 1 > size", "nulls('a') = size",
				"odd(size)", "odd(size) = flag", "odd(size) is null", "odd(size + 1) is true", "swapped(flag)", "swapped(flag) = active", "swapped(odd(size)) is false",
				"half(score) < score", "half(half(score)) = 0.125", "half(3) < score", "before(code, 2)", "before(code, size)", "before(sku, size + 1) is null", "before(concat(sku, code), length(code))",
			} {
				for _, negated := range []string{text, "not (" + text + ")"} {
					filter, err := dsl.Parse(negated)
					if err != nil {
						t.Fatal(err)
					}
					checked, err := dsl.Check(filter, modeltest.Schema(), dsl.Functions(env))
					if err != nil {
						t.Fatal(err)
					}
					if _, residual := d.judge(t.Context(), t, checked.Root, rows); residual != nil {
						t.Errorf("%s is left", negated)
					}
				}
			}
		})
	}
}
