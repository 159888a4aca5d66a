package dsl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

type (
	nestedUse struct {
		By *int `json:"by" filter:"by"`
	}
	nestedTax struct {
		Code *string `json:"code" filter:"code"`
	}
	nestedLot struct {
		Name string `json:"name" filter:"name"`
	}
	nestedDiscount struct {
		Code    *string     `json:"code"    filter:"code"`
		Percent *int        `json:"percent" filter:"percent"`
		Labels  []string    `json:"labels"  filter:"labels"`
		Uses    []nestedUse `json:"uses"    filter:"uses"`
	}
	nestedLine struct {
		SKU       *string           `json:"sku"       filter:"sku"`
		Discounts []*nestedDiscount `json:"discounts" filter:"discounts"`
		Taxes     []nestedTax       `json:"taxes"     filter:"taxes"`
		Lots      []nestedLot       `json:"lots"      filter:"lots"`
	}
	nestedAddress struct {
		City *string     `json:"city" filter:"city"`
		Uses []nestedUse `json:"uses" filter:"uses"`
	}
	nestedHome struct {
		Addresses []nestedAddress `json:"addresses" filter:"addresses"`
		Labels    []string        `json:"labels"    filter:"labels"`
	}
	nestedCustomer struct {
		Name      *string          `json:"name"      filter:"name"`
		Labels    []string         `json:"labels"    filter:"labels"`
		Addresses []*nestedAddress `json:"addresses" filter:"addresses"`
		Home      *nestedHome      `json:"home"      filter:"home"`
	}
	nestedOrder struct {
		ID       int             `json:"id"       filter:"id"`
		Note     *string         `json:"note"     filter:"note"`
		Customer *nestedCustomer `json:"customer" filter:"customer"`
		Shop     nestedHome      `json:"shop"     filter:"shop"`
		Lines    []*nestedLine   `json:"lines"    filter:"lines"`
	}
)

// nestedFilter is a filter over structs, maps and JSON.
type nestedFilter struct {
	structs *dsl.Matcher[nestedOrder]
	maps    *dsl.RowMatcher[map[string]any]
	texts   *dsl.RowMatcher[[]byte]
}

func nestedSchema(tb testing.TB) *dsl.Structs[nestedOrder] {
	tb.Helper()
	structs, err := dsl.For[nestedOrder]()
	if err != nil {
		tb.Fatal(err)
	}
	return structs
}

func compileNested(structs *dsl.Structs[nestedOrder], f *dsl.Filter) (n nestedFilter, err error) {
	s, errs := structs.Schema(), make([]error, 3)
	n.structs, errs[0] = structs.CompileFilter(f)
	n.maps, errs[1] = dsl.Map(s).CompileFilter(f)
	n.texts, errs[2] = dsl.JSON(s).CompileFilter(f)
	return n, errors.Join(errs...)
}

// eval returns the answers for a row that JSON has, which agree.
func (n nestedFilter) eval(text string) (dsl.Tri, error) {
	var of nestedOrder
	var row map[string]any
	if err := errors.Join(json.Unmarshal([]byte(text), &of), json.Unmarshal([]byte(text), &row)); err != nil {
		return dsl.Unknown, err
	}
	a, errA := n.structs.Eval(&of)
	b, errB := n.maps.Eval(row)
	c, errC := n.texts.Eval([]byte(text))
	if a != b || b != c {
		return a, fmt.Errorf("a struct is %v, a map %v, JSON %v", a, b, c)
	}
	return a, errors.Join(errA, errB, errC)
}

// TestNestedRows: lists inside lists in structs, maps and JSON.
func TestNestedRows(t *testing.T) {
	t.Parallel()
	structs := nestedSchema(t)
	texts := []string{
		`{"id": 1}`,
		`{"id": 2, "lines": []}`,
		`{"id": 3, "customer": {"labels": null}, "lines": [{"sku": "a", "discounts": []}, {"discounts": null}, null]}`,
		`{"id": 4, "shop": {"addresses": [{"city": "s"}]}, "customer": {"addresses": [{"city": "x"}, {"city": "y", "uses": [{"by": 1}]}], "name": "c", "labels": ["k"],
			"home": {"labels": ["l"], "addresses": [{"city": "z"}, null]}}, "lines": [{"discounts": [{"code": "X", "uses": [{"by": 1}]}, {"percent": 3}], "sku": "a"}, null,
			{"sku": "b", "lots": [{"name": "l"}, {"name": "m"}], "taxes": [{"code": "T"}], "discounts": [null, {"labels": ["new"], "uses": [{"by": 2}, {}]}]}]}`,
	}
	for filter, want := range map[string]string{
		"customer.addresses is empty":                                          "nnyn",
		"customer.addresses.city = 'x'":                                        "nnny",
		"count(customer.addresses) = 2":                                        "nnny",
		"any customer (any addresses (city = 'x') and name = 'c')":             "nnny",
		"any customer (all addresses (city = 'x'))":                            "nnyn",
		"any customer.addresses (city = 'y' and uses.by = 1)":                  "nnny",
		"count(customer.home.addresses where city = 'z') = 1":                  "nnny",
		"any customer (home.labels = 'l' and any addresses (count(uses) = 1))": "nnny",
		"customer.labels is empty":                                             "nnyn",
		"customer is empty":                                                    "yynn",
		"shop.addresses is empty":                                              "yyyn",
		"any shop.addresses (city = 's')":                                      "nnny",
		"any lines (any discounts (code = 'X'))":                               "nnny",
		"lines.discounts.code = 'X'":                                           "nnny",
		"all lines (count(discounts) > 1)":                                     "yynn",
		"count(lines.discounts) = 4":                                           "nnny",
		"count(lines.discounts.uses) = 3":                                      "nnny",
		"any lines (sku = 'b' and discounts.uses.by = 2)":                      "nnny",
		"any lines (sku = 'a' and discounts.uses.by = 2)":                      "nnnn",
		"any lines (sku is null)":                                              "nnyy",
		"any lines (discounts is empty)":                                       "nnyy",
		"any lines (any discounts (labels = 'new') and taxes.code = 'T')":      "nnny",
		"any lines (any discounts (code is null and uses is empty))":           "nnny",
		"any lines (lots.name = 'm' and sku = 'b')":                            "nnny",
		"count(lines.lots where name = 'l') = 1":                               "nnny",
		"lines.discounts.uses.by is null":                                      "nnny",
		"any lines.discounts.labels (this starts with 'n')":                    "nnny",
	} {
		f, err := compileNested(structs, mustParse(t, filter))
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if got, err := f.eval(text); err != nil || (got == dsl.True) != (want[i] == 'y') {
				t.Errorf("%s of %s: %v, %v", filter, text, got, err)
			}
		}
	}
}

// TestLongNestedStructs: structs are read in a time that is linear in them, whatever the order in
// which a filter reads its lists. A quadratic one would not end.
func TestLongNestedStructs(t *testing.T) {
	t.Parallel()
	row := nestedOrder{Lines: make([]*nestedLine, 400_000)}
	for i := range row.Lines {
		row.Lines[i] = &nestedLine{Discounts: []*nestedDiscount{{Uses: make([]nestedUse, 1)}, {Uses: make([]nestedUse, 2)}}, Taxes: make([]nestedTax, 1)}
	}
	for _, filter := range []string{
		"lines.discounts.uses.by = 1",
		"any lines (any discounts (any uses (by = 1)) or any discounts (any uses (by = 2)) or taxes.code = 'x')",
		"any lines (discounts.uses.by = 1 or discounts.code = taxes.code)",
	} {
		m, err := nestedSchema(t).Compile(filter, dsl.MaxSteps(100_000_000))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Test(&row); got || err != nil {
			t.Errorf("%s: %v, %v", filter, got, err)
		}
	}
}

// TestNestedValues: slices inside slices without any pointer.
func TestNestedValues(t *testing.T) {
	t.Parallel()
	type cell struct {
		Name string `filter:"name"`
	}
	type line struct {
		Cells []cell `filter:"cells"`
	}
	type table struct {
		Lines []line `filter:"lines"`
	}
	tables, err := dsl.For[table]()
	if err != nil {
		t.Fatal(err)
	}
	row := table{[]line{{}, {[]cell{{"a"}, {"b"}}}, {[]cell{{"c"}}}}}
	for filter, want := range map[string]bool{
		"lines.cells.name = 'a'": true, "lines.cells.name = 'c'": true, "lines.cells.name = 'd'": false, "count(lines.cells where name > 'a') = 2": true,
		"any lines (cells.name = 'b' and cells.name = 'a')": true, "any lines (cells.name = 'b' and cells.name = 'c')": false,
	} {
		m, err := tables.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Match(&row); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

// nestedObjects draws a list of objects; null stands for an object that is missing.
func nestedObjects(t *rapid.T, draw func() modeltest.Object) any {
	n := rapid.IntRange(-2, 3).Draw(t, "objects")
	if n < 0 {
		return nil
	}
	list := make([]modeltest.Object, n)
	for i := range list {
		if rapid.IntRange(0, 5).Draw(t, "null") > 0 {
			list[i] = draw()
		}
	}
	return list
}

// nestedObject draws an object that may be missing.
func nestedObject(t *rapid.T, draw func() modeltest.Object) any {
	if rapid.IntRange(0, 3).Draw(t, "none") == 0 {
		return nil
	}
	return draw()
}

func nestedText(t *rapid.T) any {
	return rapid.SampledFrom([]any{nil, "", "a", "b ", "100%"}).Draw(t, "text")
}

func nestedRow(t *rapid.T) modeltest.Object {
	number := func() any { return rapid.SampledFrom([]any{nil, 0, 1, 2, 7}).Draw(t, "number") }
	use := func() modeltest.Object { return modeltest.Object{"by": number()} }
	tax := func() modeltest.Object { return modeltest.Object{"code": nestedText(t)} }
	labels := func() any {
		return rapid.SampledFrom([]any{nil, []any{}, []any{"a"}, []any{"b ", "a"}}).Draw(t, "labels")
	}
	discount := func() modeltest.Object {
		return modeltest.Object{"code": nestedText(t), "percent": number(), "labels": labels(), "uses": nestedObjects(t, use)}
	}
	line := func() modeltest.Object {
		return modeltest.Object{"sku": nestedText(t), "discounts": nestedObjects(t, discount), "taxes": nestedObjects(t, tax)}
	}
	address := func() modeltest.Object {
		return modeltest.Object{"city": nestedText(t), "uses": nestedObjects(t, use)}
	}
	home := func() modeltest.Object {
		return modeltest.Object{"addresses": nestedObjects(t, address), "labels": labels()}
	}
	customer := func() modeltest.Object {
		return modeltest.Object{"name": nestedText(t), "labels": labels(), "addresses": nestedObjects(t, address), "home": nestedObject(t, home)}
	}
	return modeltest.Object{"id": 1, "note": nestedText(t), "customer": nestedObject(t, customer), "shop": home(), "lines": nestedObjects(t, line)}
}

// dotted returns a row as records have it: what is in a struct that is no reference has a name
// with dots.
func dotted(row modeltest.Object) modeltest.Object {
	flat := make(modeltest.Object)
	for name, v := range row {
		switch inside, ok := v.(modeltest.Object); {
		case ok && name == "customer":
			flat[name] = dotted(inside)
		case ok:
			for member, v := range inside {
				flat[name+"."+member] = v
			}
		case v != nil:
			flat[name] = v
		}
	}
	return flat
}

// TestNestedRowsAgree: structs, maps and JSON have the answer of the plain evaluator, whatever
// lists are in lists.
func TestNestedRowsAgree(t *testing.T) {
	t.Parallel()
	structs := nestedSchema(t)
	s := structs.Schema()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(treetest.CheckedTrees(s), treetest.ComputedTrees(s)).Draw(t, "tree")
		parsed, err := dsl.Parse(dsl.Format(n))
		if err != nil {
			t.Fatal(err)
		}
		f, err := compileNested(structs, parsed)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // by one filter, which keeps nothing of the row before
			row := nestedRow(t)
			text, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			want := dsltest.Eval(n, modeltest.MustRecord(s, dotted(row)))
			if got, err := f.eval(string(text)); err != nil || got != want {
				t.Fatalf("%s of %s: %v, want %v: %v", dsl.Format(n), text, got, want, err)
			}
		}
	})
}

// TestNestedTwice: an object that has a list twice, once by a name with dots, is refused.
func TestNestedTwice(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("rows",
		model.Field{Name: "a", Type: model.TypeRefs},
		model.Field{Name: "a.b.c", Type: model.TypeRefs, Through: "a"},
		model.Field{Name: "a.b.c.d", Type: model.TypeInt, Through: "a.b.c"})
	if err != nil {
		t.Fatal(err)
	}
	texts, err := dsl.JSON(s).Compile("any a (any b.c (d = 1))")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := dsl.Map(s).Compile("any a (any b.c (d = 1))")
	if err != nil {
		t.Fatal(err)
	}
	for text, fails := range map[string]bool{
		`{"a": [{"b.c": [{"d": 2}]}, {"b": {"c": [{"d": 1}]}}]}`: false,
		`{"a": [{"b.c": [{"d": 2}], "b": {"c": [{"d": 1}]}}]}`:   true,
		`{"a": [{"b.c": null, "b": {"c": [{"d": 1}]}}]}`:         true,
		`{"a": [{"b.c": 5}]}`:      true,
		`{"a": [{"b.c": [5]}]}`:    true,
		`{"a": [{"b.c": [null]}]}`: false,
	} {
		if _, err := texts.Match([]byte(text)); (err != nil) != fails {
			t.Errorf("%s: %v", text, err)
		}
		var row map[string]any
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatal(err)
		}
		if _, err := maps.Match(row); (err != nil) != fails {
			t.Errorf("%s as a map: %v", text, err)
		}
	}
}
