package shelftest

import (
	"net/http"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// okta is https://developer.okta.com, List all users: a search in a subset of SCIM's
// language, which has no NOT, no ne and no ew, and ignores the case of texts. Without a
// search users that are DEPROVISIONED are left out, and nothing is sorted.
func okta() API {
	cols := columns{
		{name: "id", kind: model.TypeString},
		{name: "status", kind: model.TypeString},
		{name: "type.id", kind: model.TypeString},
		{name: "created", kind: model.TypeDateTime},
		{name: "activated", kind: model.TypeDateTime},
		{name: "statusChanged", kind: model.TypeDateTime},
		{name: "lastLogin", kind: model.TypeDateTime},
		{name: "lastUpdated", kind: model.TypeDateTime},
		{name: "passwordChanged", kind: model.TypeDateTime},
		{name: "profile.login", kind: model.TypeString},
		{name: "profile.email", kind: model.TypeString},
		{name: "profile.firstName", kind: model.TypeString},
		{name: "profile.lastName", kind: model.TypeString},
		{name: "profile.department", kind: model.TypeString},
		{name: "profile.mobilePhone", kind: model.TypeString},
	}
	return API{
		Name: "okta/users", Token: token, Rows: 460, Filter: "`search`: SCIM without `not`, `ne`, `ew`",
		New: func() http.Handler {
			rows, lang := oktaUsers(460), cols.language("scim", expressiontest.Options{})
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "Authorization", value: "SSWS " + token,
				params: []string{"search", "filter", "q", "limit", "after", "sortBy", "sortOrder"},
				fail: func(status int, text string) any {
					return object{"errorCode": "E0000031", "errorSummary": text, "errorCauses": []any{}, "status": status}
				},
				serve: func(r *request) (any, error) { return serveOkta(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "status = 'DEPROVISIONED'", Pushed: "superset"}, // of the letters s and i how Okta folds them is not documented
			{Filter: "profile.firstName = 'Zoë'", Pushed: "superset"},
			{Filter: "profile.email contains 'example' and lastUpdated > 2024-02-10", Pushed: "exact, exact"},
			{Filter: "profile.lastName starts with 'Mu' or profile.lastName = 'and'", Pushed: "exact"},
			{Filter: "status in ('ACTIVE', 'SUSPENDED')", Pushed: "superset"},
			{Filter: "status != 'ACTIVE'", Pushed: "residual"},
			{Filter: "lastLogin is null", Pushed: "residual"},
			{Filter: "lastLogin is not null", Pushed: "exact"},
			{Filter: "not (lastUpdated > 2024-02-10)", Pushed: "exact"},
			{Filter: `profile.lastName = 'back\\slash' or profile.firstName = 'Q"x'`, Pushed: "superset"},
			{Filter: "created >= 2024-02-01", Sort: "created", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "-lastUpdated,id", Sorted: "server"},
			{Filter: "", Sort: "-created", Sorted: "local"}, // which is -created,-id
			{Filter: "", Sort: "profile.lastName", Sorted: "local"},
		},
	}
}

func oktaUsers(n int) []object {
	statuses := []string{"ACTIVE", "STAGED", "DEPROVISIONED", "SUSPENDED", "ACTIVE", "PASSWORD_EXPIRED"}
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": p.code("00u", 17), "status": statuses[i*i%len(statuses)], "type": object{"id": []string{"oty1", "oty2"}[i%2]},
			"created": instant(p.made, millis), "activated": instant(p.seen, millis), "statusChanged": instant(p.seen, millis),
			"lastLogin": instant(p.seen, millis), "lastUpdated": instant(p.changed, millis), "passwordChanged": nil,
			"profile": object{
				"login": p.email, "email": p.email, "firstName": p.first, "lastName": p.last, "department": text(p.title), "mobilePhone": text(p.phone),
				"secondEmail": nil,
			},
			"_links": object{"self": object{"href": "https://example.okta.com/api/v1/users/" + p.code("00u", 17)}},
		}
	}
	return rows
}

func serveOkta(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	limit, err := r.number("limit", 1, 200, 200)
	if err != nil {
		return nil, err
	}
	search := r.q.Get("search")
	switch {
	case search != "":
		f, err := lang.Parse(search)
		if err == nil {
			err = lacks(f.Root, expressiontest.Not, expressiontest.NotEqual, expressiontest.EndsWith)
		}
		if err != nil {
			return nil, refuse("Invalid search criteria: %v", err)
		}
		rows = keep(rows, func(row object) bool { return f.Match(cols.row(row)) })
	default:
		rows = keep(rows, func(row object) bool { return row["status"] != "DEPROVISIONED" })
	}
	rows, err = oktaOrder(r, rows, cols, search != "")
	if err != nil {
		return nil, err
	}
	skip := 0
	if after := r.q.Get("after"); after != "" {
		for skip < len(rows) && rows[max(skip-1, 0)]["id"] != after || skip == 0 {
			skip++
		}
	}
	part, more := page(rows, skip, limit)
	if more {
		r.link("after", part[len(part)-1]["id"].(string)) //nolint:forcetypeassert // this package wrote it
	}
	return part, nil
}

// oktaOrder sorts by one property and then by the id, upwards.
func oktaOrder(r *request, rows []object, cols columns, searched bool) ([]object, error) {
	id := order{column: cols[0]}
	by, direction := r.q.Get("sortBy"), r.q.Get("sortOrder")
	if by == "" {
		return sorted(rows, id), nil
	}
	if !searched || direction != "" && direction != "asc" && direction != "desc" {
		return nil, refuse("sortBy needs a search, and sortOrder is asc or desc")
	}
	col, err := cols.find(by)
	if err != nil {
		return nil, err
	}
	return sorted(rows, order{column: col, descending: direction == "desc"}, id), nil
}
