package expressiontest_test

import (
	"maps"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/collation"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// server is a server of a language as one may be, and what a definition says of it.
type server struct {
	name    string
	options expressiontest.Options
	declare func(*expression.Dialect) // nil = nothing beyond the preset
	step    time.Duration             // of the instants that it keeps
}

// java ignores case as Java's equalsIgnoreCase does: dotted and dotless i are one.
func java(r rune) rune {
	if r == 'i' || r == '\u0130' || r == '\u0131' {
		return 'I'
	}
	return expressiontest.SimpleFold(r)
}

// generalCI ignores case and accents as MySQL's utf8mb4_general_ci does.
func generalCI(r rune) rune { return rune(collation.Weight(r)) }

// accents ignores case and, of Latin letters, accents.
func accents(r rune) rune {
	if w := generalCI(r); w < 0x80 && unicode.IsLetter(r) {
		r = w
	}
	return java(r)
}

// folded are servers that compare text in ways that a definition has to declare.
func folded(more func(*expression.Dialect)) []server {
	declare := func(f expression.Fold, exact bool) func(*expression.Dialect) {
		return func(d *expression.Dialect) {
			d.Text.Fold, d.Text.Exact = f, exact
			if more != nil {
				more(d)
			}
		}
	}
	return []server{
		{name: "undeclared"},
		{name: "none", declare: declare(expression.FoldNone, false)},
		{name: "simple, exact", options: expressiontest.Options{Fold: expressiontest.SimpleFold}, declare: declare(expression.FoldCase, true)},
		{name: "simple", options: expressiontest.Options{Fold: expressiontest.SimpleFold}, declare: declare(expression.FoldCase, false)},
		{name: "java", options: expressiontest.Options{Fold: java}, declare: declare(expression.FoldCase, false)},
		{name: "accents", options: expressiontest.Options{Fold: accents}, declare: declare(expression.FoldAccents, false)},
		{name: "ci", options: expressiontest.Options{Fold: generalCI, Pads: true}, declare: declare(expression.FoldCI, false)},
	}
}

// nulls are servers with every answer of some tests for null.
func nulls(base server, tests ...expressiontest.Test) []server {
	out := []server{base}
	for _, test := range tests {
		var next []server
		for _, s := range out {
			for _, answer := range []dsl.Tri{dsl.False, dsl.Unknown, dsl.True} {
				if answer == dsl.True && (test == expressiontest.Eq || test == expressiontest.Text || test == expressiontest.Order) {
					continue // no language has it
				}
				n := s
				n.options.Nulls = map[expressiontest.Test]dsl.Tri{test: answer}
				maps.Copy(n.options.Nulls, s.options.Nulls)
				n.name += ", " + string(test) + " of null is " + answer.String()
				next = append(next, n)
			}
		}
		out = next
	}
	return out
}

// servers are, for each preset, the servers that its specification allows.
func servers() map[string][]server {
	jql := func(d *expression.Dialect) { d.Time.Format = "2006-01-02 15:04" }
	servicenow := func(d *expression.Dialect) { d.Time.Format, d.Time.Step = "2006-01-02 15:04:05", time.Second }
	unset := expressiontest.Options{UnsetIsDefault: true}
	folds := func(all ...func(rune) rune) (out []server) {
		for i, f := range all {
			out = append(out, server{name: []string{"simple", "java"}[i], options: expressiontest.Options{Fold: f}})
		}
		return out
	}
	const ne, order, text, boolean = expressiontest.Ne, expressiontest.Order, expressiontest.Text, expressiontest.Bool
	out := map[string][]server{
		"odata":  nulls(server{name: "as specified"}, text),
		"aip160": append(nulls(server{name: "null"}, order), server{name: "unset is the default", options: unset}),
		"postgrest": {
			{name: "simple", step: time.Microsecond},
			{name: "lower", step: time.Microsecond, options: expressiontest.Options{IgnoreCase: unicode.ToLower}},
			{name: "java", step: time.Microsecond, options: expressiontest.Options{IgnoreCase: java}},
		},
		"jql":              folded(jql),
		"servicenow":       folded(servicenow),
		"lucene":           folded(nil),
		"elasticsearch":    folded(nil),
		"google-directory": folded(nil),
	}
	for _, s := range folds(expressiontest.SimpleFold, java) {
		out["scim"] = append(out["scim"], nulls(s, ne)...)
		s.step = time.Second
		out["soql"] = append(out["soql"], nulls(s, ne, boolean)...)
	}
	return out
}

// TestPresets: over random conditions, rows and servers that the specification allows, what
// a preset calls exact selects the rows for which the condition is true, and a superset at
// least those.
func TestPresets(t *testing.T) {
	t.Parallel()
	all := servers()
	for _, d := range expression.Presets() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			verdicts := map[plan.Verdict]int{}
			for i, s := range all[d.Name] {
				t.Run(s.name, func(t *testing.T) { newTrial(t, d.Name, s).run(uint64(i), 6000/len(all[d.Name]), verdicts) })
			}
			t.Logf("%d exact, %d superset, %d unsupported", verdicts[plan.Exact], verdicts[plan.Superset], verdicts[plan.Unsupported])
			if verdicts[plan.Exact] == 0 || verdicts[plan.Superset] == 0 || verdicts[plan.Unsupported] == 0 {
				t.Errorf("verdicts %v: each must come", verdicts)
			}
		})
	}
}

// trial is a preset beside a server.
type trial struct {
	testing.TB

	preset   string
	schema   *model.Schema
	renderer *expression.Renderer
	language *expressiontest.Evaluator
	step     time.Duration
	faults   int
}

func newTrial(tb testing.TB, preset string, s server) *trial {
	tb.Helper()
	d, ok := expression.Preset(preset)
	if !ok {
		tb.Fatalf("there is no preset %s", preset)
	}
	if s.declare != nil {
		s.declare(&d)
	}
	r, err := expression.Compile(d, func(name string) expression.Field { return expression.Field{Name: name} })
	if err != nil {
		tb.Fatal(err)
	}
	out := &trial{TB: tb, preset: preset, schema: schema(tb), renderer: r, step: s.step}
	s.options.Fields = types(out.schema)
	if out.language, err = expressiontest.Language(preset, s.options); err != nil {
		tb.Fatal(err)
	}
	return out
}

// run tries random conditions.
func (t *trial) run(seed uint64, trees int, verdicts map[plan.Verdict]int) {
	t.Helper()
	r := newRandom(seed, t.step)
	for range trees {
		root := r.tree(t, t.schema)
		n := dsl.Simplify(root)
		if r.IntN(2) == 0 {
			n = dsl.NNF(root)
		}
		conjuncts := []dsl.Node{n}
		if and, ok := n.(*dsl.And); ok {
			conjuncts = and.Terms
		}
		rows := make([]record, 24)
		for i := range rows {
			rows[i] = r.row(t.schema, n)
		}
		for _, c := range conjuncts {
			push := t.renderer.Classify([]dsl.Node{c})
			verdicts[push[0].Verdict]++
			t.holds([]dsl.Node{c}, push, rows)
		}
		if len(conjuncts) > 1 {
			t.holds(conjuncts, t.renderer.Classify(conjuncts), rows)
		}
		if t.faults > 4 {
			return
		}
	}
}

// holds compares what the server selects for conditions with what they mean.
func (t *trial) holds(conditions []dsl.Node, pushes []plan.Pushdown, rows []record) {
	t.Helper()
	var all []plan.Conjunct
	exact, never := true, false
	var texts, reasons []string
	for i, n := range conditions {
		all = append(all, plan.Conjunct{Node: n, Pushdown: pushes[i]})
		exact = exact && pushes[i].Verdict == plan.Exact
		never = never || pushes[i].Unsatisfiable
		texts, reasons = append(texts, dsl.Format(n)), append(reasons, pushes[i].Verdict.String()+" "+pushes[i].Reason)
	}
	where := strings.Join(texts, "  AND  ")
	e, err := t.renderer.Render(all)
	if err != nil {
		t.faults++
		t.Errorf("%s: %v", where, err)
		return
	}
	selects := func(record) bool { return !never }
	again := func(record) bool { return !never }
	if e != nil && !never {
		f, err := t.language.Parse(expression.Format(e))
		if err != nil {
			t.faults++
			t.Errorf("%s: %v", where, err)
			return
		}
		selects = func(r record) bool { return f.Match(r.row(t.schema)) }
		p, _, err := readAgain(t.preset, expression.Format(e), t.schema)
		if err != nil {
			t.faults++
			t.Errorf("%s\nas %s, read again: %v", where, expression.Format(e), err)
			return
		}
		if again = selects; p != nil {
			again = func(r record) bool { return p.Match(r) }
		}
	}
	predicate, err := dsl.Compile(&dsl.And{Terms: conditions}, t.schema)
	if len(conditions) == 1 {
		predicate, err = dsl.Compile(conditions[0], t.schema)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		want, got := predicate.Match(row), selects(row)
		if want && !got || got && !want && exact {
			t.faults++
			t.Errorf("%q %q\nas %s\nselects %v, want %v:%v", where, reasons, expression.Format(e), got, want, row)
			return
		}
		if got := again(row); want && !got || got && !want && exact {
			t.faults++
			t.Errorf("%q %q\nas %s\nread again selects %v, want %v:%v", where, reasons, expression.Format(e), got, want, row)
			return
		}
	}
}
