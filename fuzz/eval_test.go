package fuzz

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/shipstream"
)

// FuzzEval draws a tree and records: the compiled predicate and the rewritten
// trees answer what the reference evaluator answers.
func FuzzEval(f *testing.F) {
	schema := modeltest.Schema()
	for text := range dsltest.Seeds() {
		f.Add([]byte(text)) // as choices: any bytes make a tree and a record
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		choices := modeltest.Bytes(data)
		n := dsltest.Tree(choices, schema)
		c, err := dsl.Check(dsl.Where(n), schema)
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		sameAnswers(t, c, choices.Record(schema))
	})
}

// FuzzCalls draws a tree that computes, also by functions of an environment that may fail, and a
// record: a predicate answers or fails as the reference evaluator allows.
func FuzzCalls(f *testing.F) {
	schema := modeltest.Schema()
	functions := append(dsltest.Functions(), dsltest.FailingFunctions()...)
	env, err := dsl.NewEnv(functions...)
	if err != nil {
		f.Fatal(err)
	}
	for i, text := range slices.Collect(dsltest.Seeds()) {
		if i%32 == 0 { // under -fuzz every seed is run again first
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		choices := modeltest.Bytes(data)
		c, err := dsl.Check(dsl.Where(dsltest.CallingTree(choices, schema, functions)), schema, dsl.Functions(env))
		if err != nil {
			return // a constant does not fit, or a call of constants fails
		}
		r := choices.Record(schema)
		for name, n := range map[string]dsl.Node{"the tree": c.Root, "NNF": dsl.NNF(c.Root), "simplified": dsl.Simplify(c.Root)} {
			p, err := dsl.Compile(n, schema)
			if err != nil {
				t.Fatalf("%s: %v", dsl.Format(n), err)
			}
			got, err := p.Test(r)
			if what := dsltest.Mismatch(c.Root, r, got, err); what != "" {
				t.Fatalf("%s\nfor %v, by %s: %s", dsl.Format(c.Root), r, name, what)
			}
		}
	})
}

// sameAnswers evaluates a checked filter for a record in every way there is.
func sameAnswers(t *testing.T, c *dsl.Checked, r model.Record) {
	t.Helper()
	want := dsltest.Eval(c.Root, r)
	eval := func(n dsl.Node) dsl.Tri {
		p, err := dsl.Compile(n, c.Schema)
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		return p.Eval(r)
	}
	for name, n := range map[string]dsl.Node{"the tree": c.Root, "NNF": dsl.NNF(c.Root), "Fold": dsl.Fold(c.Root), "both": dsl.Fold(dsl.NNF(c.Root))} {
		if got := eval(n); got != want {
			t.Fatalf("%s\nis %v for %v; %s, %s, is %v", dsl.Format(c.Root), want, r, name, dsl.Format(n), got)
		}
	}
	if n := dsl.Simplify(c.Root); (eval(n) == dsl.True) != (want == dsl.True) {
		t.Fatalf("%s\nis %v for %v; simplified, %s, it is not", dsl.Format(c.Root), want, r, dsl.Format(n))
	}
}

// FuzzCheck checks any filter that parses, against both schemas and in two zones:
// type errors lie inside the text and are fit to print, a checked tree prints as
// what can be read and checked again, and it evaluates as the reference does.
func FuzzCheck(f *testing.F) {
	addFilters(f)
	f.Add("name = $1 and id in ($2) and created_at > :since")
	f.Add("created_at = '2024-13-01' and name ~ '(' and nope = 1")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := dsl.Parse(text)
		if err != nil {
			return
		}
		for _, schema := range []*model.Schema{shipstream.UserSchema(), modeltest.Schema()} {
			for _, zone := range []*time.Location{time.UTC, berlin} {
				opts := append(bind(filter.Root), dsl.Zone(zone), dsl.Now(time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)))
				c, err := dsl.Check(filter, schema, opts...)
				if err != nil {
					checkTypeErrors(t, text, err)
					continue
				}
				checkedAgain(t, c)
				if tame(c.Root) {
					for _, r := range recordsOf(schema, c.Root) {
						sameAnswers(t, c, r)
					}
				}
			}
		}
	})
}

// bind gives every parameter of a tree a value that many types take.
func bind(root dsl.Node) []dsl.CheckOption {
	named := make(map[string]any)
	var args []any
	values := func(l *dsl.Literal) {
		if l.Kind != dsl.LitParam {
			return
		}
		if name, ok := strings.CutPrefix(l.Text, ":"); ok {
			named[name] = dsl.Text("2024-01-31")
			return
		}
		if n, err := strconv.Atoi(l.Text[1:]); err == nil && n < 100 {
			for len(args) < n {
				args = append(args, []dsl.Text{"5", "6"})
			}
		}
	}
	eachLiteral(root, values)
	return []dsl.CheckOption{dsl.Args(args...), dsl.Named(named)}
}

func eachLiteral(root dsl.Node, visit func(*dsl.Literal)) {
	dsl.Walk(root, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.Compare:
			visit(n.Value)
		case *dsl.In:
			for _, l := range n.Values {
				visit(l)
			}
		case *dsl.Between:
			visit(n.Lo)
			visit(n.Hi)
		case *dsl.Match:
			visit(n.Pattern)
		case *dsl.On:
			visit(n.Date)
		case *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const, *dsl.Truth, *dsl.Is:
		}
		return true
	})
}

func checkTypeErrors(t *testing.T, text string, err error) {
	t.Helper()
	var list dsl.TypeErrors
	if !errors.As(err, &list) || len(list) == 0 || !errors.Is(err, dsl.ErrType) {
		t.Fatalf("%T is no TypeErrors: %v", err, err)
	}
	last := 0
	for _, e := range list {
		if e.Source != text || e.Range.Start < last || e.Range.End < e.Range.Start || e.Range.End > len(text) {
			t.Errorf("range %v outside a text of %d bytes, or before %d", e.Range, len(text), last)
		}
		last = e.Range.Start
		before := text[:e.Range.Start]
		column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
		if line := strings.Count(before, "\n") + 1; e.Line != line || e.Column != column {
			t.Errorf("at line %d, column %d, want %d, %d", e.Line, e.Column, line, column)
		}
	}
	if out := err.Error(); len(out) > 4<<10 || !utf8.ValidString(out) {
		t.Errorf("the error has %d bytes, want at most 4 KiB of UTF-8", len(out))
	}
}

// checkedAgain prints a checked tree, reads it and checks it.
func checkedAgain(t *testing.T, c *dsl.Checked) {
	t.Helper()
	for _, n := range []dsl.Node{c.Root, dsl.NNF(c.Root), dsl.Fold(c.Root), dsl.Simplify(c.Root)} {
		again, err := dsl.Parse(dsl.Format(n), dsl.MaxBytes(1<<20), dsl.MaxTokens(1<<20), dsl.MaxDepth(1<<10))
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		d, err := dsl.Check(again, c.Schema, dsl.Zone(c.Zone)) // the calendar of functions and durations
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		if !dsl.Equal(d.Root, n) {
			t.Errorf("%s was read as %s", dsl.Format(n), dsl.Format(d.Root))
		}
	}
}

// tame reports whether the reference evaluator, which compares every character with every one
// of a pattern, ends soon.
func tame(root dsl.Node) bool {
	tame := true
	eachLiteral(root, func(l *dsl.Literal) { tame = tame && len(l.Value.Str()) <= 1<<10 })
	return tame
}

// recordsOf returns records whose fields hold what the filter mentions, so that it
// is true of some: one of nulls, and one for each of a few of its constants.
func recordsOf(schema *model.Schema, root dsl.Node) []model.Record {
	const most = 6
	byField := make(map[*model.Field][]model.Value)
	dsl.Walk(root, func(n dsl.Node) bool {
		for _, f := range dsl.Fields(n) {
			switch n.(type) {
			case *dsl.And, *dsl.Or, *dsl.Not:
			default:
				eachLiteral(n, func(l *dsl.Literal) { byField[f] = append(byField[f], l.Value) })
			}
		}
		return true
	})
	all := []model.Record{modeltest.MustRecord(schema, nil)}
	for i := range most {
		fields := make(map[string]any)
		objects := make(map[string]modeltest.Object)
		for f, values := range byField {
			v := values[i%len(values)]
			if v.Type() != f.Element() {
				continue
			}
			if f.Type == model.TypeList {
				v = model.List(v, model.Null())
			}
			if f.Through == "" {
				fields[f.Name] = v
				continue
			}
			if objects[f.Through] == nil {
				objects[f.Through] = make(modeltest.Object)
			}
			objects[f.Through][strings.TrimPrefix(f.Name, f.Through+".")] = v
		}
		for through, o := range objects {
			fields[through] = o
			if f, _ := schema.Lookup(through); f.Type == model.TypeRefs {
				fields[through] = []modeltest.Object{{}, o}
			}
		}
		all = append(all, modeltest.MustRecord(schema, fields))
	}
	return all
}
