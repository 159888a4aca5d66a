package shelftest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// zendesk is https://developer.zendesk.com/api-reference/ticketing/users, List Users:
// cursor pages, and parameters for the role and the external id.
func zendesk() API {
	const basic = "ada@example.com/token:" + token
	return API{
		Name: "zendesk/users", Token: basic, Rows: 250, Filter: "parameters",
		New: func() http.Handler {
			rows := zendeskRows(250)
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "Authorization", value: "Basic " + base64.StdEncoding.EncodeToString([]byte(basic)),
				params: []string{"role", "role[]", "permission_set", "external_id", "page[size]", "page[after]", "page[before]"}, lists: []string{"role[]"},
				fail: func(status int, text string) any {
					return object{"error": http.StatusText(status), "description": text}
				},
				serve: func(r *request) (any, error) { return serveZendesk(r, rows) },
			}
		},
		Cases: []Case{
			{Filter: "role = 'agent'", Pushed: "exact"},
			{Filter: "role in ('agent', 'admin') and suspended = false", Pushed: "exact, residual"},
			{Filter: "role = 'Agent'", Pushed: "residual"},
			{Filter: "external_id = 'Ext-3'", Pushed: "superset"},
			{Filter: "role != 'end-user'", Pushed: "residual"},
			{Filter: "email = 'user5@example.com'", Pushed: "residual"},
			{Filter: "external_id is null", Pushed: "residual"},
			{Filter: "role = 'admin'", Sort: "-updated_at", Pushed: "exact", Sorted: "local"},
		},
	}
}

func zendeskRows(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": 35_436 + 11*i, "name": p.first + " " + p.last, "email": p.email, "role": []string{"end-user", "agent", "end-user", "admin"}[i*i%7%4],
			"external_id": nil, "active": true, "verified": p.active, "suspended": !p.active, "moderator": false, "restricted_agent": i%2 == 0,
			"organization_id": nil, "default_group_id": nil, "custom_role_id": nil, "phone": text(p.phone), "locale": "en-US", "time_zone": "Berlin",
			"ticket_restriction": nil, "notes": text(p.title), "created_at": instant(p.made.Truncate(time.Second), seconds),
			"updated_at": instant(p.changed.Truncate(time.Second), seconds), "last_login_at": instant(p.seen, seconds), "tags": []string{}, "user_fields": object{},
		}
		if i%3 == 0 {
			rows[i]["external_id"], rows[i]["organization_id"] = fmt.Sprintf("Ext-%d", i), i%5
		}
	}
	return rows
}

func serveZendesk(r *request, rows []object) (any, error) {
	size, err := r.number("page[size]", 1, 100, 100)
	if err != nil {
		return nil, err
	}
	if !r.q.Has("page[size]") {
		return nil, refuse("cursor pages have page[size]")
	}
	roles := slices.Concat(r.q["role"], r.q["role[]"])
	for _, role := range roles {
		if !slices.Contains([]string{"end-user", "agent", "admin"}, role) {
			return nil, refuse("there is no role %q", role)
		}
	}
	if len(roles) > 0 {
		rows = keep(rows, func(row object) bool { return slices.Contains(roles, fmt.Sprint(row["role"])) })
	}
	if r.q.Has("external_id") {
		rows = keep(rows, func(row object) bool { return row["external_id"] == r.q.Get("external_id") })
	}
	skip, err := r.number("page[after]", 0, len(rows), 0)
	if err != nil {
		return nil, err
	}
	part, more := page(rows, skip, size)
	meta := object{"has_more": more, "after_cursor": nil, "before_cursor": nil}
	if len(part) > 0 {
		meta["after_cursor"] = strconv.Itoa(skip + len(part))
	}
	return object{"users": part, "meta": meta, "links": object{"prev": nil, "next": nil}}, nil
}
