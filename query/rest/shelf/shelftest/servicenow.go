package shelftest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// servicenow is the Table API of https://docs.servicenow.com with an encoded query, whose
// order is a part of it. All values are texts, what is empty is ”, a reference is an id or
// an object with a link, and without an order rows come as they may.
func servicenow() API {
	cols := columns{
		{name: "sys_id", kind: model.TypeString},
		{name: "number", kind: model.TypeString},
		{name: "short_description", kind: model.TypeString},
		{name: "active", kind: model.TypeBool},
		{name: "state", kind: model.TypeInt},
		{name: "priority", kind: model.TypeInt},
		{name: "urgency", kind: model.TypeInt},
		{name: "impact", kind: model.TypeInt},
		{name: "category", kind: model.TypeString},
		{name: "assigned_to", kind: model.TypeString},
		{name: "assignment_group", kind: model.TypeString},
		{name: "caller_id", kind: model.TypeString},
		{name: "opened_at", kind: model.TypeDateTime, layout: time.DateTime},
		{name: "resolved_at", kind: model.TypeDateTime, layout: time.DateTime},
		{name: "closed_at", kind: model.TypeDateTime, layout: time.DateTime},
		{name: "sys_created_on", kind: model.TypeDateTime, layout: time.DateTime},
		{name: "sys_updated_on", kind: model.TypeDateTime, layout: time.DateTime},
	}
	secret := base64.StdEncoding.EncodeToString([]byte("admin:" + token))
	return API{
		Name: "servicenow/incidents", Token: "admin:" + token, Rows: 330, Filter: "`sysparm_query`: encoded query",
		New: func() http.Handler {
			rows, lang := snIncidents(330), cols.language("servicenow", expressiontest.Options{Fold: expressiontest.SimpleFold})
			return &endpoint{
				method: http.MethodGet, path: "/table/incident", header: "Authorization", value: "Basic " + secret,
				params: []string{"sysparm_query", "sysparm_limit", "sysparm_offset", "sysparm_fields", "sysparm_display_value", "sysparm_exclude_reference_link"},
				fail: func(_ int, text string) any {
					return object{"error": object{"message": text, "detail": ""}, "status": "failure"}
				},
				serve: func(r *request) (any, error) { return serveServicenow(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "active = true and priority < 3", Pushed: "exact, exact"},
			{Filter: "state in (1, 2) or priority = 1", Pushed: "exact"},
			{Filter: "short_description contains 'ada'", Pushed: "superset"},
			{Filter: "short_description contains 'a^b'", Pushed: "residual"},
			{Filter: "category != 'Engineer'", Pushed: "residual"},
			{Filter: "category = 'Engineer' and opened_at >= 2024-02-10T05:00", Pushed: "superset, exact"},
			{Filter: "resolved_at > 2024-02-20 or assigned_to = '46d44a5dc0a8010e0000ee51b24461ae'", Pushed: "exact"},
			{Filter: "resolved_at is null and assigned_to is not null", Pushed: "exact, exact"},
			{Filter: "assigned_to != '46d44a5dc0a8010e0000ee51b24461ae' or category = ''", Pushed: "residual"},
			{Filter: "not (state = 1 and active = true)", Pushed: "exact"},
			{Filter: "priority = 2", Sort: "-opened_at", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "sys_updated_on,-sys_id", Sorted: "server"},
			{Filter: "", Sort: "number", Sorted: "local"},
		},
	}
}

func snIncidents(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"sys_id": fmt.Sprintf("%08x%024x", uint32(i)*2654435761, i), "number": fmt.Sprintf("INC%07d", 10001+i), "short_description": p.first + " " + p.last,
			"active": strconv.FormatBool(p.active), "state": []string{"1", "2", "6", "7"}[i%4], "priority": strconv.Itoa(1 + i%5), "urgency": "3", "impact": "3",
			"category": text(p.title), "assigned_to": nil, "assignment_group": nil, "caller_id": "5137153cc611227c000bbd1bd8cd2005",
			"opened_at": p.made.Format(time.DateTime), "resolved_at": instant(p.seen, time.DateTime), "closed_at": nil,
			"sys_created_on": p.made.Format(time.DateTime), "sys_updated_on": p.changed.Format(time.DateTime), "sys_domain": "global",
		}
		if rows[i]["category"] == "" {
			rows[i]["category"] = nil
		}
		if i%3 == 0 {
			rows[i]["assigned_to"] = "46d44a5dc0a8010e0000ee51b24461ae"
		}
	}
	return rows
}

func serveServicenow(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	var conditions []string
	var keys []order
	for part := range strings.SplitSeq(r.q.Get("sysparm_query"), "^") {
		name, isOrder := strings.CutPrefix(part, "ORDERBY")
		if !isOrder {
			conditions = append(conditions, part)
			continue
		}
		name, descending := strings.CutPrefix(name, "DESC")
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, order{column: col, descending: descending})
	}
	rows, err := cols.matching(rows, lang, strings.Join(conditions, "^"))
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, refuse("without an order this server would repeat rows")
	}
	limit, err := r.number("sysparm_limit", 1, 10_000, 10_000)
	if err != nil {
		return nil, err
	}
	skip, err := r.number("sysparm_offset", 0, 1<<30, 0)
	if err != nil {
		return nil, err
	}
	limit = min(limit, 150) // an instance may have a limit of its own
	part, more := page(sorted(rows, keys...), skip, limit)
	out := make([]object, len(part))
	for i, row := range part {
		out[i] = snRow(row, r.q.Get("sysparm_exclude_reference_link") == "true")
	}
	r.header.Set("X-Total-Count", strconv.Itoa(len(rows)))
	if more {
		r.link("sysparm_offset", strconv.Itoa(skip+limit))
	}
	return object{"result": chosen(out, r.q.Get("sysparm_fields"))}, nil
}

// snRow is a row as the API writes it.
func snRow(row object, plain bool) object {
	out := object{}
	for name, v := range row {
		isReference := name == "assigned_to" || name == "assignment_group" || name == "caller_id"
		switch {
		case v == nil:
			out[name] = ""
		case isReference && !plain:
			out[name] = object{"link": "https://example.service-now.com/api/now/table/x", "value": v}
		default:
			out[name] = v
		}
	}
	return out
}
