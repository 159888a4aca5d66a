package shelftest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// googleDirectory is https://developers.google.com/workspace/admin/directory, users.list:
// pages by a token, conditions with blanks between them, and no member users on an empty
// page. email is true for aliases too, name for either name, and orgUnitPath for units
// below it.
func googleDirectory() API {
	cols := columns{
		{name: "email", kind: model.TypeString, path: "primaryEmail"},
		{name: "givenName", kind: model.TypeString, path: "name.givenName"},
		{name: "familyName", kind: model.TypeString, path: "name.familyName"},
		{name: "name", kind: model.TypeString, path: "name.fullName"},
		{name: "orgUnitPath", kind: model.TypeString},
		{name: "isAdmin", kind: model.TypeBool},
		{name: "isDelegatedAdmin", kind: model.TypeBool},
		{name: "isSuspended", kind: model.TypeBool, path: "suspended"},
		{name: "isArchived", kind: model.TypeBool, path: "archived"},
	}
	return API{
		Name: "google-directory/users", Token: token, Rows: 1010, Filter: "`query`: its own, conditions with AND",
		New: func() http.Handler {
			rows, lang := directoryUsers(1010), cols.language("google-directory", expressiontest.Options{Fold: expressiontest.SimpleFold})
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "Authorization", value: "Bearer " + token,
				params: []string{"customer", "domain", "query", "maxResults", "pageToken", "orderBy", "sortOrder", "showDeleted", "projection", "fields"},
				fail: func(status int, text string) any {
					return object{"error": object{"code": status, "message": text, "errors": []any{}}}
				},
				serve: func(r *request) (any, error) { return serveDirectory(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "name.givenName = 'Ann Marie'", Pushed: "superset"},
			{Filter: "name.familyName starts with 'Mu' and suspended = true", Pushed: "superset, exact"},
			{Filter: "name.familyName contains 'O'''", Pushed: "superset"},
			{Filter: "primaryEmail = 'USER0@EXAMPLE.COM'", Pushed: "superset"},
			{Filter: "orgUnitPath = '/sales'", Pushed: "superset"},
			{Filter: "isAdmin != true", Pushed: "exact"},
			{Filter: "name.givenName = 'Ada' or name.givenName = 'Bo'", Pushed: "apart"},
			{Filter: "name.familyName = 'back\\\\slash'", Pushed: "residual"},
			{Filter: "lastLoginTime is null and suspended = false", Pushed: "residual, exact"},
			{Filter: "creationTime > 2024-02-10", Sort: "-creationTime", Pushed: "residual", Sorted: "local"},
		},
	}
}

func directoryUsers(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		seen := "1970-01-01T00:00:00.000Z"
		if !p.seen.IsZero() {
			seen = p.seen.Format(millis)
		}
		rows[i] = object{
			"kind": "admin#directory#user", "id": fmt.Sprintf("1%020d", i*7919), "primaryEmail": p.email,
			"name":        object{"givenName": p.first, "familyName": p.last, "fullName": p.first + " " + p.last},
			"orgUnitPath": []string{"/", "/sales", "/sales/emea"}[i%3], "isAdmin": i%17 == 0, "isDelegatedAdmin": false,
			"suspended": !p.active, "archived": i%13 == 0, "creationTime": instant(p.made, millis), "lastLoginTime": seen,
			"aliases": []string{fmt.Sprintf("alias%d@example.com", i)}, "isEnrolledIn2Sv": i%2 == 0,
		}
		if !p.active {
			rows[i]["suspensionReason"] = "ADMIN"
		}
	}
	return rows
}

func serveDirectory(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	limit, err := r.number("maxResults", 1, 500, 100)
	if err != nil {
		return nil, err
	}
	if r.q.Get("customer") == "" && r.q.Get("domain") == "" {
		return nil, refuse("customer or domain is required")
	}
	if r.q.Get("showDeleted") == "true" {
		rows = nil
	}
	if query := r.q.Get("query"); query != "" {
		f, err := lang.Parse(query)
		if err == nil {
			err = directoryTests(f.Root)
		}
		if err != nil {
			return nil, refuse("Invalid Input: query: %v", err)
		}
		rows = keep(rows, func(row object) bool { return directoryMatch(f, cols.row(row), row) })
	}
	skip, err := r.number("pageToken", 0, len(rows), 0)
	if err != nil {
		return nil, err
	}
	body := object{"kind": "admin#directory#users"}
	part, more := page(rows, skip, limit)
	if len(part) > 0 {
		body["users"] = part
	}
	if more {
		body["nextPageToken"] = strconv.Itoa(skip + limit)
	}
	return body, nil
}

// directoryTests refuses the operators that a field does not have.
func directoryTests(n *expressiontest.Node) error {
	for field, ops := range map[string][]expressiontest.Op{
		"email":       {expressiontest.Equal, expressiontest.StartsWith},
		"name":        {expressiontest.Equal, expressiontest.Contains},
		"orgUnitPath": {expressiontest.Equal},
	} {
		if err := only(n, field, ops...); err != nil {
			return err
		}
	}
	return nil
}

// directoryMatch evaluates conditions, some of which are true for more than one value.
func directoryMatch(f expressiontest.Filter, values expressiontest.Row, row object) bool {
	terms := []*expressiontest.Node{f.Root}
	if f.Root.Op == expressiontest.And {
		terms = f.Root.Terms
	}
	for _, term := range terms {
		one := f
		one.Root = term
		holds := one.Match(values)
		for _, other := range directoryOthers(term.Field, row) {
			holds = holds || one.Match(expressiontest.Row{term.Field: model.String(other)})
		}
		if !holds {
			return false
		}
	}
	return true
}

// directoryOthers are the further values that a condition on a field is true for.
func directoryOthers(field string, row object) (others []string) {
	switch field {
	case "email":
		others, _ = row["aliases"].([]string)
	case "name":
		for _, path := range []string{"name.givenName", "name.familyName"} {
			name, _ := at(row, path).(string)
			others = append(others, name)
		}
	case "orgUnitPath":
		unit, _ := row["orgUnitPath"].(string)
		for strings.Count(unit, "/") > 1 {
			unit = unit[:strings.LastIndexByte(unit, '/')]
			others = append(others, unit)
		}
		others = append(others, "/")
	}
	return others
}
