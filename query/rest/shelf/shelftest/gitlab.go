package shelftest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// gitLabUsers is https://docs.gitlab.com/api/users, List users as an administrator: a
// parameter for each condition, and keyset pages by the header Link.
func gitLabUsers() API {
	return API{
		Name: "gitlab/users", Token: token, Rows: 240, Filter: "parameters",
		New: func() http.Handler {
			rows := gitLabRows(240)
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "PRIVATE-TOKEN", value: token,
				params: []string{
					"username", "search", "active", "blocked", "external", "admins", "two_factor", "created_after", "created_before", "order_by", "sort",
					"pagination", "per_page", "cursor",
				},
				fail:  func(_ int, text string) any { return object{"message": text} },
				serve: func(r *request) (any, error) { return serveGitLab(r, rows) },
			}
		},
		Cases: []Case{
			{Filter: "username = 'USER12'", Pushed: "exact"},
			{Filter: "state = 'active' and created_at >= 2024-02-10", Pushed: "exact, exact"},
			{Filter: "state = 'blocked'", Pushed: "residual"},
			{Filter: "blocked = true", Pushed: "exact", Rows: 69},
			{Filter: "state in ('active', 'blocked')", Pushed: "residual"},
			{Filter: "created_at > 2024-02-01 and created_at < 2024-02-10", Pushed: "superset, superset"},
			{Filter: "two_factor_enabled = false", Pushed: "exact"},
			{Filter: "external = true and is_admin = true", Pushed: "exact, exact"},
			{Filter: "external = false", Pushed: "residual"},
			{Filter: "search = 'ada'", Pushed: "exact", Rows: 66},
			{Filter: "", Sort: "id", Sorted: "server"},
			{Filter: "external = true", Sort: "-id", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "-created_at", Sorted: "local"},
		},
	}
}

func gitLabRows(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": 5 + 3*i, "username": fmt.Sprint("User", i), "name": p.first, "state": []string{"active", "blocked", "active", "deactivated"}[i*i%7%4],
			"email": p.email, "public_email": nil, "web_url": fmt.Sprint("https://gitlab.example.com/User", i), "bot": false, "external": i%6 == 0,
			"is_admin": i%9 == 0, "two_factor_enabled": i%2 == 0, "created_at": instant(p.made, millis), "confirmed_at": instant(p.seen, millis),
			"current_sign_in_at": nil, "last_sign_in_at": instant(p.seen, millis), "last_activity_on": instant(p.seen, time.DateOnly),
			"location": text(p.title), "bio": "", "identities": []object{},
		}
	}
	return rows
}

func serveGitLab(r *request, rows []object) (any, error) {
	limit, err := r.number("per_page", 1, 100, 20)
	if err != nil {
		return nil, err
	}
	if r.q.Get("pagination") != "keyset" {
		return nil, refuse("pagination is keyset")
	}
	for _, condition := range []func(*request, []object) ([]object, error){gitLabFlags, gitLabTexts, gitLabCreated, gitLabOrder} {
		if rows, err = condition(r, rows); err != nil {
			return nil, err
		}
	}
	skip, err := r.number("cursor", 0, len(rows), 0)
	if err != nil {
		return nil, err
	}
	part, more := page(rows, skip, limit)
	if more {
		r.link("cursor", strconv.Itoa(skip+limit))
	}
	return part, nil
}

// gitLabFlags are parameters of which one value selects.
func gitLabFlags(r *request, rows []object) ([]object, error) {
	for name, test := range map[string]func(object) bool{
		"active":   func(row object) bool { return row["state"] == "active" },
		"blocked":  func(row object) bool { return row["state"] == "blocked" },
		"external": func(row object) bool { return is(row, "external") },
		"admins":   func(row object) bool { return is(row, "is_admin") },
	} {
		switch value := r.q.Get(name); value {
		case "true":
			rows = keep(rows, test)
		case "", "false": // which selects nothing
		default:
			return nil, refuse("%s is invalid", name)
		}
	}
	if !r.q.Has("two_factor") {
		return rows, nil
	}
	value, ok := map[string]bool{"enabled": true, "disabled": false}[r.q.Get("two_factor")]
	if !ok {
		return nil, refuse("two_factor is invalid")
	}
	return keep(rows, func(row object) bool { return row["two_factor_enabled"] == value }), nil
}

func gitLabTexts(r *request, rows []object) ([]object, error) {
	username, search := r.q.Get("username"), strings.ToLower(r.q.Get("search"))
	return keep(rows, func(row object) bool {
		name, user, email := strings.ToLower(fmt.Sprint(row["name"])), fmt.Sprint(row["username"]), strings.ToLower(fmt.Sprint(row["email"]))
		found := strings.Contains(name, search) || strings.Contains(strings.ToLower(user), search) || email == search
		if len(search) < 3 {
			found = search == "" || name == search || strings.EqualFold(user, search)
		}
		return found && (username == "" || strings.EqualFold(user, username))
	}), nil
}

func gitLabCreated(r *request, rows []object) ([]object, error) {
	created := column{name: "created_at", kind: model.TypeDateTime}
	for name, sign := range map[string]int{"created_after": 1, "created_before": -1} {
		if !r.q.Has(name) {
			continue
		}
		at, err := time.Parse(time.RFC3339, r.q.Get(name))
		if err != nil {
			return nil, refuse("%s is invalid", name)
		}
		rows = keep(rows, func(row object) bool { return sign*created.value(row).Time().Compare(at) >= 0 })
	}
	return rows, nil
}

func gitLabOrder(r *request, rows []object) ([]object, error) {
	by, direction := cmp.Or(r.q.Get("order_by"), "id"), cmp.Or(r.q.Get("sort"), "desc")
	if by != "id" || direction != "asc" && direction != "desc" {
		return nil, refuse("order_by and sort are invalid")
	}
	return sorted(rows, order{column: column{name: "id", kind: model.TypeInt}, descending: direction == "desc"}), nil
}
