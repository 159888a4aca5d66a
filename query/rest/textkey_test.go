package rest_test

import (
	"net/url"
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

// coded describes the shop's orders where their ids are texts.
func coded(style rest.Style) rest.Definition {
	d := orders(style)
	d.Fields[0].Type = model.TypeString
	return d
}

// codes runs a query and returns the ids that came, in order.
func codes(t *testing.T, src *rest.Source[model.DynamicRow], filter string, opts ...query.Option) (ids []string) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.Key().Str())
	}
	return ids
}

// TestTextKeys: rows that are told apart by a text keep every promise, however pages
// follow one another and though every nineteenth request fails.
func TestTextKeys(t *testing.T) {
	for _, style := range []rest.Style{rest.After, rest.Token, rest.Link, rest.Offset, rest.Page} {
		t.Run(string(style), func(t *testing.T) {
			server, src := shop(t, orderstest.Options{Style: string(style), Codes: true, Orders: 120, Fault: 19}, coded(style))
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
			var all []string
			for _, o := range server.Orders {
				all = append(all, o.Code)
			}
			if got := codes(t, src, ""); !slices.Equal(got, all) {
				t.Errorf("the rows are %q, want %q", got, all)
			}
			slices.Sort(all)
			if got := codes(t, src, "", query.OrderBy("id"), query.Limit(30)); !slices.Equal(got, all[:30]) {
				t.Errorf("the first rows by id are %q, want %q", got, all[:30])
			}
			if got := codes(t, src, "id in ('07', '7', '"+strings.ToLower(all[100])+"') or id = '"+all[100]+"'", query.OrderBy("id")); !slices.Equal(got, []string{"07", "7", all[100]}) {
				t.Errorf("the rows by three ids are %q", got)
			}
		})
	}
}

// TestTextKeyDialect: what the key-value dialect calls exact of such a key, the shop
// answers exactly.
func TestTextKeyDialect(t *testing.T) {
	server, src := shop(t, orderstest.Options{Style: "token", Codes: true, Orders: 120}, coded(rest.Token))
	all, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]model.Record)
	for row, err := range all.All() {
		if err != nil {
			t.Fatal(err)
		}
		rows[row.Key().Str()] = &row
	}
	err = querytest.TestDialect(src, rows, func(q url.Values) (ids []string, err error) {
		found, err := server.Match(q)
		for _, o := range found {
			ids = append(ids, o.Code)
		}
		return ids, err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTextKeysTwice: a row that two pages have is dropped and counted, whatever names the
// page, under faults too. The suite names it unless pages go by offset.
func TestTextKeysTwice(t *testing.T) {
	for _, style := range []rest.Style{rest.After, rest.Token, rest.Link, rest.Offset, rest.Page} {
		server, src := shop(t, orderstest.Options{Style: string(style), Codes: true, Twice: true, Fault: 5}, coded(style))
		first := server.Orders[99].Code // the last of the first page
		if got := codes(t, src, ""); len(got) != len(server.Orders) || got[99] != first || got[100] == first {
			t.Errorf("%s: %d rows of %d, %q", style, len(got), len(server.Orders), got[99:101])
		}
		if style == rest.Offset || style == rest.Page {
			continue
		}
		const want = `exactly once: 2 of 230 rows came twice in one walk over all rows`
		if err := querytest.TestSource(t.Context(), src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s in it", style, err, want)
		}
	}
}

// TestTextKeyRefused: a text can be the key where pages follow one another, and no
// other type can be at all.
func TestTextKeyRefused(t *testing.T) {
	nullable, boolean, keyset := coded(rest.Token), coded(rest.Token), coded(rest.Keyset)
	nullable.Fields[0].Nullable, boolean.Fields[0].Type = true, model.TypeBool
	boolean.Fields[0].Params = nil
	keyset.Syntax, keyset.Paging.Sort = shipstream.Syntax(wire.Profile{}), ""
	for i := range keyset.Fields {
		keyset.Fields[i].Params = nil
	}
	for want, d := range map[string]rest.Definition{
		`the key "id" is a string, and paging by forward compares ids as numbers; it must be of type int, or pages go by after, token, link, offset or page`: coded(rest.Forward),
		`the key "id" is a string, and paging by keyset compares ids as numbers; `:                                                                           keyset,
		`the key "id" must be a field of type int or string that is never null`:                                                                              nullable,
		`the key "id" must be a field of type int or string`:                                                                                                 boolean,
	} {
		if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("got %v, want %s and no more", err, want)
		}
	}
}
