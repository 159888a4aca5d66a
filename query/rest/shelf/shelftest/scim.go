package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// scim is RFC 7644, section 3.4.2: pages by startIndex, which counts from 1. An attribute
// without a value is left out, as is the member Resources of a page without users. Two
// attributes are compared exactly.
func scim() API {
	exact := columns{{name: "id", kind: model.TypeString}, {name: "externalId", kind: model.TypeString}}
	cols := slices.Concat(exact, columns{
		{name: "userName", kind: model.TypeString},
		{name: "displayName", kind: model.TypeString},
		{name: "nickName", kind: model.TypeString},
		{name: "name.formatted", kind: model.TypeString},
		{name: "name.familyName", kind: model.TypeString},
		{name: "name.givenName", kind: model.TypeString},
		{name: "title", kind: model.TypeString},
		{name: "userType", kind: model.TypeString},
		{name: "preferredLanguage", kind: model.TypeString},
		{name: "locale", kind: model.TypeString},
		{name: "active", kind: model.TypeBool},
		{name: "meta.created", kind: model.TypeDateTime},
		{name: "meta.lastModified", kind: model.TypeDateTime},
	})
	return API{
		Name: "scim/users", Token: token, Rows: 330, Filter: "`filter`: SCIM",
		New: func() http.Handler {
			rows := scimUsers(330)
			lang := cols.language("scim", expressiontest.Options{})
			return &endpoint{
				method: http.MethodGet, path: "/Users", header: "Authorization", value: "Bearer " + token,
				params: []string{"filter", "startIndex", "count", "sortBy", "sortOrder", "attributes", "excludedAttributes"},
				fail: func(status int, text string) any {
					return object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": strconv.Itoa(status), "detail": text}
				},
				serve: func(r *request) (any, error) { return serveSCIM(r, rows, cols, exact, lang) },
			}
		},
		Cases: []Case{
			{Filter: "userName = 'USER5@example.com'", Pushed: "superset"}, // how s is folded is open
			{Filter: "userName contains '@EX'", Pushed: "exact"},
			{Filter: "title is null", Pushed: "superset"}, // pr is false for ''
			{Filter: "title is not null", Pushed: "residual"},
			{Filter: "name.familyName != 'and' and active = true", Pushed: "superset, exact"},
			{Filter: "active != true or meta.lastModified > 2024-02-20", Pushed: "exact"},
			{Filter: "not (name.familyName contains 'an' or active = true)", Pushed: "superset, exact"},
			{Filter: "name.givenName starts with 'q\"' or name.familyName = 'back\\\\slash'", Pushed: "apart"},
			{Filter: "id in ('a', 'b')", Pushed: "exact"},
			{Filter: "externalId = 'EXT-6'", Pushed: "exact"},
			{Filter: "name.familyName = 'nobody'", Pushed: "exact"},
			{Filter: "", Sort: "userName", Sorted: "local"},
		},
	}
}

func scimUsers(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		row := object{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": p.code("", 20), "userName": p.email,
			"name":   object{"familyName": p.last, "givenName": p.first},
			"active": p.active, "emails": []object{{"value": p.email, "primary": true}},
			"meta": object{"resourceType": "User", "created": instant(p.made, millis), "lastModified": instant(p.changed, millis)},
		}
		if p.title != nil {
			row["title"], row["displayName"] = *p.title, p.first+" "+p.last
		}
		if p.phone != nil {
			row["externalId"] = fmt.Sprintf("Ext-%d", i%12)
		}
		if i%10 == 0 {
			delete(row, "active")
		}
		rows[i] = row
	}
	return rows
}

func serveSCIM(r *request, rows []object, cols, exact columns, lang *expressiontest.Evaluator) (any, error) {
	first, err := r.number("startIndex", -1_000_000, 1_000_000, 1)
	if err != nil {
		return nil, err
	}
	count, err := r.number("count", 0, 1_000_000, 50)
	if err != nil {
		return nil, err
	}
	if filter := r.q.Get("filter"); filter != "" {
		f, err := lang.Parse(filter)
		if err != nil {
			return nil, refuse("invalidFilter: %v", err)
		}
		holds := exactly(f, exact)
		rows = keep(rows, func(row object) bool { return holds(cols.row(row)) })
	}
	part, _ := page(rows, max(first, 1)-1, min(count, 200)) // it gives 200 at the most
	body := object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": len(rows),
		"startIndex": max(first, 1), "itemsPerPage": len(part),
	}
	if len(part) > 0 {
		body["Resources"] = part
	}
	return body, nil
}
