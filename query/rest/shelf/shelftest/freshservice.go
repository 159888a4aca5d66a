package shelftest

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// freshservice is https://api.freshservice.com, List All Requesters: a query in quotes of
// at most 512 characters, a link to the next page, and null as a value.
func freshservice() API {
	cols := columns{
		{name: "first_name", kind: model.TypeString},
		{name: "last_name", kind: model.TypeString},
		{name: "primary_email", kind: model.TypeString},
		{name: "job_title", kind: model.TypeString},
		{name: "mobile_phone_number", kind: model.TypeString},
		{name: "location_id", kind: model.TypeInt},
		{name: "language", kind: model.TypeString},
	}
	secret := base64.StdEncoding.EncodeToString([]byte(token + ":X"))
	return API{
		Name: "freshservice/requesters", Token: token + ":X", Rows: 330, Filter: "`query=\"…\"`",
		New: func() http.Handler {
			rows := freshserviceRequesters(330)
			return &endpoint{
				method: http.MethodGet, path: "/requesters", header: "Authorization", value: "Basic " + secret, params: []string{"query", "page", "per_page"},
				fail: func(_ int, text string) any {
					return object{"description": "Validation failed", "errors": []any{object{"message": text}}}
				},
				serve: func(r *request) (any, error) { return serveFreshservice(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "first_name = 'Ada' and location_id = 3", Pushed: "superset, exact"},
			{Filter: "first_name = 'O\\'Neil'", Pushed: "residual"},
			{Filter: "first_name = 'Bo' or first_name = 'Kim'", Pushed: "superset"},
			{Filter: "job_title is null", Pushed: "superset"},
			{Filter: "job_title != 'Engineer' and created_at > 2024-02-10", Pushed: "residual, residual"},
			{Filter: "location_id in (1, 2)", Pushed: "exact"},
			{Filter: "", Sort: "-created_at", Sorted: "local"},
		},
	}
}

func freshserviceRequesters(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": 1000 + i*3, "first_name": p.first, "last_name": p.last, "primary_email": p.email, "job_title": text(p.title), "mobile_phone_number": text(p.phone),
			"location_id": i % 5, "active": p.active, "is_agent": false, "language": "en", "created_at": p.made.Format(seconds), "updated_at": p.changed.Format(seconds),
			"department_ids": []any{1}, "custom_fields": object{},
		}
		if i%6 == 0 {
			rows[i]["location_id"], rows[i]["last_name"] = nil, nil
		}
	}
	return rows
}

func serveFreshservice(r *request, rows []object, cols columns) (any, error) {
	if query := r.q.Get("query"); query != "" {
		if len(query) > 512 || len(query) < 2 || query[0] != '"' || query[len(query)-1] != '"' {
			return nil, refuse("the query is not in quotes, or too long: %s", query)
		}
		f := &colonFilter{columns: cols, rest: query[1 : len(query)-1], ops: []string{":"}, holds: func(_ column, _, text string, v model.Value) (bool, error) {
			switch {
			case text == "null":
				return v.IsNull() || v.Type() == model.TypeString && v.Str() == "", nil
			case v.IsNull():
				return false, nil
			}
			return strings.EqualFold(v.String(), text), nil
		}}
		var err error
		if rows, err = f.matching(rows); err != nil {
			return nil, err
		}
	}
	size, err := r.number("per_page", 1, 100, 30)
	if err != nil {
		return nil, err
	}
	number, err := r.number("page", 1, 1<<30, 1)
	if err != nil {
		return nil, err
	}
	part, more := page(rows, (number-1)*size, size)
	if more {
		r.link("page", strconv.Itoa(number+1))
	}
	return object{"requesters": part}, nil
}
