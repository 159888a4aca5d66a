package shelftest

import (
	"net/http"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// auth0 is https://auth0.com/docs/api/management/v2/users/get-users with version 3 of the
// search: Lucene's syntax, pages from 0, and the first 1000 users of a search. Five fields
// ignore case. What is null is left out.
func auth0() API {
	exact := columns{
		{name: "user_id", kind: model.TypeString},
		{name: "username", kind: model.TypeString},
		{name: "phone_number", kind: model.TypeString},
		{name: "last_ip", kind: model.TypeString},
	}
	cols := append(columns{
		{name: "email", kind: model.TypeString},
		{name: "name", kind: model.TypeString},
		{name: "nickname", kind: model.TypeString},
		{name: "given_name", kind: model.TypeString},
		{name: "family_name", kind: model.TypeString},
		{name: "email_verified", kind: model.TypeBool},
		{name: "phone_verified", kind: model.TypeBool},
		{name: "blocked", kind: model.TypeBool},
		{name: "logins_count", kind: model.TypeInt},
		{name: "last_login", kind: model.TypeDateTime},
		{name: "created_at", kind: model.TypeDateTime},
		{name: "updated_at", kind: model.TypeDateTime},
	}, exact...)
	return API{
		Name: "auth0/users", Token: token, Rows: 330, Filter: "`q`: Lucene",
		New: func() http.Handler {
			rows, lang := auth0Users(330), cols.language("lucene", expressiontest.Options{Fold: expressiontest.SimpleFold})
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "Authorization", value: "Bearer " + token,
				params: []string{"page", "per_page", "include_totals", "sort", "connection", "fields", "include_fields", "q", "search_engine"},
				fail: func(status int, text string) any {
					return object{"statusCode": status, "error": http.StatusText(status), "message": text}
				},
				serve: func(r *request) (any, error) { return serveAuth0(r, rows, cols, exact, lang) },
			}
		},
		Cases: []Case{
			{Filter: "name = 'ada and'", Pushed: "exact"},
			{Filter: "email = 'user7@example.com' and blocked = true", Pushed: "superset, exact"},
			{Filter: "logins_count >= 5 and logins_count < 8", Pushed: "exact, exact"},
			{Filter: "logins_count in (1, 2, 3) or last_login > 2024-02-20", Pushed: "exact"},
			{Filter: "created_at between 2024-02-01 and 2024-02-10", Pushed: "exact"},
			{Filter: "blocked is null or logins_count = 0", Pushed: "exact"},
			{Filter: "blocked is not null", Pushed: "exact"},
			{Filter: "not (logins_count > 3)", Pushed: "exact"},
			{Filter: "given_name != 'Ada'", Pushed: "exact"},
			{Filter: "given_name starts with 'ad'", Pushed: "superset"},
			{Filter: "given_name starts with 'Ann M'", Pushed: "residual"},
			{Filter: "username = 'ada'", Pushed: "exact"},
			{Filter: `family_name = 'back\\slash' or given_name = 'Q"x'`, Pushed: "superset"},
			{Filter: "", Sort: "-created_at", Sorted: "local"},
		},
	}
}

func auth0Users(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		row := object{
			"user_id": "auth0|" + p.code("", 24), "email": p.email, "email_verified": i%3 > 0, "name": p.first + " " + p.last, "nickname": p.first,
			"given_name": p.first, "family_name": p.last, "created_at": instant(p.made, millis), "updated_at": instant(p.changed, millis),
			"identities": []object{{"connection": "Username-Password-Authentication", "provider": "auth0", "isSocial": false}},
		}
		if p.title != nil {
			row["username"] = p.first
		}
		if p.phone != nil {
			row["phone_number"], row["phone_verified"] = *p.phone, p.active
		}
		if !p.active {
			row["blocked"] = i%2 == 0
		}
		if !p.seen.IsZero() {
			row["last_login"], row["logins_count"], row["last_ip"] = instant(p.seen, millis), i%12, "192.0.2.1"
		}
		rows[i] = row
	}
	return rows
}

func serveAuth0(r *request, rows []object, cols, exact columns, lang *expressiontest.Evaluator) (any, error) {
	number, err := r.number("page", 0, 1_000_000, 0)
	if err != nil {
		return nil, err
	}
	size, err := r.number("per_page", 0, 100, 50)
	if err != nil {
		return nil, err
	}
	if (number+1)*size > 1000 {
		return nil, refuse("You can only page through the first 1000 records")
	}
	if r.q.Get("q") != "" && r.q.Get("search_engine") != "v3" {
		return nil, refuse("search_engine must be v3")
	}
	if q := r.q.Get("q"); q != "" {
		// To the evaluator, as to Lucene, what is only excluded finds nothing. Auth0 takes it.
		f, err := lucenePrefixes(lang, strings.ReplaceAll(q, "(NOT _exists_:", "(*:* AND NOT _exists_:"))
		if err != nil {
			return nil, refuse("Query validation error: %v", err)
		}
		holds := exactly(f, exact)
		rows = keep(rows, func(row object) bool { return holds(cols.row(row)) })
	}
	part, _ := page(rows, number*size, size)
	if r.q.Get("include_totals") != "true" {
		return part, nil
	}
	return object{"start": number * size, "limit": size, "length": len(part), "total": len(rows), "users": part}, nil
}
