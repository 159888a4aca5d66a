package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// hubSpotContacts is https://developers.hubspot.com/docs/api/crm/search: a search by POST.
// A contact satisfies all filters of one group at least. Values are texts, in rows as in
// filters, and the first 10 000 contacts are given.
func hubSpotContacts() API {
	texts := []string{"email", "firstname", "lastname", "company", "jobtitle", "phone", "city", "country", "lifecyclestage", "hs_lead_status", "website"}
	cols := slices.Concat(columns{
		{name: "hs_object_id", kind: model.TypeInt},
		{name: "hubspot_owner_id", kind: model.TypeInt},
		{name: "num_associated_deals", kind: model.TypeInt},
		{name: "createdate", kind: model.TypeDateTime},
		{name: "lastmodifieddate", kind: model.TypeDateTime},
	}, textColumns(texts...))
	return API{
		Name: "hubspot/contacts", Token: token, Rows: 520, Filter: "`filterGroups`: an OR of ANDs in JSON",
		New: func() http.Handler {
			rows := hubSpotRows(520)
			return &endpoint{
				method: http.MethodPost, path: "/crm/v3/objects/contacts/search", header: "Authorization", value: "Bearer " + token, params: []string{},
				fail: func(_ int, text string) any {
					return object{"status": "error", "category": "VALIDATION_ERROR", "message": text}
				},
				serve: func(r *request) (any, error) { return serveHubSpot(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "properties.email = 'user5@example.com'", Pushed: "superset"},
			{Filter: "properties.num_associated_deals >= 3 and properties.phone is not null", Pushed: "exact, exact"},
			{Filter: "properties.num_associated_deals != 3", Pushed: "exact"},
			{Filter: "properties.createdate > 2024-02-10T00:00:00.5Z", Pushed: "exact"},
			{Filter: "properties.lastname = 'and' or properties.createdate < 2024-02-02 and properties.phone is null", Pushed: "apart"},
			{Filter: "id in (100, 103, 1234)", Pushed: "exact"},
			{Filter: "id in (100, 103, 106, 109, 112, 115)", Pushed: "exact"},
			{Filter: "properties.email in ('user1@example.com', 'user2@example.com')", Pushed: "superset"},
			{
				Filter: "id > 1 and id < 9000 and properties.num_associated_deals > 0 and properties.num_associated_deals < 9 and properties.phone is not null and properties.hubspot_owner_id > 0 and properties.hubspot_owner_id < 4",
				Pushed: "exact" + strings.Repeat(", exact", 5) + ", residual",
			},
			{Filter: "properties.hubspot_owner_id in (1, 2) or properties.createdate < 2024-02-02 and properties.phone is null", Pushed: "exact"},
			{Filter: "properties.firstname != 'Ada'", Pushed: "residual"},
			{Filter: "properties.website is not null", Select: []string{"properties.website"}, Pushed: "exact"},
			{Filter: "properties.firstname contains 'a'", Pushed: "residual"},
			{Filter: "properties.phone is not null", Sort: "-id", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "properties.createdate", Sorted: "local"},
		},
	}
}

func hubSpotRows(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		id := strconv.Itoa(100 + 3*i)
		values := object{
			"hs_object_id": id, "email": p.email, "firstname": p.first, "lastname": p.last, "company": nil, "jobtitle": text(p.title), "phone": text(p.phone),
			"city": "Berlin", "country": nil, "lifecyclestage": []string{"lead", "customer", "subscriber"}[i%3], "hs_lead_status": nil, "website": nil,
			"hubspot_owner_id": strconv.Itoa(i % 5), "num_associated_deals": nil, "createdate": instant(p.made, millis), "lastmodifieddate": instant(p.changed, millis),
		}
		if values["jobtitle"] == "" {
			values["jobtitle"] = nil // HubSpot keeps no empty texts
		}
		if i%4 == 0 {
			values["website"] = fmt.Sprintf("https://www%d.example.com", i)
		}
		if i%3 > 0 {
			values["num_associated_deals"] = strconv.Itoa(i % 11)
		}
		rows[i] = values
	}
	return rows
}

// hubSpotSearch is the body of a search as it is read.
type hubSpotSearch struct {
	groups, sorts, properties []any
	limit, after              int
}

func serveHubSpot(r *request, rows []object, cols columns) (any, error) {
	search, err := readHubSpot(r.body)
	if err != nil {
		return nil, err
	}
	tests, err := hubSpotGroups(search.groups, cols)
	if err != nil {
		return nil, err
	}
	if len(tests) > 0 {
		rows = keep(rows, func(row object) bool {
			return slices.ContainsFunc(tests, func(holds func(object) bool) bool { return holds(row) })
		})
	}
	by := order{column: cols[0]}
	if len(search.sorts) > 0 {
		if by, err = hubSpotOrder(search.sorts, cols); err != nil {
			return nil, err
		}
	}
	part, more := page(sorted(rows, by, order{column: cols[0]}), search.after, search.limit)
	body := object{"total": len(rows)}
	results := make([]object, len(part))
	for i, row := range part {
		properties := object{"hs_object_id": row["hs_object_id"], "createdate": row["createdate"], "lastmodifieddate": row["lastmodifieddate"]}
		for _, name := range search.properties {
			if _, err := cols.find(fmt.Sprint(name)); err == nil { // others are left out
				properties[fmt.Sprint(name)] = row[fmt.Sprint(name)]
			}
		}
		results[i] = object{"id": row["hs_object_id"], "properties": properties, "createdAt": row["createdate"], "updatedAt": row["lastmodifieddate"], "archived": false}
	}
	body["results"] = results
	if more {
		body["paging"] = object{"next": object{"after": strconv.Itoa(search.after + search.limit)}}
	}
	return body, nil
}

func readHubSpot(body any) (s hubSpotSearch, err error) {
	s.limit = 10
	members, ok := body.(object)
	if !ok {
		return s, refuse("the body is not an object")
	}
	for name, v := range members {
		var ok bool
		switch name {
		case "filterGroups":
			s.groups, ok = v.([]any)
		case "sorts":
			s.sorts, ok = v.([]any)
		case "properties":
			s.properties, ok = v.([]any)
		case "limit":
			n, isNumber := v.(float64)
			s.limit, ok = int(n), isNumber && n >= 1 && n <= 200
		case "after":
			s.after, err = strconv.Atoi(fmt.Sprint(v))
			ok = err == nil
		default:
			return s, refuse("there is no member %q", name)
		}
		if !ok {
			return s, refuse("the member %q has a wrong value", name)
		}
	}
	if s.after+s.limit > 10_000 {
		return s, refuse("a search has 10 000 results at the most")
	}
	return s, nil
}

func hubSpotOrder(sorts []any, cols columns) (order, error) {
	key, ok := sorts[0].(object)
	if len(sorts) != 1 || !ok || key["direction"] != "ASCENDING" && key["direction"] != "DESCENDING" {
		return order{}, refuse("sorts has one key, ASCENDING or DESCENDING")
	}
	col, err := cols.find(fmt.Sprint(key["propertyName"]))
	return order{column: col, descending: key["direction"] == "DESCENDING"}, err
}

// hubSpotGroups returns a test for each group.
func hubSpotGroups(groups []any, cols columns) (tests []func(object) bool, err error) {
	total := 0
	for _, g := range groups {
		group, _ := g.(object)
		filters, ok := group["filters"].([]any)
		if total += len(filters); !ok || len(group) != 1 || len(filters) < 1 || len(filters) > 6 || len(groups) > 5 || total > 18 {
			return nil, refuse("there are 5 groups with 6 filters each and 18 in all at the most")
		}
		var all []func(object) bool
		for _, f := range filters {
			filter, _ := f.(object)
			test, err := hubSpotFilter(filter, cols)
			if err != nil {
				return nil, err
			}
			all = append(all, test)
		}
		tests = append(tests, func(row object) bool {
			return !slices.ContainsFunc(all, func(holds func(object) bool) bool { return !holds(row) })
		})
	}
	return tests, nil
}

// hubSpotFilter returns the test of a filter. A comparison is false for a contact without
// the property; NEQ is true here, where it is not documented.
func hubSpotFilter(filter object, cols columns) (func(object) bool, error) {
	col, err := cols.find(fmt.Sprint(filter["propertyName"]))
	if err != nil {
		return nil, err
	}
	if filter["operator"] == "IN" {
		return hubSpotList(filter, col)
	}
	value, valued := filter["value"].(string)
	holds, ok := map[string]func(n int) bool{
		"EQ": func(n int) bool { return n == 0 }, "NEQ": func(n int) bool { return n != 0 },
		"GT": func(n int) bool { return n > 0 }, "GTE": func(n int) bool { return n >= 0 },
		"LT": func(n int) bool { return n < 0 }, "LTE": func(n int) bool { return n <= 0 },
		"HAS_PROPERTY": nil, "NOT_HAS_PROPERTY": nil,
	}[fmt.Sprint(filter["operator"])]
	if !ok || valued != (holds != nil) {
		return nil, refuse("the filter has no operator or not the value for it: %v", filter)
	}
	compared, err := hubSpotValue(col, value, valued)
	if err != nil {
		return nil, err
	}
	return func(row object) bool {
		v := col.value(row)
		switch {
		case filter["operator"] == "NOT_HAS_PROPERTY" || filter["operator"] == "NEQ" && v.IsNull():
			return v.IsNull()
		case v.IsNull() || holds == nil:
			return !v.IsNull()
		case col.kind == model.TypeString:
			v = model.String(strings.ToLower(v.Str()))
		}
		return holds(order{column: col}.compare(v, compared))
	}, nil
}

// hubSpotList returns the test of IN. Of texts it wants lower case.
func hubSpotList(filter object, col column) (func(object) bool, error) {
	values, ok := filter["values"].([]any)
	if !ok || len(values) < 1 || len(values) > 100 {
		return nil, refuse("IN has a list of values")
	}
	var all []model.Value
	for _, v := range values {
		text, ok := v.(string)
		if !ok || col.kind == model.TypeString && text != strings.ToLower(text) {
			return nil, refuse("the values of IN are texts in lower case, not %v", v)
		}
		value, err := hubSpotValue(col, text, true)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return func(row object) bool {
		return slices.ContainsFunc(all, func(v model.Value) bool {
			return !col.value(row).IsNull() && order{column: col}.compare(col.value(row), v) == 0
		})
	}, nil
}

// hubSpotValue reads the text of a filter's value; an instant is in milliseconds.
func hubSpotValue(col column, value string, valued bool) (model.Value, error) {
	if !valued || col.kind == model.TypeString {
		return model.String(strings.ToLower(value)), nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return model.Value{}, refuse("%s is compared with numbers, not with %q", col.name, value)
	}
	if col.kind == model.TypeDateTime {
		return model.DateTime(time.UnixMilli(n)), nil
	}
	return model.Int(n), nil
}
