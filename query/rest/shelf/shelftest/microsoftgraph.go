package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// microsoftGraph is https://learn.microsoft.com/graph/api/user-list: OData with pages by
// @odata.nextLink. A user has a few properties unless $select names others. `ne`, `not` and
// `endswith` are for advanced queries, which have $count and the header ConsistencyLevel.
func microsoftGraph() API {
	texts := []string{
		"id", "userPrincipalName", "displayName", "givenName", "surname", "mail", "jobTitle", "department", "companyName", "officeLocation",
		"country", "mobilePhone", "employeeId", "userType", "usageLocation", "state", "city", "preferredLanguage",
	}
	cols := slices.Concat(columns{{name: "accountEnabled", kind: model.TypeBool}, {name: "onPremisesSyncEnabled", kind: model.TypeBool}, {name: "createdDateTime", kind: model.TypeDateTime}}, textColumns(texts...))
	return API{
		Name: "microsoft-graph/users", Token: token, Rows: 1100, Filter: "`$filter`: OData without `contains`",
		New: func() http.Handler {
			rows, lang := graphUsers(1100), cols.language("odata", expressiontest.Options{Fold: expressiontest.SimpleFold})
			return &endpoint{
				method: http.MethodGet, path: "/users", header: "Authorization", value: "Bearer " + token,
				params: []string{"$filter", "$orderby", "$select", "$top", "$count", "$search", "$skiptoken", "$expand"},
				fail: func(status int, text string) any {
					return object{"error": object{"code": fmt.Sprint("Request_", status), "message": text}}
				},
				serve: func(r *request) (any, error) { return serveGraph(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "displayName = 'Zoë and'", Pushed: "superset"},
			{Filter: "mail is null and accountEnabled = true", Pushed: "exact, exact"},
			{Filter: "accountEnabled != true", Pushed: "exact"},
			{Filter: "mail ends with '@EXAMPLE.COM'", Pushed: "superset"},
			{Filter: "surname starts with 'O''' or givenName = 'O''Neil'", Pushed: "superset"},
			{Filter: "displayName != 'Ada and'", Pushed: "residual"},
			{Filter: "createdDateTime > 2024-02-10", Pushed: "superset"},
			{Filter: "createdDateTime >= 2024-02-10 and createdDateTime <= 2024-02-20", Pushed: "exact, exact"},
			{Filter: "not (createdDateTime >= 2024-02-10 or mail is null)", Pushed: "superset, exact"},
			{Filter: "surname contains 'and'", Pushed: "residual"},
			{Filter: "jobTitle = ''", Pushed: "exact"},
			{Filter: "city is null", Select: []string{"usageLocation", "lastPasswordChangeDateTime"}, Pushed: "exact"},
			{Filter: "onPremisesSyncEnabled = true", Select: []string{"onPremisesSyncEnabled", "businessPhones"}, Pushed: "exact"},
			{Filter: "", Sort: "displayName", Sorted: "local"},
		},
	}
}

func graphUsers(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		mail := any(p.email)
		if i%8 == 3 {
			mail = nil
		}
		rows[i] = object{
			"id": p.guid(), "userPrincipalName": p.email, "displayName": p.first + " " + p.last, "givenName": p.first, "surname": p.last,
			"mail": mail, "jobTitle": text(p.title), "department": text(p.title), "companyName": nil, "officeLocation": text(p.phone), "country": "DE",
			"mobilePhone": text(p.phone), "employeeId": strconv.Itoa(i), "userType": []string{"Member", "Guest"}[i%2],
			"usageLocation": []string{"DE", "US"}[i%2], "state": nil, "city": text(p.title), "preferredLanguage": nil, "onPremisesSyncEnabled": nil,
			"lastPasswordChangeDateTime": instant(p.changed, seconds), "businessPhones": []string{fmt.Sprint("+49", i)},
			"accountEnabled": p.active, "createdDateTime": instant(p.made, seconds),
		}
		if i%6 == 0 {
			rows[i]["onPremisesSyncEnabled"] = true
		}
		if i%11 == 0 {
			rows[i]["accountEnabled"], rows[i]["givenName"] = nil, nil
		}
	}
	return rows
}

// graphDefaults are the properties that a user has without $select.
func graphDefaults() []string {
	return []string{
		"businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "surname",
		"userPrincipalName", "id",
	}
}

func serveGraph(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	top, err := r.number("$top", 1, 999, 100)
	if err != nil {
		return nil, err
	}
	skip, err := r.number("$skiptoken", 0, len(rows), 0)
	if err != nil {
		return nil, err
	}
	if filter := r.q.Get("$filter"); filter != "" {
		f, err := lang.Parse(filter)
		if err == nil {
			err = graphTests(r, f.Root)
		}
		if err != nil {
			return nil, refuse("Unsupported or invalid query filter clause: %v", err)
		}
		rows = keep(rows, func(row object) bool { return f.Match(cols.row(row)) })
	}
	names := graphDefaults()
	if r.q.Has("$select") {
		names = strings.Split(r.q.Get("$select"), ",")
	}
	body := object{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users"}
	if r.q.Get("$count") == "true" && skip == 0 {
		body["@odata.count"] = len(rows)
	}
	part, more := page(rows, skip, top)
	if body["value"], err = selected(part, cols, names, append(graphDefaults(), "lastPasswordChangeDateTime")); err != nil {
		return nil, err
	}
	if more {
		body["@odata.nextLink"] = r.next("$skiptoken", strconv.Itoa(skip+top))
	}
	return body, nil
}

// graphTests refuses what users cannot be filtered by, or only in an advanced query.
func graphTests(r *request, n *expressiontest.Node) error {
	if err := lacks(n, expressiontest.Contains); err != nil {
		return err
	}
	for _, field := range []string{"createdDateTime"} {
		if err := only(n, field, expressiontest.Equal, expressiontest.NotEqual, expressiontest.GreaterEqual, expressiontest.LessEqual, expressiontest.Missing, expressiontest.Present); err != nil {
			return err
		}
	}
	if r.q.Get("$count") == "true" && r.Header.Get("ConsistencyLevel") == "eventual" {
		return nil
	}
	return lacks(n, expressiontest.Not, expressiontest.NotEqual, expressiontest.EndsWith, expressiontest.Present)
}

// selected returns rows with the named members alone; a name that is neither a column nor
// one of the others is refused.
func selected(rows []object, cols columns, names, others []string) ([]object, error) {
	for _, name := range names {
		if _, err := cols.find(name); err != nil && !slices.Contains(others, name) {
			return nil, err
		}
	}
	out := make([]object, len(rows))
	for i, row := range rows {
		out[i] = object{}
		for _, name := range names {
			if v, ok := row[name]; ok {
				out[i][name] = v
			}
		}
	}
	return out, nil
}
