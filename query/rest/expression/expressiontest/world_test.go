package expressiontest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// texts are what a language may take for something else.
func texts() []string {
	return []string{
		"", " ", "a", "A", "ab", "aB", "abc", "b", "x", "x y", " a", "a ", "a  b", "'", "''", "a'b", `"`, `""`, `a"b`, `\`, `\\`, `a\`, `\a`, `a\'`, `a\"`, `\u0041`,
		"*", "a*", "*b", "%", "a%", "_", "a_", `\*`, `\%`, `\_`, `a\%b`, "?", "a?b", "and", "or", "not", "null", "NULL", "true", "false", "AND", "OR", "NOT", "EMPTY",
		")", "(", "()", "a) or (b", "') or ('", `") or ("`, "a,b", ",", "{a}", "{v}", "{f}", "{}", "a:b", "a.b", "[a]", "-1", "+1", "1", "01", "1.0", "0", "2024-01-01", "2024-01-01T00:00:00Z",
		"é", "É", "e", "E", "aé", "k", "K", "\u212a", "s", "S", "\u017f", "i", "I", "\u0130", "\u0131", "ß", "ẞ", "ss", "σ", "ς", "Σ", "😀", "a😀", "漢", "^", "a^b", "a^ORb", "^NQ", "javascript:1", "STANCEOFx",
		"&", "&&", "||", "!", "~", "/a/", "a~", "<", "=5", "=", "!=", "#", "\n", "a\nb", "\t", "\r\n", "\x00", "\x7f", "\u00a0", "\u3000", "\u2028", "e\u0301", "null)", "eq", "`", "$", "@",
	}
}

// random draws trees and rows.
type random struct {
	*rand.Rand
	texts []string
	step  time.Duration // of the rows' instants
}

func newRandom(seed uint64, step time.Duration) *random {
	return &random{rand.New(rand.NewPCG(seed, 17)), texts(), max(step, 1)}
}

func pick[T any](r *random, of ...T) T { return of[r.IntN(len(of))] }

// schema has every type, with null and without, and every collation.
func schema(tb testing.TB) *model.Schema {
	tb.Helper()
	fields := []model.Field{{Name: "id", Type: model.TypeInt}}
	for _, nullable := range []bool{false, true} {
		suffix := map[bool]string{false: "", true: "_n"}[nullable]
		fields = append(fields,
			model.Field{Name: "int" + suffix, Type: model.TypeInt, Nullable: nullable},
			model.Field{Name: "dec" + suffix, Type: model.TypeDecimal, Nullable: nullable},
			model.Field{Name: "flag" + suffix, Type: model.TypeBool, Nullable: nullable},
			model.Field{Name: "at" + suffix, Type: model.TypeDateTime, Nullable: nullable},
			model.Field{Name: "sec" + suffix, Type: model.TypeDateTime, Nullable: nullable, WholeSeconds: true},
			model.Field{Name: "bin" + suffix, Type: model.TypeString, Nullable: nullable, Collation: model.Binary},
			model.Field{Name: "case" + suffix, Type: model.TypeString, Nullable: nullable, Collation: model.Case},
			model.Field{Name: "ci" + suffix, Type: model.TypeString, Nullable: nullable, Collation: model.CI},
		)
	}
	s, err := model.NewSchema("rows", fields...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// types are the types of the schema's fields.
func types(s *model.Schema) map[string]model.Type {
	out := map[string]model.Type{}
	for i := range s.Len() {
		out[s.Field(i).Name] = s.Field(i).Type
	}
	return out
}

// value draws a value, of a row or of a condition.
func (r *random) value(f *model.Field, ofRow bool) model.Value {
	switch f.Type { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeString:
		text := pick(r, r.texts...)
		if r.IntN(4) == 0 {
			text += pick(r, r.texts...)
		}
		return model.String(text)
	case model.TypeBool:
		return model.Bool(r.IntN(2) == 0)
	case model.TypeDecimal:
		v, _ := model.ParseDecimal(pick(r, "0", "-0.5", "0.5", "1", "1.25", "-3", "100", "12345678901.25"))
		return v
	case model.TypeDateTime:
		at := time.Unix(pick[int64](r, 0, -1, 86400, 1704067200, 1704067201, 1704067260, 1704067259), 0)
		if !f.WholeSeconds || !ofRow && r.IntN(3) == 0 {
			at = at.Add(pick[time.Duration](r, 0, 0, 1, 499, 500, 1000, 1500, 499_999, 500_000, time.Millisecond, 1_500_000, 999_999_999, time.Second/2))
		}
		if ofRow {
			at = at.Truncate(r.step)
		}
		return model.DateTime(at)
	}
	return model.Int(pick[int64](r, 0, 1, -1, 2, 5, -7, 10, 100, 1<<53+1))
}

// record is a row of a schema.
type record []model.Value

func (r record) Value(i int) model.Value { return r[i] }

func (record) Len(int) int { return 0 }

func (record) At(int, int) model.Value { return model.Value{} }

func (r record) row(s *model.Schema) expressiontest.Row {
	out := expressiontest.Row{}
	for i, v := range r {
		out[s.Field(i).Name] = v
	}
	return out
}

func (r record) String() string {
	var b strings.Builder
	for _, v := range r {
		fmt.Fprintf(&b, " %q", v.String())
	}
	return b.String()
}

// row draws a row. What a condition has is in some row.
func (r *random) row(s *model.Schema, n dsl.Node) record {
	out := make(record, s.Len())
	for i := range out {
		f := s.Field(i)
		if !f.Nullable || r.IntN(4) != 0 {
			out[i] = r.value(f, true)
		}
	}
	if n == nil {
		return out
	}
	dsl.Walk(n, func(n dsl.Node) bool {
		if r.IntN(2) == 0 {
			return true
		}
		var path *dsl.Path
		var l *dsl.Literal
		switch n := n.(type) {
		case *dsl.Compare:
			path, l = n.Path, n.Value
		case *dsl.In:
			path, l = n.Path, pick(r, n.Values...)
		case *dsl.Match:
			path, l = n.Path, n.Pattern
		default:
			return true
		}
		v := l.Value
		if v.Type() == model.TypeString {
			text := v.Str()
			switch r.IntN(4) {
			case 0:
				text = strings.ToUpper(text)
			case 1:
				text = pick(r, r.texts...) + text
			case 2:
				text += pick(r, r.texts...)
			}
			v = model.String(text)
		} else if v.Type() == model.TypeDateTime {
			v = model.DateTime(v.Time().Truncate(r.step))
			if path.Field.WholeSeconds {
				v = model.DateTime(v.Time().Truncate(time.Second))
			}
		}
		if v.Type() == path.Field.Type {
			out[path.Field.Index()] = v
		}
		return true
	})
	return out
}

// tree draws a checked condition.
func (r *random) tree(tb testing.TB, s *model.Schema) dsl.Node {
	tb.Helper()
	n := r.node(s, r.IntN(4))
	c, err := dsl.Check(dsl.Where(n), s, dsl.Now(time.Unix(1_704_067_200, 0)))
	if err != nil {
		tb.Fatalf("%s: %v", dsl.Format(n), err)
	}
	return c.Root
}

func (r *random) node(s *model.Schema, depth int) dsl.Node {
	if depth > 0 {
		switch r.IntN(4) {
		case 0, 1:
			and := r.IntN(2) == 0
			var terms []dsl.Node
			for range 2 + r.IntN(2) {
				switch t := r.node(s, depth-1).(type) {
				case *dsl.And:
					if and {
						terms = append(terms, t.Terms...)
						continue
					}
					terms = append(terms, t)
				case *dsl.Or:
					if !and {
						terms = append(terms, t.Terms...)
						continue
					}
					terms = append(terms, t)
				default:
					terms = append(terms, t)
				}
			}
			if and {
				return &dsl.And{Terms: terms}
			}
			return &dsl.Or{Terms: terms}
		case 2:
			return &dsl.Not{X: r.node(s, depth-1)}
		}
	}
	n := r.predicate(s.Field(r.IntN(s.Len())))
	if r.IntN(3) == 0 {
		return &dsl.Not{X: n}
	}
	return n
}

func (r *random) predicate(f *model.Field) dsl.Node {
	path := &dsl.Path{Name: f.Name}
	if r.IntN(8) == 0 {
		return &dsl.Is{Path: path, What: dsl.IsNull}
	}
	switch f.Type { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeBool:
		switch r.IntN(3) {
		case 0:
			return &dsl.Truth{Path: path}
		case 1:
			return &dsl.Is{Path: path, What: pick(r, dsl.IsTrue, dsl.IsFalse)}
		}
		return &dsl.Compare{Path: path, Op: dsl.Eq, Value: r.literal(f)}
	case model.TypeString:
		if r.IntN(2) == 0 {
			return r.match(path, f)
		}
	}
	switch r.IntN(6) {
	case 0, 1:
		values := make([]*dsl.Literal, 1+r.IntN(4))
		for i := range values {
			values[i] = r.literal(f)
		}
		return &dsl.In{Path: path, Values: values}
	case 2:
		return &dsl.Between{Path: path, Lo: r.literal(f), Hi: r.literal(f)}
	}
	return &dsl.Compare{Path: path, Op: pick(r, dsl.Eq, dsl.Eq, dsl.Eq, dsl.Lt, dsl.Le, dsl.Gt, dsl.Ge), Value: r.literal(f)}
}

func (r *random) match(path *dsl.Path, f *model.Field) dsl.Node {
	op := pick(r, dsl.StartsWith, dsl.EndsWith, dsl.Contains, dsl.Like)
	l := r.literal(f)
	if op == dsl.Like {
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString(pick(r, "%", "_", `\%`, `\_`, `\\`, pick(r, r.texts...), pick(r, r.texts...)))
		}
		l = &dsl.Literal{Kind: ast.LitString, Value: model.String(b.String())}
	}
	return &dsl.Match{Path: path, Op: op, Pattern: l}
}

func (r *random) literal(f *model.Field) *dsl.Literal {
	v := r.value(f, false)
	switch f.Type { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeInt:
		return &dsl.Literal{Kind: ast.LitInt, Value: v}
	case model.TypeDecimal:
		if digits, scale := v.Decimal(); scale == 0 {
			return &dsl.Literal{Kind: ast.LitInt, Value: model.Int(digits)}
		}
		return &dsl.Literal{Kind: ast.LitDecimal, Value: v}
	case model.TypeBool:
		return &dsl.Literal{Kind: ast.LitBool, Value: v}
	case model.TypeDateTime:
		return &dsl.Literal{Kind: ast.LitDateTime, Text: v.String()}
	}
	return &dsl.Literal{Kind: ast.LitString, Value: v}
}
