package model_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// inlineSchema has lists of objects in rows, and lists in these.
func inlineSchema(t *testing.T) *model.Schema {
	t.Helper()
	s, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "lines", Type: model.TypeRefs, Inline: true, Returned: model.ReturnedAlways},
		model.Field{Name: "lines.sku", Type: model.TypeString, Through: "lines"},
		model.Field{Name: "lines.discounts", Type: model.TypeRefs, Through: "lines"},
		model.Field{Name: "lines.discounts.code", Type: model.TypeString, Through: "lines.discounts"},
		model.Field{Name: "lines.discounts.off", Type: model.TypeInt, Through: "lines.discounts"},
		model.Field{Name: "lines.product", Type: model.TypeRef, Through: "lines"},
		model.Field{Name: "lines.product.tags", Type: model.TypeList, Of: model.TypeString, Through: "lines.product"},
		model.Field{Name: "buyer", Type: model.TypeRef, Inline: true},
		model.Field{Name: "buyer.home.city", Type: model.TypeString, Through: "buyer"},
		model.Field{Name: "agent", Type: model.TypeRef},
		model.Field{Name: "agent.id", Type: model.TypeInt, Through: "agent"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const inlineRow = `{"id":1,"lines":[{"sku":"\u0061","discounts":[{"code":"X","off":1},{}],"product":{"tags":["p",null]}},null,{"discounts":null,"more":{"a":1}},` +
	`{"discounts":[{"code":"Y"}]}],"buyer":{"home":{"city":"Oslo"}},"agent":{"type":"a","id":9}}`

// TestInline: rows have the objects that stand in them, however they are written.
func TestInline(t *testing.T) {
	t.Parallel()
	s := inlineSchema(t)
	dec, err := model.NewDynamicDecoder(s, model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"as it is": inlineRow, "on many lines": strings.ReplaceAll(inlineRow, ",", ",\n ")} {
		page, err := dec.Decode([]byte("[" + text + `,{"id":2},{"id":3,"lines":[],"buyer":null}]`))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		for i, want := range []string{
			`{"id":1,"lines.sku":["a",null,null,null],"lines.discounts.code":[["X",null],[],[],["Y"]],"lines.discounts":[2,null,null,1],` +
				`"lines.product.tags":[["p",null],null,null,null],"buyer.home.city":"Oslo","agent.id":9}`,
			`{"id":2,"lines.sku":null,"lines.discounts.code":null,"lines.discounts":null,"lines.product.tags":null,"buyer.home.city":null,"agent.id":null}`,
			`{"id":3,"lines.sku":[],"lines.discounts.code":[],"lines.discounts":[],"lines.product.tags":[],"buyer.home.city":null,"agent.id":null}`,
		} {
			got, err := page.Rows[i].AppendJSONFields(nil, []string{"lines.sku", "lines.discounts.code", "lines.discounts", "lines.product.tags", "buyer.home.city", "agent.id"})
			if err != nil || string(got) != want {
				t.Errorf("%s: row %d has %s, %v", form, i, got, err)
			}
		}
		row := &page.Rows[0]
		for name, want := range map[string]int{"lines": 4, "lines.sku": 4, "lines.discounts": 4, "lines.discounts.off": 3, "lines.product": 4, "lines.product.tags": 1, "buyer": 1, "buyer.home.city": 1, "agent": 1} {
			i := field(t, s, name).Index()
			if got := row.Len(i); got != want || !row.At(i, want).IsNull() || !row.At(i, -1).IsNull() {
				t.Errorf("%s: %s has %d objects, want %d", form, name, got, want)
			}
			if of := field(t, s, name); row.Value(i).IsNull() != (of.Through != "") || !page.Rows[1].Value(i).IsNull() || page.Rows[1].Len(i) != 0 {
				t.Errorf("%s: %s is %v", form, name, row.Value(i))
			}
		}
		again, err := dec.DecodeRow(row.AppendJSON(nil), nil)
		if err != nil || again.Len(field(t, s, "lines.discounts.off").Index()) != 3 {
			t.Errorf("%s: read again it has %d discounts: %v", form, again.Len(4), err)
		}
		row.Hide([]*model.Field{field(t, s, "lines.discounts.code")})
		if got := string(row.AppendJSON(nil)); strings.Contains(got, "lines") || row.Len(1) != 0 || row.Len(4) != 0 || row.Len(field(t, s, "buyer").Index()) != 1 {
			t.Errorf("%s: hidden, the row is %s", form, got)
		}
	}
}

// TestInlineErrors: what does not fit the schema is an error of the page, and so is a page that
// takes far more memory than it is long.
func TestInlineErrors(t *testing.T) {
	t.Parallel()
	dec, err := model.NewDynamicDecoder(inlineSchema(t), model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`[{"id":1,"lines":{}}]`:                                         "lines",
		`[{"id":1,"lines":[5]}]`:                                        "lines",
		`[{"id":1,"lines":[{"discounts":[{"off":1.0}]}]}]`:              "off",
		`[{"id":1,"lines":[{"discounts":[{"off":"x"}]}]}]`:              "off",
		`[{"id":1,"lines":[{"sku":"a","sku":"b"}]}]`:                    "sku",
		`[{"id":1,"agent":{"id":3}}]`:                                   "agent",
		`[{"id":1,"lines":[` + strings.Repeat(`{},`, 400_000) + `{}]}]`: "memory",
	} {
		if _, err := dec.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", text, err)
		}
	}
	for name, fields := range map[string][]model.Field{
		"an inline number": {{Name: "id", Type: model.TypeInt, Inline: true}},
		"an inline path":   {{Name: "a", Type: model.TypeRefs}, {Name: "a.b", Type: model.TypeRefs, Through: "a", Inline: true}},
	} {
		if _, err := model.NewSchema("x", fields...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestReferencesOfReferred: rows do not have what referred objects refer to, so that a decoder of
// a schema with that is refused.
func TestReferencesOfReferred(t *testing.T) {
	t.Parallel()
	for _, typ := range []model.Type{model.TypeRef, model.TypeRefs} {
		for _, inner := range []model.Type{model.TypeRef, model.TypeRefs} {
			s, err := model.NewSchema("x", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "a", Type: typ},
				model.Field{Name: "a.b", Type: inner, Through: "a", Nullable: true})
			if err != nil {
				t.Fatal(err)
			}
			_, err = model.NewDynamicDecoder(s, model.Layout{ID: "id"})
			if !errors.Is(err, model.ErrSchema) || !strings.Contains(err.Error(), `"a.b" is a reference in an object of "a"`) {
				t.Errorf("%v in %v: %v", inner, typ, err)
			}
		}
	}
}
