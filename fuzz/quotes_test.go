package fuzz

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// quoteSeeds are texts that would end a value, or be more than one, in some language.
var quoteSeeds = []string{
	"", " ", "a", "a b", "É", "k", "'", "''", `"`, `\`, `\\`, `a\'`, `\"`, `' or 'a' eq 'a`, `" or id pr or s eq "`, `") OR (id = 1`, `') or (id eq 1`,
	`\" OR id = 1 OR s = \"`, "*", "a*b", "%", `\%`, "_", "?", ",", ")", "(", `x",id.gt.0,s.eq."`, "^", "^ORid=1", "^NQ", "javascript:x", "NULL", "null", "STANCEOFa",
	"\n", "\x00", "\u2028", "\u0130", "\u212a", "ſ", "{v}", "{f}", "{}", "{text}", "70001", "b70001", " TO ", "a or b", `"},"a":{"b":"`, "\xff", "😀", "é\u0301",
}

// FuzzQuotes holds that no text escapes its quotes. A tree with the texts is written in a
// preset's language and read back by that language's evaluator. Apart from its texts it must
// be the tree that plain texts in their places make, and its texts must be those that went
// in. A text that the language cannot quote is not sent.
func FuzzQuotes(f *testing.F) {
	worlds := quoteWorlds(f)
	for i := range worlds {
		f.Add(uint8(i), uint64(74), " ", "0") // a pattern whose beginning cannot be said
		f.Add(uint8(i), uint64(31), "0", "=") // that < and = are not read as <=
		for j, text := range quoteSeeds {
			f.Add(uint8(i), uint64(j), text, quoteSeeds[(j*7+3)%len(quoteSeeds)])
		}
	}
	f.Fuzz(func(t *testing.T, preset uint8, seed uint64, a, b string) {
		worlds[int(preset)%len(worlds)].check(t, seed, a, b)
	})
}

// TestQuotes: of the trees of the seeds every preset pushes many with the texts.
func TestQuotes(t *testing.T) {
	t.Parallel()
	for _, w := range quoteWorlds(t) {
		sent := 0
		for i, text := range quoteSeeds {
			for seed := range uint64(20) {
				sent += w.check(t, seed, text, quoteSeeds[(i*3+1)%len(quoteSeeds)])
			}
		}
		t.Logf("%s: %d texts sent", w.name, sent)
		if sent < 20 {
			t.Errorf("%s: only %d texts were sent, so that nothing is shown", w.name, sent)
		}
	}
}

// quoteWorld is a preset, and the evaluator of its language.
type quoteWorld struct {
	name     string
	schema   *model.Schema
	renderer *expression.Renderer
	language *expressiontest.Evaluator
}

// quoteWorlds are the presets. Each is declared to compare text as the fields do, so that
// whether a text can be sent is a matter of its quotes alone.
func quoteWorlds(tb testing.TB) []*quoteWorld {
	tb.Helper()
	var all []*quoteWorld
	for _, d := range expression.Presets() {
		w := &quoteWorld{name: d.Name}
		d.Text.Order, d.Text.Exact = true, true
		if d.Text.Fold == "" {
			d.Text.Fold = expression.FoldNone
		}
		text, other := model.Binary, model.Binary
		if d.Text.Fold == expression.FoldCase {
			text, other = model.Case, model.Case
		}
		if _, ok := d.Ops[expression.ILike]; ok {
			other = model.Case
		}
		fields := []model.Field{
			{Name: "id", Type: model.TypeInt},
			{Name: "n", Type: model.TypeInt, Nullable: true},
			{Name: "f", Type: model.TypeBool, Nullable: true},
			{Name: "s", Type: model.TypeString, Collation: text},
			{Name: "t", Type: model.TypeString, Collation: text, Nullable: true},
			{Name: "c", Type: model.TypeString, Collation: other, Nullable: true},
		}
		types := map[string]model.Type{}
		for _, f := range fields {
			types[f.Name] = f.Type
		}
		var err error
		if w.schema, err = model.NewSchema("rows", fields...); err != nil {
			tb.Fatal(err)
		}
		if w.renderer, err = expression.Compile(d, func(name string) expression.Field { return expression.Field{Name: name} }); err != nil {
			tb.Fatal(err)
		}
		if w.language, err = expressiontest.Language(d.Name, expressiontest.Options{Fields: types}); err != nil {
			tb.Fatal(err)
		}
		all = append(all, w)
	}
	return all
}

// check compares the tree of the seed with the texts and with plain texts in their places.
// It returns how many of the texts were sent.
func (w *quoteWorld) check(t *testing.T, seed uint64, texts ...string) (sent int) {
	t.Helper()
	d := &quoteDraw{Rand: rand.New(rand.NewPCG(seed, 5)), w: w, texts: append(texts, texts[0]+texts[1], texts[1]+texts[0]), meant: map[string]string{}}
	fuzzed, plain := d.node(t, max(0, d.IntN(6)-2)) // often a single test: not every language has every join
	got, ok := w.readBack(t, fuzzed)
	want, plainOK := w.readBack(t, plain)
	if ok != plainOK {
		t.Fatalf("%s: %s is sent: %v; with plain texts: %v", w.name, dsl.Format(fuzzed), ok, plainOK)
	}
	if !ok {
		return 0
	}
	if got, want := shape(got, nil), shape(want, d.meant); got != want {
		t.Fatalf("%s: %s\nis read back as %s\nand not as      %s", w.name, dsl.Format(fuzzed), got, want)
	}
	for plain, text := range d.meant {
		if text != plain && strings.Contains(want.String(), plain) {
			sent++
		}
	}
	return sent
}

// readBack pushes a condition and returns what the evaluator reads; false if nothing is
// pushed.
func (w *quoteWorld) readBack(t *testing.T, n dsl.Node) (*expressiontest.Node, bool) {
	t.Helper()
	conditions := w.conjuncts(t, n)
	var all []plan.Conjunct
	for i, push := range w.renderer.Classify(conditions) {
		if push.Unsatisfiable {
			return nil, false
		}
		all = append(all, plan.Conjunct{Node: conditions[i], Pushdown: push})
	}
	said, err := w.renderer.Render(all)
	if err != nil {
		t.Fatalf("%s: %s: %v", w.name, dsl.Format(n), err)
	}
	if said == nil {
		return nil, false
	}
	filter, err := w.language.Parse(expression.Format(said))
	if err != nil {
		t.Fatalf("%s: %s\nis written as %s: %v", w.name, dsl.Format(n), expression.Format(said), err)
	}
	return filter.Root, true
}

// conjuncts brings a condition into negation normal form.
func (w *quoteWorld) conjuncts(t *testing.T, n dsl.Node) []dsl.Node {
	t.Helper()
	c, err := dsl.Check(dsl.Where(n), w.schema)
	if err != nil {
		t.Fatalf("%s: %v", dsl.Format(n), err)
	}
	n = dsl.NNF(c.Root)
	if and, ok := n.(*dsl.And); ok {
		return and.Terms
	}
	return []dsl.Node{n}
}

// verdicts returns what a condition and its negation are worth.
func (w *quoteWorld) verdicts(t *testing.T, n dsl.Node) (out []plan.Verdict) {
	t.Helper()
	for _, n := range []dsl.Node{n, &dsl.Not{X: n}} {
		for _, push := range w.renderer.Classify(w.conjuncts(t, n)) {
			out = append(out, push.Verdict)
		}
	}
	return out
}

// quoteDraw draws trees in pairs: with the texts, and with plain texts in their places.
type quoteDraw struct {
	*rand.Rand
	w     *quoteWorld
	texts []string
	meant map[string]string // what the plain texts stand for
}

// pair is a text and the plain one in its place.
type pair struct{ text, plain string }

// text draws a text. The plain one has letters if and only if the text does: case is no
// matter of quotes.
func (d *quoteDraw) text() pair {
	p := pair{text: d.texts[d.IntN(len(d.texts))]}
	if p.text == "" {
		return p
	}
	p.plain = strconv.Itoa(70000 + len(d.meant))
	if strings.ContainsFunc(p.text, func(r rune) bool { return r >= utf8.RuneSelf || 'a' <= r|0x20 && r|0x20 <= 'z' }) {
		p.plain = "b" + p.plain
	}
	d.meant[p.plain] = p.text
	return p
}

// node draws a condition with the texts, and the same with plain texts.
func (d *quoteDraw) node(t *testing.T, depth int) (fuzzed, plain dsl.Node) {
	t.Helper()
	if depth > 0 && d.IntN(4) > 0 {
		var both [2][]dsl.Node
		for range 2 + d.IntN(2) {
			a, b := d.node(t, depth-1)
			both[0], both[1] = append(both[0], a), append(both[1], b)
		}
		switch d.IntN(3) {
		case 0:
			return &dsl.And{Terms: both[0]}, &dsl.And{Terms: both[1]}
		case 1:
			return &dsl.Or{Terms: both[0]}, &dsl.Or{Terms: both[1]}
		}
		return &dsl.Not{X: &dsl.Or{Terms: both[0]}}, &dsl.Not{X: &dsl.Or{Terms: both[1]}}
	}
	fuzzed, plain = d.predicate(t)
	if d.IntN(3) == 0 {
		return &dsl.Not{X: fuzzed}, &dsl.Not{X: plain}
	}
	return fuzzed, plain
}

// predicate draws a test. If its texts cannot be sent, plain texts stand in both.
func (d *quoteDraw) predicate(t *testing.T) (fuzzed, plain dsl.Node) {
	t.Helper()
	if d.IntN(4) == 0 {
		n := []dsl.Node{
			&dsl.Compare{Path: &dsl.Path{Name: "n"}, Op: dsl.Gt, Value: &dsl.Literal{Kind: ast.LitInt, Value: model.Int(5)}},
			&dsl.Is{Path: &dsl.Path{Name: "t"}, What: dsl.IsNull},
			&dsl.Truth{Path: &dsl.Path{Name: "f"}},
		}[d.IntN(3)]
		return n, n
	}
	name := []string{"s", "t", "c"}[d.IntN(3)]
	var texts []pair
	for range 1 + d.IntN(3) {
		p := d.text()
		if !slices.ContainsFunc(texts, func(q pair) bool { return strings.EqualFold(p.text, q.text) }) {
			texts = append(texts, p) // what a server takes for one text is sent once
		}
	}
	test := d.form(name)
	fuzzed, plain = test(texts), test(plainOf(texts))
	if d.canSend(t, test, texts) && d.canMatch(t, fuzzed, texts) {
		return fuzzed, plain
	}
	for _, p := range texts {
		d.meant[p.plain] = p.plain
	}
	return plain, plain
}

// canSend reports whether a test with the texts is sent as one with plain texts is.
func (d *quoteDraw) canSend(t *testing.T, test func([]pair) dsl.Node, texts []pair) bool {
	t.Helper()
	same := func(texts []pair) bool {
		return slices.Equal(d.w.verdicts(t, test(texts)), d.w.verdicts(t, test(plainOf(texts))))
	}
	for i := range texts { // each by itself, for a part of a pattern may be left out
		if !utf8.ValidString(texts[i].text) || !same(texts[i:i+1]) {
			return false
		}
	}
	return same(texts)
}

// canMatch reports whether each text of a pattern is sent as a plain one is where it begins,
// ends or is inside: of a pattern that the language lacks, what it cannot say is left out.
func (d *quoteDraw) canMatch(t *testing.T, n dsl.Node, texts []pair) bool {
	t.Helper()
	pattern, ok := n.(*dsl.Match)
	if !ok || pattern.Op != dsl.Like {
		return true
	}
	for _, op := range []dsl.MatchOp{dsl.StartsWith, dsl.EndsWith, dsl.Contains} {
		test := func(texts []pair) dsl.Node {
			return &dsl.Match{Path: pattern.Path, Op: op, Pattern: &dsl.Literal{Kind: ast.LitString, Value: model.String(texts[0].text)}}
		}
		for i := range texts {
			if !d.canSend(t, test, texts[i:i+1]) {
				return false
			}
		}
	}
	return true
}

func plainOf(texts []pair) []pair {
	out := slices.Clone(texts)
	for i := range out {
		out[i].text = out[i].plain
	}
	return out
}

// form draws a kind of test, for any texts.
func (d *quoteDraw) form(name string) func([]pair) dsl.Node {
	literal := func(text string) *dsl.Literal { return &dsl.Literal{Kind: ast.LitString, Value: model.String(text)} }
	compare := []dsl.CompareOp{dsl.Eq, dsl.Eq, dsl.Eq, dsl.Lt, dsl.Ge}[d.IntN(5)]
	match := []dsl.MatchOp{dsl.StartsWith, dsl.EndsWith, dsl.Contains}[d.IntN(3)]
	wild := []string{"%", "_", "_%"}[d.IntN(3)]
	before, after := []string{"", "%", "_"}[d.IntN(3)], []string{"", "%", "_"}[d.IntN(3)]
	switch d.IntN(4) {
	case 0:
		return func(texts []pair) dsl.Node {
			in := &dsl.In{Path: &dsl.Path{Name: name}}
			for _, p := range texts {
				in.Values = append(in.Values, literal(p.text))
			}
			return in
		}
	case 1:
		return func(texts []pair) dsl.Node {
			return &dsl.Match{Path: &dsl.Path{Name: name}, Op: match, Pattern: literal(texts[0].text)}
		}
	case 2:
		return func(texts []pair) dsl.Node {
			parts := make([]string, len(texts))
			for i, p := range texts {
				parts[i] = patternOf(p.text)
			}
			return &dsl.Match{Path: &dsl.Path{Name: name}, Op: dsl.Like, Pattern: literal(before + strings.Join(parts, wild) + after)}
		}
	}
	return func(texts []pair) dsl.Node {
		return &dsl.Compare{Path: &dsl.Path{Name: name}, Op: compare, Value: literal(texts[0].text)}
	}
}

// patternOf escapes what is a wildcard in patterns.
func patternOf(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}

// shape writes a tree with what its plain texts stand for. Forms of one meaning are
// written alike: a list as equalities, and a pattern without wildcards as equality.
func shape(n *expressiontest.Node, meant map[string]string) string {
	switch n.Op { //nolint:exhaustive // the others are handled elsewhere
	case expressiontest.And, expressiontest.Or:
		return "(" + strings.Join(flat(n, meant), " "+string(n.Op)+" ") + ")"
	case expressiontest.Not:
		return "not " + shape(n.Terms[0], meant)
	case expressiontest.In, expressiontest.NotIn:
		return shape(equalities(n), meant)
	}
	text := n.Field + " " + string(n.Op)
	for _, v := range n.Values {
		value := v.String()
		if n.Op == expressiontest.Like || n.Op == expressiontest.ILike {
			var wild bool
			if value, wild = tokens(value, meant); !wild && n.Op == expressiontest.Like {
				text = n.Field + " " + string(expressiontest.Equal)
			}
		} else if to, ok := meant[value]; ok {
			value = to
		}
		if v.Type() == model.TypeString && n.Op != expressiontest.Like && n.Op != expressiontest.ILike {
			value = strconv.Quote(value)
		}
		text += " " + value
	}
	return text
}

// equalities is a list as the tests that it stands for.
func equalities(list *expressiontest.Node) *expressiontest.Node {
	out, op := &expressiontest.Node{Op: expressiontest.Or}, expressiontest.Equal
	if list.Op == expressiontest.NotIn {
		out.Op, op = expressiontest.And, expressiontest.NotEqual
	}
	for _, v := range list.Values {
		out.Terms = append(out.Terms, &expressiontest.Node{Op: op, Field: list.Field, Values: []model.Value{v}})
	}
	if len(out.Terms) == 1 {
		return out.Terms[0]
	}
	return out
}

// flat writes what a join joins, through joins of the same kind and lists.
func flat(n *expressiontest.Node, meant map[string]string) (out []string) {
	for _, child := range n.Terms {
		if child.Op == expressiontest.In || child.Op == expressiontest.NotIn {
			child = equalities(child)
		}
		if child.Op == n.Op {
			out = append(out, flat(child, meant)...)
		} else {
			out = append(out, shape(child, meant))
		}
	}
	return out
}

// tokens writes a pattern as its texts, quoted, and its wildcards.
func tokens(pattern string, meant map[string]string) (out string, wild bool) {
	var run strings.Builder
	var parts []string
	flush := func() {
		if text := run.String(); text != "" {
			if to, ok := meant[text]; ok {
				text = to
			}
			parts = append(parts, strconv.Quote(text))
		}
		run.Reset()
	}
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '%' || r == '_':
			flush()
			parts, wild = append(parts, string(r)), true
		case r == '\\' && i+1 < len(runes):
			i++
			run.WriteRune(runes[i])
		default:
			run.WriteRune(r)
		}
	}
	flush()
	if parts == nil {
		parts = []string{strconv.Quote("")}
	}
	return strings.Join(parts, " "), wild
}
