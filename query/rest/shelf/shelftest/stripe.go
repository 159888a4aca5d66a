package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// stripe is https://docs.stripe.com/api/customers/list: the newest first, behind an id,
// with bounds of when they were made and with an address in its own case.
func stripe() API {
	return API{
		Name: "stripe/customers", Token: token, Rows: 700, Filter: "parameters",
		New: func() http.Handler {
			rows := stripeCustomers(700)
			return &endpoint{
				method: http.MethodGet, path: "/customers", header: "Authorization", value: "Bearer " + token,
				params: []string{"email", "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]", "limit", "starting_after", "ending_before"},
				fail: func(_ int, text string) any {
					return object{"error": object{"type": "invalid_request_error", "message": text}}
				},
				serve: func(r *request) (any, error) { return serveStripe(r, rows) },
			}
		},
		Cases: []Case{
			{Filter: "email = 'user7@example.com'", Pushed: "exact"},
			{Filter: "email in ('user7@example.com', 'USER9@EXAMPLE.COM', 'user9@example.com')", Pushed: "apart"},
			{Filter: "email = 'user7@example.com' or email = 'user8@example.com'", Pushed: "apart"},
			{Filter: "created >= 2024-02-10 and created < 2024-03-01T07:00:00.5", Pushed: "exact, exact"},
			{Filter: "created = 2024-02-12T09:00:00", Pushed: "exact"},
			{Filter: "email != 'user7@example.com' and delinquent = false", Pushed: "residual, residual"},
			{Filter: "created > 2024-03-01", Sort: "-created", Pushed: "exact", Sorted: "local"},
		},
	}
}

func stripeCustomers(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": p.code("cus_", 14), "object": "customer", "email": p.email, "name": p.first + " " + p.last, "phone": text(p.phone), "description": text(p.title),
			"created": int(p.made.Unix()), "balance": i%9 - 4, "currency": "eur", "delinquent": p.active, "livemode": false, "address": nil, "metadata": object{},
		}
		if i%4 == 1 {
			rows[i]["address"] = object{"city": "Bonn", "country": "DE", "line1": nil}
		}
		if i%50 == 3 {
			rows[i]["email"], rows[i]["currency"], rows[i]["delinquent"] = nil, nil, nil
		}
	}
	slices.SortStableFunc(rows, func(a, b object) int { return b["created"].(int) - a["created"].(int) }) //nolint:forcetypeassert // this package wrote it
	return rows
}

func serveStripe(r *request, rows []object) (any, error) {
	limit, err := r.number("limit", 1, 100, 10)
	if err != nil {
		return nil, err
	}
	if r.q.Has("email") {
		rows = keep(rows, func(row object) bool { return row["email"] == r.q.Get("email") })
	}
	for name, values := range r.q {
		op, isBound := strings.CutPrefix(name, "created")
		if !isBound {
			continue
		}
		at, err := strconv.Atoi(values[0])
		if err != nil {
			return nil, refuse("Invalid integer: %s", values[0])
		}
		rows = keep(rows, func(row object) bool { return bounded(row["created"].(int)-at, strings.Trim(op, "[]")) }) //nolint:forcetypeassert // this package wrote it
	}
	skip := 0
	if after := r.q.Get("starting_after"); after != "" {
		skip = 1 + slices.IndexFunc(rows, func(row object) bool { return row["id"] == after })
		if skip == 0 {
			return nil, &refusal{http.StatusNotFound, fmt.Sprintf("No such customer: '%s'", after)}
		}
	}
	part, more := page(rows, skip, limit)
	return object{"object": "list", "url": "/v1/customers", "has_more": more, "data": part}, nil
}

// bounded reports whether a difference is on the side of zero that an operator names.
func bounded(difference int, op string) bool {
	switch op {
	case "gt":
		return difference > 0
	case "gte":
		return difference >= 0
	case "lt":
		return difference < 0
	case "lte":
		return difference <= 0
	}
	return op == "" && difference == 0
}
