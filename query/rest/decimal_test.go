package rest_test

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// priced describes orders that have a price, and the parameters for it.
func priced(params map[string]string) rest.Definition {
	d := orders(rest.Token)
	d.Fields = append(d.Fields, rest.Field{
		Field:  model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true, Returned: model.ReturnedAlways},
		Params: params, Sort: true,
	})
	return d
}

// priceParams are what a server may have for a price: the operators that bound
// strictly, those that do not, and the one for several values beside the strict ones.
func priceParams() []map[string]string {
	return []map[string]string{
		{"gt": "above_price", "lt": "below_price", "neq": "not_price"},
		{"gteq": "min_price", "lteq": "max_price", "eq": "is_price", "in": "is_price"},
		{"gt": "above_price", "lt": "below_price", "in": "is_price"},
	}
}

// TestDecimals: a listing with decimals, in numbers or in strings, keeps every promise
// of a source, and what its dialect calls exact the server answers exactly.
func TestDecimals(t *testing.T) {
	for _, written := range []string{"number", "string"} {
		for i, params := range priceParams() {
			server, src := shop(t, orderstest.Options{Style: "token", Orders: 40, Prices: written}, priced(params))
			if i == 0 {
				if err := querytest.TestSource(t.Context(), src); err != nil {
					t.Errorf("%s: %v", written, err)
				}
			}
			testDialect(t, server, src)
		}
	}
}

// TestNestedScalars: decimals, dates and the like are read from objects of a row, too.
func TestNestedScalars(t *testing.T) {
	d := priced(priceParams()[0])
	paths := map[string]string{"price": "amount.net.price", "placed_at": "times.placed", "paid_at": "times.paid"}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Type == model.TypeDateTime {
			f.Format = model.FormatDate
		}
		f.Name = cmp.Or(paths[f.Name], f.Name)
	}
	server, src := shop(t, orderstest.Options{Style: "token", Orders: 60, Prices: "string", Times: "date", Paths: paths}, d)
	if err := querytest.TestSource(t.Context(), src); err != nil {
		t.Error(err)
	}
	testDialect(t, server, src)
}

// TestDecimalAnswers: filters and orders by a price, here and at the server, against
// arithmetic that is exact.
func TestDecimalAnswers(t *testing.T) {
	number := func(text string) *big.Rat {
		r, _ := new(big.Rat).SetString(text)
		return r
	}
	for _, params := range append(priceParams(), nil) {
		for _, sorts := range []bool{true, false} {
			d := priced(params)
			d.Fields[len(d.Fields)-1].Sort = sorts
			server, src := shop(t, orderstest.Options{Style: "token", Prices: "string"}, d)
			for filter, keep := range map[string]func(*big.Rat) bool{
				"price = 12.50":                func(r *big.Rat) bool { return r.Cmp(number("12.5")) == 0 },
				"price > 12.5":                 func(r *big.Rat) bool { return r.Cmp(number("12.5")) > 0 },
				"price <= 7.125":               func(r *big.Rat) bool { return r.Cmp(number("7.125")) <= 0 },
				"price >= 99999999999.9999998": func(r *big.Rat) bool { return r.Cmp(number("99999999999.9999998")) >= 0 },
				"price > 99999999999.9999999":  func(*big.Rat) bool { return false },
				"price in (100, 0.05, 1.1)":    func(r *big.Rat) bool { return r.Cmp(number("100")) == 0 || r.Cmp(number("0.05")) == 0 },
				"price != 100 and price between 0 and 1000": func(r *big.Rat) bool {
					return r.Cmp(number("100")) != 0 && r.Sign() >= 0 && r.Cmp(number("1000")) <= 0
				},
			} {
				var want []orderstest.Order
				for _, o := range server.Orders {
					if r := number(o.Price); r != nil && keep(r) {
						want = append(want, o)
					}
				}
				slices.SortFunc(want, func(a, b orderstest.Order) int {
					return cmp.Or(-number(a.Price).Cmp(number(b.Price)), cmp.Compare(a.ID, b.ID))
				})
				rows, err := query.Run(t.Context(), src, filter, query.OrderBy("-price,id"))
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for row, err := range rows.All() {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, row.ID)
				}
				if !slices.EqualFunc(got, want, func(id int64, o orderstest.Order) bool { return id == o.ID }) {
					t.Errorf("%s, %v: %d rows %v, want %d", filter, params, len(got), got, len(want))
				}
			}
		}
	}
}

// TestDecimalParameters: a decimal is said without an exponent and without zeros at
// its end.
func TestDecimalParameters(t *testing.T) {
	for filter, want := range map[string]string{
		"price > 12.50":       "above_price=12.5&limit=100\n",
		"price >= 12.50":      "above_price=",
		"price < 100.00":      "below_price=100&limit=100\n",
		"price != -0.5":       "limit=100&not_price=-0.5\n",
		"price in (0.10, 20)": "because the definition has no parameter for in of price",
	} {
		src, err := rest.New(nil, priced(priceParams()[0]))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := query.Prepare(src, filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(plan.String()+"\n", want); got == (filter == "price >= 12.50") { // a strict bound would lose 12.50 itself
			t.Errorf("%s: %q is there: %v\n%v", filter, want, got, plan)
		}
	}
	d := priced(nil)
	d.Syntax = shipstream.Syntax(wire.Profile{})
	for i := range d.Fields {
		d.Fields[i].Params, d.Fields[i].Filter = nil, d.Fields[i].Name == "price"
	}
	_, err := rest.New(nil, d)
	if want := "the dialect shipstream has no decimals, and price is one"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
