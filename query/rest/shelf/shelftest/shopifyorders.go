package shelftest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// shopifyOrders is the connection orders of https://shopify.dev, GraphQL Admin API, with the
// search syntax. It has an endCursor on the last page too.
func shopifyOrders() API {
	cols := columns{
		{name: "id", kind: model.TypeInt, path: "legacyResourceId"},
		{name: "name", kind: model.TypeString},
		{name: "email", kind: model.TypeString},
		{name: "created_at", kind: model.TypeDateTime, path: "createdAt"},
		{name: "updated_at", kind: model.TypeDateTime, path: "updatedAt"},
		{name: "processed_at", kind: model.TypeDateTime, path: "processedAt"},
		{name: "test", kind: model.TypeBool},
		{name: "financial_status", kind: model.TypeString, path: "displayFinancialStatus"},
		{name: "fulfillment_status", kind: model.TypeString, path: "displayFulfillmentStatus"},
	}
	return API{
		Name: "shopify/orders", Token: token, Rows: 330, Filter: "`query`: search syntax, in GraphQL",
		New: func() http.Handler {
			rows := shopOrders(330)
			return &endpoint{
				method: http.MethodPost, path: "/graphql.json", header: "X-Shopify-Access-Token", value: token, params: []string{},
				fail:  func(_ int, text string) any { return object{"errors": text} },
				serve: func(r *request) (any, error) { return serveShopOrders(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "createdAt >= 2024-02-10T05:00 and createdAt < 2024-03-01", Pushed: "exact, superset"},
			{Filter: "email = 'user7@example.com' or name = '#1011'", Pushed: "superset"},
			{Filter: "email != 'user7@example.com'", Pushed: "residual"},
			{Filter: "name = 'a* b'", Pushed: "residual"},
			{Filter: "legacyResourceId > 500 and test = true", Pushed: "superset, exact"},
			{Filter: "legacyResourceId in (443, 453)", Pushed: "exact"},
			{Filter: "not (processedAt > 2024-02-12T09:00)", Pushed: "exact"},
			{Filter: "displayFinancialStatus = 'PAID' and totalPriceSet.shopMoney.amount > 50", Pushed: "superset, residual"},
			{Filter: "displayFinancialStatus in ('PENDING', 'PAID') or displayFulfillmentStatus = 'UNFULFILLED'", Pushed: "superset"},
			{Filter: "displayFinancialStatus = 'paid'", Pushed: "residual"},
			{Filter: "", Sort: "-createdAt", Sorted: "local"},
		},
	}
}

func shopOrders(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		id := strconv.Itoa(443 + 5*i)
		rows[i] = object{
			"id": "gid://shopify/Order/" + id, "legacyResourceId": id, "name": fmt.Sprint("#", 1001+i), "email": p.email, "createdAt": p.made.Format(seconds),
			"updatedAt": p.changed.Format(seconds), "processedAt": p.made.Format(seconds), "cancelledAt": nil, "closedAt": instant(p.seen, seconds), "test": !p.active,
			"displayFinancialStatus": []any{"PAID", "PENDING", nil}[i%3], "displayFulfillmentStatus": "UNFULFILLED", "currencyCode": "EUR", "tags": []any{}, "note": text(p.title),
			"totalPriceSet": object{"shopMoney": object{"amount": fmt.Sprintf("%d.%02d", i%90, i%100)}}, "customer": object{"id": "gid://shopify/Customer/1"},
		}
		if i%7 == 0 {
			rows[i]["email"], rows[i]["customer"] = nil, nil
		}
	}
	return rows
}

func serveShopOrders(r *request, rows []object, cols columns) (any, error) {
	var body struct {
		Query     string `json:"query"`
		Variables struct {
			First int     `json:"first"`
			After *string `json:"after"`
			Query *string `json:"query"`
		} `json:"variables"`
	}
	if err := strictly(r.body, &body); err != nil {
		return nil, refuse("%v", err)
	}
	v := body.Variables
	if !strings.Contains(body.Query, "orders(first: $first, after: $after, query: $query") || v.First < 1 || v.First > 250 {
		return nil, refuse("the query is not read here")
	}
	if v.Query != nil {
		f := &colonFilter{columns: cols, rest: *v.Query, ops: []string{":>=", ":<=", ":>", ":<", ":"}, holds: searched}
		var err error
		if rows, err = f.matching(rows); err != nil {
			return nil, err
		}
	}
	skip := 0
	if v.After != nil {
		text, err := base64.StdEncoding.DecodeString(*v.After)
		if skip, _ = strconv.Atoi(string(text)); err != nil || skip == 0 {
			return nil, refuse("invalid cursor")
		}
	}
	part, more := page(rows, skip, v.First)
	info := object{"hasNextPage": more, "endCursor": nil}
	if len(part) > 0 {
		info["endCursor"] = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(skip + len(part))))
	}
	return object{"data": object{"orders": object{"nodes": part, "pageInfo": info}}, "extensions": object{}}, nil
}

// searched is a condition of Shopify's search syntax.
func searched(col column, op, text string, v model.Value) (bool, error) {
	var difference int
	switch {
	case v.IsNull():
		return false, nil
	case col.kind == model.TypeInt:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return false, refuse("id: %v", err)
		}
		difference = int(v.Int() - n)
	case col.kind == model.TypeDateTime:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return false, refuse("%s: %v", col.name, err)
		}
		difference = v.Time().Compare(at)
	case op != ":":
		return false, refuse("%s has no operator %s", col.name, op)
	case strings.HasSuffix(col.name, "_status") && text != strings.ToLower(text):
		return false, refuse("%s has no value %s", col.name, text)
	default:
		return strings.EqualFold(v.String(), text), nil
	}
	return bounded(difference, map[string]string{":>": "gte", ":>=": "gte", ":<": "lte", ":<=": "lte"}[op]), nil // as it was seen to
}
