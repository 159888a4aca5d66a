package shelftest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// bareID is an id as OData has it, without quotes.
var bareID = regexp.MustCompile(`(contactid eq )([0-9a-f-]{36})`)

// dynamics is the Web API of https://learn.microsoft.com/power-apps/developer/data-platform:
// OData 4 with pages whose size is a header, texts that are compared without case, and
// wildcards in functions of texts.
func dynamics() API {
	cols := columns{
		{name: "contactid", kind: model.TypeString},
		{name: "firstname", kind: model.TypeString},
		{name: "lastname", kind: model.TypeString},
		{name: "emailaddress1", kind: model.TypeString},
		{name: "jobtitle", kind: model.TypeString},
		{name: "telephone1", kind: model.TypeString},
		{name: "address1_city", kind: model.TypeString},
		{name: "donotemail", kind: model.TypeBool},
		{name: "statecode", kind: model.TypeInt},
		{name: "creditlimit", kind: model.TypeDecimal},
		{name: "createdon", kind: model.TypeDateTime},
		{name: "modifiedon", kind: model.TypeDateTime},
		{name: "birthdate", kind: model.TypeDateTime, layout: time.DateOnly},
	}
	return API{
		Name: "dynamics/contacts", Token: token, Rows: 330, Filter: "`$filter`: OData",
		New: func() http.Handler {
			lang := cols.language("odata", expressiontest.Options{Fold: withoutAccents, Nulls: map[expressiontest.Test]dsl.Tri{expressiontest.Ne: dsl.Unknown}})
			rows := dynamicsContacts(330)
			return &endpoint{
				method: http.MethodGet, path: "/contacts", header: "Authorization", value: "Bearer " + token,
				params: []string{"$filter", "$select", "$orderby", "$skiptoken"},
				fail:   func(_ int, text string) any { return object{"error": object{"code": "0x80060888", "message": text}} },
				serve:  func(r *request) (any, error) { return serveDynamics(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "lastname = 'Lovelace' and statecode = 0", Pushed: "superset, exact"},
			{Filter: "lastname = 'Muller' or jobtitle is null", Pushed: "apart"},
			{Filter: "lastname contains '100%'", Pushed: "residual"},
			{Filter: "emailaddress1 starts with 'user1' and donotemail = false", Pushed: "superset, exact"},
			{Filter: "jobtitle != 'Engineer'", Pushed: "residual"},
			{Filter: "contactid = '00000000-0000-4000-8000-000000000007'", Pushed: "superset"},
			{Filter: "contactid = 'null'", Pushed: "residual"},
			{Filter: "creditlimit != 5.5", Pushed: "exact"},
			{Filter: "not (creditlimit > 5) and createdon >= 2024-02-10T05:00", Pushed: "exact, exact"},
			{Filter: "birthdate < 1985-01-01", Sort: "-createdon", Pushed: "exact", Sorted: "local"},
		},
	}
}

// withoutAccents ignores case and the accents that rows here have.
func withoutAccents(r rune) rune {
	if plain, ok := map[rune]rune{'ü': 'u', 'ë': 'e', 'Å': 'a', 'å': 'a', 'ö': 'o'}[r]; ok {
		r = plain
	}
	return expressiontest.SimpleFold(r)
}

func dynamicsContacts(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"@odata.etag": fmt.Sprintf(`W/"%d"`, i), "contactid": fmt.Sprintf("00000000-0000-4000-8000-%012x", i), "firstname": p.first, "lastname": p.last,
			"emailaddress1": p.email, "jobtitle": text(p.title), "telephone1": text(p.phone), "address1_city": nil, "donotemail": !p.active, "statecode": i % 2,
			"creditlimit": json.Number(strconv.Itoa(i%9) + ".5"), "createdon": p.made.Format(seconds), "modifiedon": p.changed.Format(seconds), "birthdate": nil,
		}
		if i%4 > 0 {
			rows[i]["birthdate"] = fmt.Sprintf("19%02d-%02d-%02d", 60+i%40, 1+i%12, 1+i%28)
		}
		if i%6 == 1 {
			rows[i]["creditlimit"], rows[i]["lastname"] = nil, nil
		}
	}
	return rows
}

func serveDynamics(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	if filter := r.q.Get("$filter"); filter != "" {
		if strings.ContainsAny(filter, "%[") || strings.Contains(filter, "with(") && strings.Contains(filter, "_") {
			return nil, refuse("wildcards are not read here: %s", filter)
		}
		var err error
		if rows, err = cols.matching(rows, lang, bareID.ReplaceAllString(filter, "$1'$2'")); err != nil {
			return nil, err
		}
	}
	size, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Prefer"), "odata.maxpagesize="))
	if err != nil || size < 1 || size > 5000 || r.q.Has("$orderby") {
		return nil, refuse("Prefer: %s, $orderby: %s", r.Header.Get("Prefer"), r.q.Get("$orderby"))
	}
	size = min(size, 150)                          // so that a few rows have several pages
	skip, _ := strconv.Atoi(r.q.Get("$skiptoken")) // "" is 0
	part, more := page(rows, skip, size)
	body := object{"@odata.context": "x", "value": chosen(part, "@odata.etag,"+r.q.Get("$select"))}
	if more {
		body["@odata.nextLink"] = r.again(url.Values{"$skiptoken": {strconv.Itoa(skip + size)}})
	}
	return body, nil
}
