//go:build !race

package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestNestedAllocatesNothing holds the memory of conditions on lists inside lists: over records,
// and over structs that are on the stack.
func TestNestedAllocatesNothing(t *testing.T) {
	two := ordersWithLines()["two"]
	for _, filter := range nestedFilters() {
		p, err := dsl.Compile(checkOrders(t, filter).Root, modeltest.Orders())
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() { p.Match(two); p.Eval(two); _, _ = p.Test(two) }); n != 0 {
			t.Errorf("%s: %v allocations", filter, n)
		}
	}
	code, by := "a", 2
	row := nestedOrder{Lines: []*nestedLine{{SKU: &code, Discounts: []*nestedDiscount{{Code: &code, Labels: []string{"x"}, Uses: []nestedUse{{By: &by}, {}}}, nil}}, nil}}
	for _, filter := range []string{
		"lines.discounts.code = 'a' and any lines (any discounts (any uses (by = 2) and labels = 'x') and count(discounts) = 2)",
		"all lines (count(discounts.uses) > 5) or lines.discounts.uses.by = 7 or lines.discounts.code = lines.sku",
		"id = 1",
	} {
		m, err := nestedSchema(t).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(100, func() {
			local := row
			m.Match(&local)
			_, _ = m.Test(&local)
			_, _ = m.Eval(&local)
		})
		if n != 0 {
			t.Errorf("%s of a struct: %v allocations", filter, n)
		}
	}
}
