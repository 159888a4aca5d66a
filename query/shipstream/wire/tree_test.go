package wire_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// people is a schema with a nullable and a plain field of each type.
func people(tb testing.TB) *model.Schema {
	tb.Helper()
	s, err := model.NewSchema("people",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "rank", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI},
		model.Field{Name: "nick", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "code", Type: model.TypeString, Nullable: true, Collation: model.Binary},
		model.Field{Name: "brand", Type: model.TypeString, Nullable: true, Collation: model.Case},
		model.Field{Name: "is_active", Type: model.TypeBool},
		model.Field{Name: "badge", Type: model.TypeBool, Nullable: true},
		model.Field{Name: "created_at", Type: model.TypeDateTime},
		model.Field{Name: "last_login_at", Type: model.TypeDateTime, Nullable: true},
		model.Field{Name: "roles", Type: model.TypeRefs},
		model.Field{Name: "warehouse", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "warehouse.id", Type: model.TypeInt, Through: "warehouse"},
		model.Field{Name: "odd-name", Type: model.TypeInt},
		model.Field{Name: "paid_at", Type: model.TypeDateTime, Format: model.FormatUnix},
		model.Field{Name: "price", Type: model.TypeDecimal},
	)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// maker builds checked trees over a schema.
type maker struct {
	t testing.TB
	s *model.Schema
}

func newMaker(tb testing.TB) maker {
	tb.Helper()
	return maker{tb, people(tb)}
}

func (m maker) path(name string) *dsl.Path {
	f, ok := m.s.Lookup(name)
	if !ok {
		m.t.Fatalf("no field %q", name)
	}
	return &dsl.Path{Name: name, Field: f}
}

func lit(v any) *dsl.Literal {
	switch v := v.(type) {
	case int:
		return &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(int64(v))}
	case bool:
		return &dsl.Literal{Kind: dsl.LitBool, Value: model.Bool(v)}
	case string:
		return &dsl.Literal{Kind: dsl.LitString, Value: model.String(v)}
	case time.Time:
		return &dsl.Literal{Kind: dsl.LitValue, Value: model.DateTime(v)}
	case model.Value:
		return &dsl.Literal{Kind: dsl.LitValue, Value: v}
	}
	panic("no such literal")
}

func (m maker) cmp(f string, op dsl.CompareOp, v any) dsl.Node {
	return &dsl.Compare{Path: m.path(f), Op: op, Value: lit(v)}
}
func (m maker) eq(f string, v any) dsl.Node { return m.cmp(f, dsl.Eq, v) }
func (m maker) lt(f string, v any) dsl.Node { return m.cmp(f, dsl.Lt, v) }
func (m maker) le(f string, v any) dsl.Node { return m.cmp(f, dsl.Le, v) }
func (m maker) gt(f string, v any) dsl.Node { return m.cmp(f, dsl.Gt, v) }
func (m maker) ge(f string, v any) dsl.Node { return m.cmp(f, dsl.Ge, v) }

func (m maker) in(f string, vs ...any) dsl.Node {
	n := &dsl.In{Path: m.path(f)}
	for _, v := range vs {
		n.Values = append(n.Values, lit(v))
	}
	return n
}

func (m maker) between(f string, lo, hi any) dsl.Node {
	return &dsl.Between{Path: m.path(f), Lo: lit(lo), Hi: lit(hi)}
}

func (m maker) match(f string, op dsl.MatchOp, text string) dsl.Node {
	return &dsl.Match{Path: m.path(f), Op: op, Pattern: lit(text)}
}

func (m maker) like(f, text string) dsl.Node { return m.match(f, dsl.Like, text) }

func (m maker) is(f string, what dsl.IsWhat) dsl.Node {
	return &dsl.Is{Path: m.path(f), What: what}
}

func not(n dsl.Node) dsl.Node     { return &dsl.Not{X: n} }
func and(ns ...dsl.Node) dsl.Node { return &dsl.And{Terms: ns} }
func or(ns ...dsl.Node) dsl.Node  { return &dsl.Or{Terms: ns} }

// noon is an instant for tests, d days after 2024-01-01.
func noon(d int) time.Time { return time.Date(2024, 1, 1+d, 12, 0, 0, 0, time.UTC) }
