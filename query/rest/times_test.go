package rest_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// timed describes orders whose instants are in a format, and the parameters that
// placed_at has.
func timed(f model.TimeFormat, params map[string]string) rest.Definition {
	d := orders(rest.Token)
	for i := range d.Fields {
		if d.Fields[i].Type == model.TypeDateTime {
			d.Fields[i].Format = f
		}
	}
	d.Fields[5].Params = params
	return d
}

func timeFormats() []model.TimeFormat {
	return []model.TimeFormat{model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatUnix, model.FormatUnixMilli, model.FormatDate}
}

func timesOption(f model.TimeFormat) orderstest.Options {
	o := orderstest.Options{Style: "token", Orders: 60, Times: f.String()}
	if f == model.FormatRFC3339 {
		o.Times = ""
	}
	return o
}

// placedParams are what a server may have for placed_at: the operators that bound
// strictly, those that do not, and all.
func placedParams() []map[string]string {
	strict := map[string]string{"gt": "placed_after", "lt": "placed_before", "neq": "not_placed"}
	loose := map[string]string{"gteq": "placed_from", "lteq": "placed_until", "eq": "placed", "in": "placed"}
	all := maps.Clone(strict)
	maps.Copy(all, loose)
	return []map[string]string{strict, loose, all, {"lteq": "placed_until"}, {"gt": "placed_after"}}
}

// TestTimeFormats: a listing whose instants are numbers or dates keeps every promise
// of a source, and what its dialect calls exact the server answers exactly, whichever
// operators it has.
func TestTimeFormats(t *testing.T) {
	for _, f := range timeFormats() {
		t.Run(f.String(), func(t *testing.T) {
			_, src := shop(t, timesOption(f), timed(f, placedParams()[2]))
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
			for _, params := range placedParams() {
				server, src := shop(t, timesOption(f), timed(f, params))
				testDialect(t, server, src)
			}
		})
	}
}

// TestTimeParameters: how an instant is said in each format, and what of it.
func TestTimeParameters(t *testing.T) {
	strict, loose, all := placedParams()[0], placedParams()[1], placedParams()[2]
	for _, test := range []struct {
		format model.TimeFormat
		params map[string]string
		filter string
		want   string // of the plan
	}{
		{model.FormatUnix, strict, "placed_at > 2024-01-31T12:00", "limit=100&placed_after=1706702400\n"},
		{model.FormatUnix, loose, "placed_at > 2024-01-31T12:00", "limit=100&placed_from=1706702401\n"},
		{model.FormatUnix, loose, "placed_at in (2024-01-31, 2024-02-01)", "limit=100&placed=1706659200,1706745600\n"},
		{model.FormatUnix, strict, "placed_at > 2024-01-31T12:00:00.75Z", "limit=100&placed_after=1706702400\n"},
		{model.FormatUnix, loose, "placed_at >= 2024-01-31T12:00:00.75Z", "limit=100&placed_from=1706702401\n"},
		{model.FormatUnix, loose, "placed_at = 2024-01-31T12:00:00.75Z", "no row satisfies"},
		{model.FormatUnixMilli, strict, "placed_at > 2024-01-31T12:00", "limit=100&placed_after=1706702400000\n"},
		{model.FormatUnixMilli, strict, "placed_at > 2024-01-31T12:00:00.75Z", "limit=100&placed_after=1706702400750\n"},
		{model.FormatUnixMilli, loose, "placed_at > 2024-01-31T12:00", "limit=100&placed_from=1706702400001\n"},
		{model.FormatUnixMilli, loose, "placed_at >= 2024-01-31T12:00:00.7505Z", "limit=100&placed_from=1706702400751\n"},
		{model.FormatUnixMilli, loose, "placed_at < 2024-01-31T12:00", "limit=100&placed_until=1706702399999\n"},
		{model.FormatUnixMilli, loose, "placed_at = 2024-01-31T12:00:00.5Z", "limit=100&placed=1706702400500\n"},
		{model.FormatUnixMilli, loose, "placed_at on 2024-01-31", "limit=100&placed_from=1706659200000&placed_until=1706745599999\n"},
		{model.FormatUnixMilli, strict, "placed_at != 2024-01-31T12:00", "limit=100&not_placed=1706702400000\n"},
		{model.FormatUnixMilli, loose, "placed_at in (2024-01-31, 2024-02-01T00:00:00.25Z)", "limit=100&placed=1706659200000,1706745600250\n"},
		{model.FormatRFC3339, loose, "placed_at > 2024-01-31T12:00:00.75Z", "limit=100&placed_from=2024-01-31T12:00:01Z\n"},
		{model.FormatRFC3339, loose, "placed_at on 2024-01-31", "limit=100&placed_from=2024-01-31T00:00:00Z&placed_until=2024-01-31T23:59:59Z\n"},
		{model.FormatRFC3339Nano, strict, "placed_at > 2024-01-31T12:00", "limit=100&placed_after=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, loose, "placed_at >= 2024-01-31T12:00", "limit=100&placed_from=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, strict, "placed_at < 2024-01-31T12:00", "limit=100&placed_before=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, loose, "placed_at <= 2024-01-31T12:00", "limit=100&placed_until=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, all, "placed_at = 2024-01-31T12:00", "limit=100&placed=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, all, "placed_at != 2024-01-31T12:00", "limit=100&not_placed=2024-01-31T12:00:00Z\n"},
		{model.FormatRFC3339Nano, all, "placed_at on 2024-01-31", "limit=100&placed_before=2024-02-01T00:00:00Z&placed_from=2024-01-31T00:00:00Z\n"},
		{model.FormatRFC3339Nano, all, "placed_at in (2024-01-31, 2024-02-01)", "limit=100&placed=2024-01-31T00:00:00Z,2024-02-01T00:00:00Z\n"},
		{model.FormatRFC3339Nano, loose, "placed_at > 2024-01-31T12:00", "because the definition has no parameter for gt of placed_at"},
		{model.FormatRFC3339Nano, strict, "placed_at <= 2024-01-31T12:00", "because the definition has no parameter for lteq of placed_at"},
		{model.FormatRFC3339Nano, strict, "placed_at > 2024-01-31T12:00:00.75Z", "because the API is not asked for instants within a second"},
		{model.FormatRFC3339Nano, all, "placed_at != 2024-01-31T12:00:00.75Z", "because the API is not asked for instants within a second"},
		{model.FormatRFC3339Nano, all, "placed_at in (2024-01-31, 2024-02-01T00:00:00.5Z)", "because the API is not asked for instants within a second"},
		{model.FormatDate, strict, "placed_at > 2024-01-31T12:00", "limit=100&placed_after=2024-01-31\n"},
		{model.FormatDate, strict, "placed_at >= 2024-01-31T12:00", "limit=100&placed_after=2024-01-31\n"},
		{model.FormatDate, strict, "placed_at >= 2024-01-31", "limit=100&placed_after=2024-01-30\n"},
		{model.FormatDate, strict, "placed_at < 2024-01-31T12:00", "limit=100&placed_before=2024-02-01\n"},
		{model.FormatDate, loose, "placed_at < 2024-01-31", "limit=100&placed_until=2024-01-30\n"},
		{model.FormatDate, loose, "placed_at on 2024-01-31", "limit=100&placed_from=2024-01-31&placed_until=2024-01-31\n"},
		{model.FormatDate, loose, "placed_at = 2024-01-31T12:00", "no row satisfies `placed_at = 2024-01-31T12:00:00Z`"},
		{model.FormatDate, loose, "placed_at in (2024-01-31T12:00, 2024-01-31, 2024-03-01)", "limit=100&placed=2024-01-31,2024-03-01\n"},
		{model.FormatDate, loose, "placed_at in (2024-01-31T12:00, 2024-01-30T12:00)", "no row satisfies"},
		{model.FormatDate, strict, "placed_at != 2024-01-31T12:00", "because the definition has no parameter for null of placed_at"},
	} {
		src, err := rest.New(nil, timed(test.format, test.params))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := query.Prepare(src, test.filter)
		if err != nil {
			t.Fatalf("%s: %v", test.filter, err)
		}
		if !strings.Contains(plan.String()+"\n", test.want) {
			t.Errorf("%v, %s: lacks %q\n%v", test.format, test.filter, test.want, plan)
		}
		if told := strings.HasPrefix(test.want, "because"); plan.Exact() == told {
			t.Errorf("%v, %s: exact %v", test.format, test.filter, plan.Exact())
		}
	}
}

// TestTimeFormatFaults: what a server cannot be told in a format is no part of a
// definition.
func TestTimeFormatFaults(t *testing.T) {
	d := timed(model.FormatDate, nil)
	d.Syntax = shipstream.Syntax(wire.Profile{})
	for i := range d.Fields {
		d.Fields[i].Params, d.Fields[i].Filter = nil, d.Fields[i].Name == "paid_at"
	}
	_, err := rest.New(nil, d)
	if want := "the dialect shipstream has instants in the format rfc3339 alone, and paid_at is in date"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestFractionsOutward: a bound within a second is kept whichever operators the server has:
// it is asked for the rows of that second too, and the residual decides.
func TestFractionsOutward(t *testing.T) {
	for _, f := range []model.TimeFormat{model.FormatRFC3339Nano, model.FormatUnixMilli} {
		for _, params := range placedParams() {
			server, src := shop(t, timesOption(f), timed(f, params))
			for _, order := range server.Orders[:12] {
				at := order.PlacedAt
				if f == model.FormatUnixMilli {
					at = at.Truncate(time.Millisecond)
				}
				for op, holds := range map[string]func(int) bool{
					"=": func(c int) bool { return c == 0 }, "<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
					">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 }, "!=": func(c int) bool { return c != 0 },
				} {
					want := 0
					for _, o := range server.Orders {
						placed := o.PlacedAt
						if f == model.FormatUnixMilli {
							placed = placed.Truncate(time.Millisecond)
						}
						if holds(placed.Compare(at)) {
							want++
						}
					}
					filter := "placed_at " + op + " " + at.Format(time.RFC3339Nano)
					if got, err := count(t, src, filter); err != nil || got != want {
						t.Errorf("%v, %v, %s: %d rows, %v, want %d", f, params, filter, got, err, want)
					}
				}
			}
		}
	}
}

// TestFractions: a server that writes fractions of a second compares and sorts by them,
// so that a field by which it does is refused unless it is declared with fractions.
// Where it does neither, all is compared here, and the fraction is of no account.
func TestFractions(t *testing.T) {
	for name, test := range map[string]struct {
		params  map[string]string
		sort    bool
		syntax  rest.Syntax
		refused bool
	}{
		"compared": {params: map[string]string{"gt": "placed_after"}, refused: true},
		"sorted":   {sort: true, refused: true},
		"neither":  {},
		"null":     {params: map[string]string{"null": "placed_never"}},
		"api":      {sort: true, syntax: shipstream.Syntax(wire.Profile{})},
	} {
		t.Run(name, func(t *testing.T) {
			d := timed(model.FormatRFC3339, test.params)
			d.Syntax = test.syntax
			d.Fields[5].Sort, d.Fields[6].Params = test.sort, nil
			if test.syntax != nil {
				for i := range d.Fields {
					d.Fields[i].Params = nil
				}
			}
			_, src := shop(t, orderstest.Options{Style: "token", Orders: 60, Times: "rfc3339nano"}, d)
			rows, err := count(t, src, "")
			switch {
			case !test.refused && (err != nil || rows != 60):
				t.Errorf("got %d rows, %v", rows, err)
			case test.refused && (err == nil || !strings.Contains(err.Error(), "/orders/0/placed_at (id 3)") || !strings.Contains(err.Error(), "format: rfc3339nano")):
				t.Errorf("got %v, want an error of the fraction", err)
			}
		})
	}
}

// count returns how many rows came before the end, or an error.
func count(t *testing.T, src *rest.Source[model.DynamicRow], filter string) (n int, err error) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, filter)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
