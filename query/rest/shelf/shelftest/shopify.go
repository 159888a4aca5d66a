package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shopify is https://shopify.dev, REST Admin API, Customer: customers behind an id, in
// the order of ids when since_id is there, and otherwise in that of their last orders.
func shopify() API {
	return API{
		Name: "shopify/customers", Token: token, Rows: 560, Filter: "parameters",
		New: func() http.Handler {
			rows := shopifyCustomers(560)
			return &endpoint{
				method: http.MethodGet, path: "/customers.json", header: "X-Shopify-Access-Token", value: token,
				params: []string{"ids", "since_id", "created_at_min", "created_at_max", "updated_at_min", "updated_at_max", "limit", "fields"},
				fail:   func(_ int, text string) any { return object{"errors": text} },
				serve:  func(r *request) (any, error) { return serveShopify(r, rows) },
			}
		},
		Cases: []Case{
			{Filter: "id in (1017, 1024, 5)", Pushed: "exact"},
			{Filter: "id > 2000 and created_at >= 2024-02-10", Pushed: "exact, exact"},
			{Filter: "created_at > 2024-02-10T03:00:00 and updated_at <= 2024-03-01", Pushed: "exact, exact"},
			{Filter: "not (created_at > 2024-02-10)", Pushed: "exact"},
			{Filter: "state = 'enabled' and total_spent > 10.5", Pushed: "residual, residual"},
			{Filter: "email is null or note is not null", Pushed: "residual"},
			{Filter: "", Select: []string{"addresses"}},
			{Filter: "", Sort: "-total_spent", Sorted: "local"},
		},
	}
}

func shopifyCustomers(n int) []object {
	rows := make([]object, n)
	zone := time.FixedZone("", -5*3600) // of the shop
	for i, p := range people(n) {
		rows[i] = object{
			"id": 1003 + 7*i, "email": p.email, "first_name": p.first, "last_name": p.last, "phone": text(p.phone), "note": text(p.title),
			"state": []string{"enabled", "disabled", "invited"}[i%3], "orders_count": i % 6, "total_spent": fmt.Sprintf("%d.%02d", i*13%90, i%100),
			"currency": "USD", "verified_email": p.active, "tax_exempt": i%11 == 0, "tags": "a, b",
			"created_at": p.made.In(zone).Format(time.RFC3339), "updated_at": p.changed.In(zone).Format(time.RFC3339),
			"addresses": []any{object{"city": "Bonn"}}, "multipass_identifier": nil,
		}
		if i%10 == 0 {
			rows[i]["email"] = nil
		}
	}
	return rows
}

func serveShopify(r *request, rows []object) (any, error) {
	limit, err := r.number("limit", 1, 250, 50)
	if err != nil {
		return nil, err
	}
	for name, values := range r.q {
		field, bound, _ := strings.Cut(name, "_at_")
		switch {
		case bound != "":
			at, err := time.Parse(time.RFC3339, values[0])
			if err != nil {
				return nil, refuse("%s: %v", name, err)
			}
			rows = keep(rows, func(row object) bool {
				t, _ := time.Parse(time.RFC3339, row[field+"_at"].(string)) //nolint:forcetypeassert // this package wrote it
				return bound == "min" && !t.Before(at) || bound == "max" && !t.After(at)
			})
		case name == "ids":
			ids := strings.Split(values[0], ",")
			rows = keep(rows, func(row object) bool { return slices.Contains(ids, fmt.Sprint(row["id"])) })
		}
	}
	if r.q.Has("since_id") {
		since, err := strconv.Atoi(r.q.Get("since_id"))
		if err != nil {
			return nil, refuse("since_id: expected a number")
		}
		rows = keep(rows, func(row object) bool { return row["id"].(int) > since }) //nolint:forcetypeassert // this package wrote it
	} else {
		slices.Reverse(rows)
	}
	part, _ := page(rows, 0, limit)
	return object{"customers": chosen(part, r.q.Get("fields"))}, nil
}

// chosen returns rows with the members of a comma list alone; all of them if it is empty.
func chosen(rows []object, list string) []object {
	if list == "" {
		return rows
	}
	out := make([]object, len(rows))
	for i, row := range rows {
		out[i] = object{}
		for name := range strings.SplitSeq(list, ",") {
			if v, ok := row[name]; ok {
				out[i][name] = v
			}
		}
	}
	return out
}
