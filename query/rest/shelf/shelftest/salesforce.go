package shelftest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// sfInstant is how Salesforce writes an instant.
const sfInstant = "2006-01-02T15:04:05.000-0700"

// salesforce is the resource Query of https://developer.salesforce.com, REST API Developer
// Guide, with the language of the SOQL and SOSL Reference. A batch has fewer rows than its
// greatest size; the next is named by a path that has a cursor.
func salesforce() API {
	cols := columns{
		{name: "Id", kind: model.TypeString},
		{name: "FirstName", kind: model.TypeString},
		{name: "LastName", kind: model.TypeString},
		{name: "Email", kind: model.TypeString},
		{name: "Phone", kind: model.TypeString},
		{name: "Title", kind: model.TypeString},
		{name: "AccountId", kind: model.TypeString},
		{name: "Account.Name", kind: model.TypeString},
		{name: "OwnerId", kind: model.TypeString},
		{name: "LeadSource", kind: model.TypeString},
		{name: "MailingCity", kind: model.TypeString},
		{name: "MailingCountry", kind: model.TypeString},
		{name: "HasOptedOutOfEmail", kind: model.TypeBool},
		{name: "Birthdate", kind: model.TypeDateTime, layout: time.DateOnly},
		{name: "CreatedDate", kind: model.TypeDateTime, layout: sfInstant},
		{name: "LastModifiedDate", kind: model.TypeDateTime, layout: sfInstant},
	}
	return API{
		Name: "salesforce/contacts", Token: token, Rows: 450, Filter: "SOQL",
		New: func() http.Handler {
			rows, lang := sfContacts(450), cols.language("soql", expressiontest.Options{})
			e := &endpoint{
				method: http.MethodGet, path: sfQuery, header: "Authorization", value: "Bearer " + token, params: []string{"q", "cursor"},
				fail: func(_ int, text string) any { return []any{object{"message": text, "errorCode": "MALFORMED_QUERY"}} },
			}
			e.serve = func(r *request) (any, error) { return serveSalesforce(r, rows, cols, lang) }
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if cursor, ok := strings.CutPrefix(r.URL.Path, sfQuery+"/"); ok && r.URL.RawQuery == "" {
					r.URL.Path, r.URL.RawQuery = sfQuery, url.Values{"cursor": {cursor}}.Encode()
				}
				e.ServeHTTP(w, r)
			})
		},
		Cases: []Case{
			{Filter: "FirstName = 'Ada'", Pushed: "exact"},
			{Filter: "FirstName = 'Zoë'", Pushed: "superset"},
			{Filter: "FirstName in ('Ada', 'Bo') and LastName != 'Null'", Pushed: "exact, exact"},
			{Filter: "Title != 'Engineer'", Pushed: "residual"},
			{Filter: "Title is null or Title = 'CEO (acting)'", Pushed: "superset"},
			{Filter: "Email contains '@EXAMPLE.COM' and not (HasOptedOutOfEmail = true)", Pushed: "exact, exact"},
			{Filter: "LastName starts with '100%' or LastName contains 'a_b' or LastName = 'AND'", Pushed: "exact"},
			{Filter: `FirstName = 'O\'Neil' or LastName ends with 'back\\slash'`, Pushed: "superset"},
			{Filter: "CreatedDate >= 2024-02-10T05:00 and CreatedDate < 2024-03-01", Pushed: "exact, exact"},
			{Filter: "Birthdate > 1985-01-01 or Birthdate is null", Pushed: "exact"},
			{Filter: "Account.Name = 'Acme' and AccountId is not null", Pushed: "exact, exact"},
			{Filter: "HasOptedOutOfEmail = true", Sort: "-CreatedDate", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "Birthdate", Sorted: "server"},
			{Filter: "", Sort: "-Birthdate", Sorted: "server"},
			{Filter: "", Sort: "LastName", Sorted: "local"},
		},
	}
}

// sfQuery is the path of queries.
const sfQuery = "/services/data/v61.0/query"

func sfContacts(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		row := object{
			"Id": p.code("003", 15), "FirstName": text(&p.first), "LastName": p.last, "Email": p.email, "Phone": text(p.phone), "Title": text(p.title),
			"OwnerId": "005000000000001AAA", "LeadSource": []any{"Web", nil, "Other"}[i%3], "MailingCity": []any{"Bonn", "Ulm", nil}[i%3],
			"MailingCountry": nil, "HasOptedOutOfEmail": !p.active, "Birthdate": nil,
			"CreatedDate": instant(p.made.Truncate(time.Second), sfInstant), "LastModifiedDate": instant(p.changed.Truncate(time.Second), sfInstant),
			"AccountId": nil, "Account": nil,
		}
		if row["Title"] == "" { // Salesforce keeps no empty text
			row["Title"] = nil
		}
		if i%4 > 0 {
			row["Birthdate"] = fmt.Sprintf("19%02d-%02d-%02d", 60+i%40, 1+i%12, 1+i%28)
		}
		if i%5 > 0 {
			row["AccountId"], row["Account"] = "001000000000001AAA", object{"attributes": object{"type": "Account"}, "Name": []string{"Acme", "ACME", "Globex"}[i%3]}
		}
		rows[i] = row
	}
	return rows
}

func serveSalesforce(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	q, skip := r.q.Get("q"), 0
	if cursor := r.q.Get("cursor"); cursor != "" {
		end := max(strings.LastIndexByte(cursor, '-'), 0)
		text, err := base64.RawURLEncoding.DecodeString(cursor[:end])
		if skip, _ = strconv.Atoi(strings.TrimPrefix(cursor[end:], "-")); err != nil || skip == 0 {
			return nil, refuse("INVALID_QUERY_LOCATOR")
		}
		q = string(text)
	}
	list, rest, ok := strings.Cut(strings.TrimPrefix(q, "SELECT "), " FROM Contact")
	if !ok || !strings.HasPrefix(q, "SELECT ") {
		return nil, refuse("unexpected token in %q", q)
	}
	var orders string
	if at := strings.LastIndex(rest, " ORDER BY "); at >= 0 {
		rest, orders = rest[:at], rest[at+len(" ORDER BY "):]
	}
	if where, ok := strings.CutPrefix(rest, " WHERE "); ok {
		var err error
		if rows, err = cols.matching(rows, lang, where); err != nil {
			return nil, err
		}
	} else if rest != "" {
		return nil, refuse("unexpected token %q", rest)
	}
	rows, err := sfOrder(rows, cols, orders)
	if err != nil {
		return nil, err
	}
	const batch = 200 // of rows as wide as these
	part, more := page(rows, skip, batch)
	selected := make([]object, len(part))
	for i, row := range part {
		if selected[i], err = sfSelect(row, cols, list); err != nil {
			return nil, err
		}
	}
	body := object{"totalSize": len(rows), "done": !more, "records": selected}
	if more {
		body["nextRecordsUrl"] = fmt.Sprintf("%s/%s-%d", sfQuery, base64.RawURLEncoding.EncodeToString([]byte(q)), skip+batch)
	}
	return body, nil
}

// sfOrder reads `Field ASC NULLS FIRST, Field DESC NULLS LAST`.
func sfOrder(rows []object, cols columns, text string) ([]object, error) {
	if text == "" {
		return rows, nil
	}
	var keys []order
	for key := range strings.SplitSeq(text, ", ") {
		name, how, _ := strings.Cut(key, " ")
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		switch how {
		case "ASC NULLS FIRST", "ASC", "":
			keys = append(keys, order{column: col})
		case "DESC NULLS LAST":
			keys = append(keys, order{column: col, descending: true, nullsLast: true})
		default:
			return nil, refuse("unexpected token %q", how)
		}
	}
	return sorted(rows, keys...), nil
}

// sfSelect returns the fields of a row that a query lists.
func sfSelect(row object, cols columns, list string) (object, error) {
	out := object{"attributes": object{"type": "Contact", "url": fmt.Sprint("/services/data/v61.0/sobjects/Contact/", row["Id"])}}
	for name := range strings.SplitSeq(list, ", ") {
		if _, err := cols.find(name); err != nil {
			return nil, err
		}
		outer, _, _ := strings.Cut(name, ".")
		if inner, ok := row[outer].(object); ok {
			out[outer] = maps.Clone(inner)
			continue
		}
		out[outer] = row[outer]
	}
	return out, nil
}
