package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestOperandBuilder compares trees that Go makes with what the parsers make of their text.
func TestOperandBuilder(t *testing.T) {
	t.Parallel()
	a, b := dsl.Field("a"), dsl.Field("b")
	for text, n := range map[string]dsl.Node{
		"a = b":                            a.Eq(b),
		"a != b":                           a.Ne(b),
		"a < b + 7d":                       a.Lt(b.Expr().Plus(dsl.Duration("7d"))),
		"a - b > 90d":                      a.Expr().Minus(b).Gt(dsl.Duration("90d")),
		"a - (b - 1) <= 5":                 a.Expr().Minus(b.Expr().Minus(1)).Le(5),
		"a / 2 >= b":                       a.Expr().Over(2).Ge(b),
		"coalesce(a, 'x', b) like 'y%'":    dsl.Func("Coalesce", a, "x", b).Like("y%"),
		"coalesce(a, b)":                   dsl.Func("coalesce", a, b).Holds(),
		"length(a) between 1 and 2":        dsl.Func("length", a).Between(1, 2),
		"length(a) is null":                dsl.Func("length", a).IsNull(),
		"lower(a) = upper(concat(a, 'x'))": dsl.Func("lower", a).Eq(dsl.Func("upper", dsl.Func("concat", a, "x"))),
		"a in (1, 2)":                      a.Expr().In(1, 2),
		"a * 2 < 3 and a = 1":              dsl.All(a.Expr().Times(2).Lt(3), a.Expr().Eq(1)),
	} {
		if f := mustParse(t, text); !dsl.Equal(f.Root, n) {
			t.Errorf("%s is built as %s", text, dsl.Format(n))
		}
		if _, err := dsl.Where(n).MarshalText(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestOperandsOverGoValues compares fields of structs, maps and JSON with one another.
func TestOperandsOverGoValues(t *testing.T) {
	t.Parallel()
	type line struct {
		SKU   string `filter:"sku"`
		Count int    `filter:"count"`
		Least *int   `filter:"least"`
	}
	type order struct {
		ID    int      `filter:"id"`
		Total float64  `filter:"total"`
		Paid  *float64 `filter:"paid"`
		Tags  []string `filter:"tags"`
		Name  string   `filter:"name"`
		First line     `filter:"first"`
	}
	least := 3
	o := order{ID: 7, Total: 12.5, Tags: []string{"a", "box"}, Name: "box", First: line{SKU: "x-1", Count: 2, Least: &least}}
	structs, err := dsl.For[order]()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "total", Type: model.TypeFloat},
		model.Field{Name: "paid", Type: model.TypeFloat, Nullable: true}, model.Field{Name: "name", Type: model.TypeString, Collation: model.Binary},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.Binary},
		model.Field{Name: "first.sku", Type: model.TypeString, Collation: model.Binary}, model.Field{Name: "first.count", Type: model.TypeInt},
		model.Field{Name: "first.least", Type: model.TypeInt, Nullable: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	row := map[string]any{
		"id": 7, "total": 12.5, "paid": nil, "tags": []any{"a", "box"}, "name": "box",
		"first": map[string]any{"sku": "x-1", "count": 2, "least": 3},
	}
	text := []byte(`{"id":7,"total":12.5,"paid":null,"tags":["a","box"],"name":"box","first":{"sku":"x-1","count":2,"least":3}}`)
	maps, lines := dsl.Map(schema), dsl.JSON(schema)
	for filter, want := range map[string]bool{
		"first.count < first.least":                  true,
		"first.count * 2 > id":                       false,
		"coalesce(paid, 0) < total":                  true,
		"paid = total":                               false,
		"not paid = total":                           false,
		"tags = name":                                true,
		"tags != name":                               false,
		"length(tags) = 3 and length(name) = 3":      true,
		"concat(substring(name, 1, 1), 'ox') = name": true,
		"total / 5 = 2.5":                            true,
	} {
		m, err := structs.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		ofMap, err := maps.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		ofLine, err := lines.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Match(&o); got != want {
			t.Errorf("%s of a struct: %v", filter, got)
		}
		if got, err := ofMap.Match(row); err != nil || got != want {
			t.Errorf("%s of a map: %v, %v", filter, got, err)
		}
		if got, err := ofLine.Match(text); err != nil || got != want {
			t.Errorf("%s of a line: %v, %v", filter, got, err)
		}
	}
}
