package dsl_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

func checkOrders(t *testing.T, filter string) *dsl.Checked {
	t.Helper()
	c, err := dsl.Check(mustParse(t, filter), modeltest.Orders())
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return c
}

// ordersWithLines are rows whose lines have discounts, and some of these uses.
func ordersWithLines() map[string]*modeltest.Record {
	type (
		object = modeltest.Object
		list   = []modeltest.Object
	)
	order := func(fields map[string]any) *modeltest.Record {
		fields["id"] = 1
		return modeltest.MustRecord(modeltest.Orders(), fields)
	}
	discount := func(code any, percent int, uses ...object) object {
		return object{"code": code, "percent": percent, "uses": uses}
	}
	return map[string]*modeltest.Record{
		"none":  order(map[string]any{}),
		"empty": order(map[string]any{"lines": list{{"sku": "a", "discounts": list{}}, {"sku": "b"}, {"discounts": nil}}}),
		"two": order(map[string]any{"lines": list{
			{"sku": "a", "quantity": 2, "discounts": list{discount("X", 5, object{"by": 1}), discount("Y", 10)}, "taxes": list{{"code": "T"}}},
			{"sku": "b", "quantity": 1, "product": object{"name": "B"}, "discounts": list{discount("Y", 10), discount("Z", 20, object{"by": 2}, object{"by": 3}), discount(nil, 1)}},
		}, "customer": object{"name": "Ann", "addresses": list{{"city": "Oslo"}, {"city": "Bern"}}}}),
		"late": order(map[string]any{"lines": list{
			{"sku": "a"}, {"sku": "X", "discounts": list{discount("X", 1)}, "taxes": list{{"code": "X"}, {"code": "U"}}},
		}, "customer": object{"name": "Bo"}}),
	}
}

// TestNested: the answers of conditions on lists of objects inside lists of objects, row by row.
func TestNested(t *testing.T) {
	t.Parallel()
	const rows = "none empty two late"
	orders := ordersWithLines()
	for filter, want := range map[string]string{ // by row: y(es), n(o); none is unknown
		"any lines (any discounts (code = 'X'))":                                              "nnyy",
		"any lines (discounts.code = 'X')":                                                    "nnyy",
		"lines.discounts.code = 'X'":                                                          "nnyy",
		"lines.discounts.code != 'X'":                                                         "yynn",
		"lines.discounts.code is null":                                                        "nnyn",
		"any lines.discounts (code = 'X')":                                                    "nnyy",
		"any lines.discounts (code = 'Y' and percent = 20)":                                   "nnnn",
		"any lines.discounts (code = 'Z' and percent = 20)":                                   "nnyn",
		"all lines (count(discounts) > 1)":                                                    "ynyn",
		"all lines (any discounts (code = 'Y'))":                                              "ynyn",
		"any lines (no discounts (code = 'X'))":                                               "nyyy",
		"no lines (any discounts (code = 'X'))":                                               "yynn",
		"all lines.discounts (percent < 20)":                                                  "yyny",
		"all lines (all discounts (code is not null))":                                        "yyny",
		"not all lines (any discounts (percent > 1))":                                         "nyny",
		"any lines (sku = 'a' and discounts.percent = 20)":                                    "nnnn",
		"any lines (sku = 'b' and discounts.percent = 20)":                                    "nnyn",
		"any lines (sku = 'b' and any discounts (code = 'Y') and any discounts (code = 'Z'))": "nnyn",
		"any lines (any taxes (code = 'T') and any discounts (code = 'X'))":                   "nnyn",
		"any lines (discounts is empty)":                                                      "nyny",
		"any lines (discounts is not empty and sku = 'b')":                                    "nnyn",
		"lines.discounts is empty":                                                            "nyny",
		"lines.discounts is not empty":                                                        "ynyn",
		"count(lines.discounts) = 5":                                                          "nnyn",
		"count(lines.discounts) = 0":                                                          "yynn",
		"count(lines.discounts where code = 'Y') = 2":                                         "nnyn",
		"count(lines where count(discounts) = 3) = 1":                                         "nnyn",
		"count(lines.discounts.uses) = 3":                                                     "nnyn",
		"count(lines.discounts.uses) = count(lines) + 1":                                      "nnyn",
		"any lines (count(discounts) = quantity)":                                             "nnyn",
		"any lines (count(discounts) = quantity and sku = 'b')":                               "nnnn",
		"any lines (any discounts (count(uses) > percent - 9 and count(uses) < percent))":     "nnyy",
		"any lines (count(discounts.uses) = 2)":                                               "nnyn",
		"any lines (any discounts (any uses (by = 2) and percent = 20))":                      "nnyn",
		"any lines (any discounts.uses (by = 3))":                                             "nnyn",
		"any lines (any discounts (any uses (by = 2)) and any discounts (any uses (by = 3)))": "nnyn",
		"any lines (any discounts (any uses (by = 1)) and any discounts (any uses (by = 3)))": "nnnn",
		"lines.discounts.uses.by = 3":                                                         "nnyn",
		"any lines (discounts.uses is empty)":                                                 "nnyy",
		"lines.discounts.code = lines.sku":                                                    "nnny",
		"lines.discounts.code = lines.taxes.code":                                             "nnny",
		"any lines (discounts.code = sku)":                                                    "nnny",
		"any lines (discounts.code = taxes.code)":                                             "nnny",
		"any lines (lower(discounts.code) = 'z')":                                             "nnyn",
		"lines.discounts.percent > lines.discounts.uses.by + 17":                              "nnyn",
		"lines.discounts.uses.by + lines.quantity > lines.discounts.percent":                  "nnnn",
		"lines.discounts.uses.by + lines.quantity + 16 >= lines.discounts.percent":            "nnyn",
		"lines.product.name = 'B'":                                                            "nnyn",
		"any lines (product is null and discounts.code = 'X')":                                "nnyy",
		"any lines (any product (name = 'B') and count(discounts) = 3)":                       "nnyn",
		"count(lines.product) = 1":                                                            "nnyn",
		"customer.addresses.city = 'Bern'":                                                    "nnyn",
		"any customer (any addresses (city = 'Oslo') and name = 'Ann')":                       "nnyn",
		"any customer (addresses is empty)":                                                   "nnny",
		"customer.addresses is empty":                                                         "nnny",
	} {
		c := checkOrders(t, filter)
		for form, n := range map[string]dsl.Node{"as it is": c.Root, "simplified": dsl.Simplify(c.Root), "folded": dsl.Fold(c.Root), "normal": dsl.NNF(c.Root)} {
			p, err := dsl.Compile(n, c.Schema)
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range strings.Fields(rows) { // by one predicate, which keeps nothing of the row before
				answer := dsl.False
				if want[i] == 'y' {
					answer = dsl.True
				}
				if got := p.Eval(orders[name]); got != answer {
					t.Errorf("%s, %s, of %s: %v, want %v", filter, form, name, got, answer)
				}
				if got := dsltest.Eval(n, orders[name]); got != answer {
					t.Errorf("%s, %s, of %s, by the plain evaluator: %v, want %v", filter, form, name, got, answer)
				}
			}
		}
	}
}

// TestRandomNested compares filters over random lists inside lists with the plain evaluator, and
// with their other forms.
func TestRandomNested(t *testing.T) {
	t.Parallel()
	s := modeltest.Orders()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(treetest.CheckedTrees(s), treetest.ComputedTrees(s)).Draw(t, "tree")
		row := valuetest.Of(func(c modeltest.Choices) *modeltest.Record { return c.Record(s) }).Draw(t, "row")
		want := dsltest.Eval(n, row)
		for form, n := range map[string]dsl.Node{"as it is": n, "simplified": dsl.Simplify(n), "folded": dsl.Fold(n)} {
			p, err := dsl.Compile(n, s)
			if err != nil {
				t.Fatal(err)
			}
			got := p.Eval(row)
			if got != want && (form != "simplified" || p.Match(row) != (want == dsl.True)) { // which keeps what is true
				t.Fatalf("%s, %s, of %v: %v, want %v", dsl.Format(n), form, row, got, want)
			}
		}
	})
}

// manyLines is a row with many lines, each with as many discounts, and each of these with uses.
// It counts what is read of it.
type manyLines struct {
	*model.Schema

	lines, discounts, uses int
	reads                  *int
}

func (r manyLines) Value(int) model.Value { return model.Int(1) }

func (r manyLines) Len(field int) int {
	f := r.Field(field)
	if f.Through == "" && f.Name != "lines" {
		return 0
	}
	n := r.lines
	for of := f.Reference(); of != nil && of.Name != "lines"; of = of.Reference() {
		n *= r.in(of)
	}
	return n
}

func (r manyLines) in(f *model.Field) int {
	return map[string]int{"lines.discounts": r.discounts, "lines.discounts.uses": r.uses, "lines.taxes": 1}[f.Name]
}

func (r manyLines) At(field, _ int) model.Value {
	*r.reads++
	switch f := r.Field(field); f.Type { //nolint:exhaustive // the others are numbers
	case model.TypeRefs, model.TypeRef:
		if n := r.in(f); n > 0 {
			return model.Int(int64(n))
		}
		return model.Null()
	case model.TypeString:
		return model.String("a")
	}
	return model.Int(1)
}

// nestedFilters read every object of a row.
func nestedFilters() []string {
	return []string{
		"lines.discounts.percent = 2",
		"any lines (any discounts (percent = 2))",
		"any lines (discounts.percent = 2)",
		"any lines (any discounts (percent = 2) or any discounts (percent = 3) or any taxes (code = 'x'))",
		"any lines (any discounts (any uses (by = 2)) or any discounts (any uses (by = 3)) or discounts.uses.by = 4)",
		"all lines (count(discounts) + quantity > 1 and count(discounts.uses) * quantity > 1)",
		"count(lines.discounts) < 0 - id or count(lines.discounts.uses where by = 2) > 0",
		"lines.discounts.percent > lines.quantity",
		"lines.discounts.uses.by > lines.quantity",
		"any lines (discounts.uses.by > quantity)",
		"any lines (any discounts (count(uses where by = 2) > percent))",
		"lines.discounts is empty or lines.discounts.uses is empty",
	}
}

// TestNestedIsLinear: nested conditions read each object a few times, however many there are.
func TestNestedIsLinear(t *testing.T) {
	t.Parallel()
	for _, filter := range nestedFilters() {
		c := checkOrders(t, filter)
		p, err := dsl.Compile(c.Root, c.Schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, lines := range []int{10, 1000} {
			reads := 0
			p.Match(manyLines{c.Schema, lines, 3, 4, &reads})
			if objects := lines * (1 + 3 + 12); reads > 12*objects {
				t.Errorf("%s reads %d values of %d objects", filter, reads, objects)
			}
		}
	}
}

// TestNestedSteps: a limit of steps bounds nested conditions, whether objects are found or are
// only passed on the way to those inside.
func TestNestedSteps(t *testing.T) {
	t.Parallel()
	for _, filter := range nestedFilters() {
		c := checkOrders(t, filter)
		p, err := dsl.Compile(c.Root, c.Schema, dsl.MaxSteps(1000))
		if err != nil {
			t.Fatal(err)
		}
		for name, row := range map[string]manyLines{
			"full":  {c.Schema, 1_000_000, 2, 2, new(int)},
			"empty": {c.Schema, 1_000_000, 0, 0, new(int)},
		} {
			if filter == "lines.discounts is empty or lines.discounts.uses is empty" && name == "empty" {
				continue // the first line has the answer
			}
			if filter == "all lines (count(discounts) + quantity > 1 and count(discounts.uses) * quantity > 1)" && name == "empty" {
				continue
			}
			if _, err := p.Test(row); !errors.Is(err, dsl.ErrSteps) {
				t.Errorf("%s of a %s row: %v", filter, name, err)
			}
			if *row.reads > 10_000 {
				t.Errorf("%s of a %s row reads %d values in 1000 steps", filter, name, *row.reads)
			}
		}
	}
}
