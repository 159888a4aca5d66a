package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

// shopOrders is a definition of orders that is true, to be spoilt by replacing parts of it.
const shopOrders = `
resource: orders
path: /orders
dialect: key-value
layout: {rows: orders, has_more: more, next: next_page}
paging: {style: token, max: 100, limit: limit, sort: order, token: page}
fields:
  - {name: id, type: int, sort: true, params: {eq: id, lt: id_below}}
  - {name: status, type: string, collation: binary, params: {eq: status, in: status, neq: not_status}}
  - {name: note, type: string, collation: binary, nullable: true, params: {start: note_prefix}}
  - {name: total, type: int, sort: true, params: {gteq: min_total, lteq: max_total}}
  - {name: express, type: bool, params: {eq: express}}
  - {name: placed_at, type: datetime, sort: true, params: {gt: placed_after, lt: placed_before}}
  - {name: paid_at, type: datetime, nullable: true, params: {gteq: paid_since}}
`

// examineShop looks at a listing of a handler by a definition.
func examineShop(t *testing.T, handler http.Handler, definition string, token transport.TokenSource) *doctor.Report {
	t.Helper()
	d, err := yaml.Read([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	report, err := doctor.Examine(t.Context(), doctor.Subject{
		Options: transport.Options{BaseURL: server.URL + "/shop", Token: token, Rate: -1, Backoff: -1}, Listing: src, Foreign: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestListing: what a definition says of a server is tried, and the line that fails says
// of what, and what to do.
func TestListing(t *testing.T) {
	t.Parallel()
	const token = "paging: {style: token, max: 100, limit: limit, sort: order, token: page}"
	for name, c := range map[string]struct {
		spoil  []string // old, new, old, new …
		server orderstest.Options
		line   string
		state  doctor.State
		says   string
	}{
		"true":            {nil, orderstest.Options{Style: "token"}, "filters", doctor.OK, "^[0-9]+ as declared$"},
		"true sort":       {nil, orderstest.Options{Style: "token"}, "sort", doctor.OK, "^rows are in order of id, total, placed_at, both ways$"},
		"one page":        {nil, orderstest.Options{Style: "token", Orders: 5}, "pages", doctor.Skip, "^there is only one page, of 5 rows"},
		"after":           {[]string{token, "paging: {style: after, limit: limit, sort: order, after: starting_after}", ", next: next_page", ""}, orderstest.Options{Style: "after"}, "pages", doctor.OK, ""},
		"forward":         {[]string{token, "paging: {style: forward, limit: limit, sort: order, after: after_id}", ", next: next_page", ""}, orderstest.Options{Style: "forward"}, "pages", doctor.OK, ""},
		"downward":        {[]string{token, "paging: {style: forward, limit: limit, after: after_id}", ", next: next_page", "", ", sort: true", ""}, orderstest.Options{Style: "offset"}, "pages", doctor.Fail, "has row 3, which is in the first: the server seems to ignore the parameter after_id$"},
		"no second page":  {[]string{token, "paging: {style: page, limit: limit, sort: order, page: number}", ", has_more: more, next: next_page", ""}, orderstest.Options{Style: "page", Orders: 20}, "pages", doctor.Skip, "^the second page has no rows"},
		"ignored":         {[]string{"token: page}", "token: api_key}"}, orderstest.Options{Style: "token"}, "pages", doctor.Fail, "the server seems to ignore the parameter api_key$"},
		"broken":          {nil, orderstest.Options{Style: "token", Break: 2}, "pages", doctor.Fail, "^the second page failed"},
		"layout":          {[]string{"rows: orders", "rows: order"}, orderstest.Options{Style: "token"}, "page", doctor.Fail, "order"},
		"has_more":        {[]string{"next: next_page", "next: following"}, orderstest.Options{Style: "token"}, "page", doctor.Fail, "names no next page"},
		"inverted":        {[]string{"has_more: more", "done: more"}, orderstest.Options{Style: "token"}, "pages", doctor.Fail, "says more: true, as if it were the last, and behind it is another"},
		"path":            {[]string{"path: /orders", "path: /nowhere"}, orderstest.Options{Style: "token"}, "page", doctor.Fail, "^GET /nowhere failed: 400"},
		"type":            {[]string{"{name: status, type: string, collation: binary, params: {eq: status, in: status, neq: not_status}}", "{name: status, type: bool}"}, orderstest.Options{Style: "token"}, "fields", doctor.Fail, "^status: decode /orders/0/status"},
		"missing":         {[]string{"name: express", "name: urgent"}, orderstest.Options{Style: "token"}, "fields", doctor.Fail, "urgent"},
		"never seen":      {[]string{"name: note", "name: remark"}, orderstest.Options{Style: "token"}, "fields", doctor.Warn, "^absent or null in all 40 rows"},
		"parameter":       {[]string{"eq: express", "eq: api_key"}, orderstest.Options{Style: "token"}, "express eq", doctor.Fail, "the server seems to ignore it"},
		"no parameter":    {[]string{"eq: express", "eq: urgent"}, orderstest.Options{Style: "token"}, "express eq", doctor.Fail, "failed: 400"},
		"other meaning":   {[]string{"gteq: min_total", "gt: min_total"}, orderstest.Options{Style: "token"}, "total gt", doctor.Fail, "returns row"},
		"order":           {[]string{"sort: order", "sort: api_key"}, orderstest.Options{Style: "token"}, "sort", doctor.Fail, "comes before row"},
		"nothing to sort": {[]string{", sort: true", ""}, orderstest.Options{Style: "token"}, "sort", doctor.Skip, ""},
		"text keys":       {[]string{"{name: id, type: int, sort: true, params: {eq: id, lt: id_below}}", "{name: id, type: string, collation: binary, params: {eq: id}}"}, orderstest.Options{Style: "token", Codes: true}, "id eq", doctor.OK, "returns the right rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := orderstest.New(c.server)
			defer shop.Close()
			report := examineShop(t, shop.Config.Handler, strings.NewReplacer(c.spoil...).Replace(shopOrders), transport.StaticToken("x"))
			seen := line(report, c.line)
			if i := slices.IndexFunc(report.Findings, func(f doctor.Finding) bool { return f.Name == c.line }); i >= 0 {
				f := report.Findings[i]
				seen = doctor.Line{Name: f.Name, State: f.State, Detail: f.Detail, Do: "see its line"}
			}
			if seen.State != c.state || !regexp.MustCompile(c.says).MatchString(seen.Detail) || seen.State == doctor.Fail && seen.Do == "" {
				t.Errorf("%+v of %+v", seen, report)
			}
		})
	}
}

// TestListingToken: one that is refused, and one that is missing, are told from the rest.
func TestListingToken(t *testing.T) {
	t.Parallel()
	shop := orderstest.New(orderstest.Options{Style: "token", Admits: func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer good" }})
	defer shop.Close()
	for _, c := range []struct {
		token transport.TokenSource
		state doctor.State
		says  string
	}{
		{transport.StaticToken("good"), doctor.OK, "accepted"},
		{transport.StaticToken("bad"), doctor.Fail, "the server refuses it: 401"},
		{nil, doctor.Fail, "none is sent, and the server wants one: 401"},
	} {
		if l := line(examineShop(t, shop.Config.Handler, shopOrders, c.token), doctor.TokenLine); l.State != c.state || !strings.HasPrefix(l.Detail, c.says) {
			t.Errorf("%+v, want %s", l, c.says)
		}
	}
}
