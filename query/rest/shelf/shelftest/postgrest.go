package shelftest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// postgrest is https://docs.postgrest.org, Tables and Views and Pagination and Count. Rows
// have no order of their own, nulls are the greatest unless an order says otherwise, and
// the total is in Content-Range if it is preferred.
func postgrest() API {
	cols := columns{
		{name: "id", kind: model.TypeInt},
		{name: "name", kind: model.TypeString},
		{name: "email", kind: model.TypeString},
		{name: "age", kind: model.TypeInt},
		{name: "salary", kind: model.TypeDecimal},
		{name: "student", kind: model.TypeBool},
		{name: "born_on", kind: model.TypeDateTime, layout: time.DateOnly},
		{name: "created_at", kind: model.TypeDateTime},
		{name: "updated_at", kind: model.TypeDateTime},
	}
	return API{
		Name: "postgrest/people", Token: token, Rows: 330, Filter: "`and=(…)`",
		New: func() http.Handler {
			rows, lang := pgPeople(330), cols.language("postgrest", expressiontest.Options{})
			return &endpoint{
				method: http.MethodGet, path: "/people", header: "Authorization", value: "Bearer " + token, params: []string{"and", "or", "select", "order", "limit", "offset"},
				fail: func(_ int, text string) any {
					return object{"code": "PGRST100", "message": text, "details": nil, "hint": nil}
				},
				serve: func(r *request) (any, error) { return servePostgrest(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "name = 'Ada Lovelace' or email is null", Pushed: "exact"},
			{Filter: "age > 50 and not (age > 70 or email is null)", Pushed: "exact, exact, exact"}, //nolint:dupword // a verdict for each
			{Filter: "name like 'Zo%M_ller' and student = true", Pushed: "exact, exact"},
			{Filter: `name contains 'a_b' or name ends with 'back\\slash' or name = 'Q"x 100%'`, Pushed: "exact"},
			{Filter: "name contains 'Sky*'", Pushed: "residual"},
			{Filter: "name in ('Bo and', 'Ann Marie x,y')", Pushed: "exact"},
			{Filter: "born_on >= 1985-01-01 and updated_at < 2024-03-01T07:00", Pushed: "exact, exact"},
			{Filter: "salary < 100.5", Sort: "-age", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "born_on,-salary", Sorted: "server"},
			{Filter: "", Sort: "name", Sorted: "local"}, // by the collation of the database
			{Filter: "student = false", Select: []string{"notes"}, Pushed: "exact"},
		},
	}
}

func pgPeople(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": i*7919%n + 1, "name": p.first + " " + p.last, "email": p.email, "age": 18 + i%60, "salary": json.Number(fmt.Sprintf("%d.%02d", i%200, i*7%100)),
			"student": p.active, "born_on": nil, "created_at": p.made.Format("2006-01-02T15:04:05.999999+00:00"), "updated_at": instant(p.seen, "2006-01-02T15:04:05.999999+00:00"),
			"notes": object{"n": i},
		}
		if i%6 == 0 {
			rows[i]["email"], rows[i]["age"] = nil, nil
		}
		if i%4 > 0 {
			rows[i]["born_on"] = fmt.Sprintf("19%02d-%02d-%02d", 60+i%40, 1+i%12, 1+i%28)
		}
	}
	return rows
}

func servePostgrest(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	var err error
	if r.q.Has("and") {
		if rows, err = cols.matching(rows, lang, r.q.Get("and")); err != nil {
			return nil, err
		}
	}
	limit, err := r.number("limit", 0, 1<<30, 1000)
	if err != nil {
		return nil, err
	}
	skip, err := r.number("offset", 0, 1<<30, 0)
	if err != nil {
		return nil, err
	}
	if rows, err = pgOrder(rows, cols, r.q.Get("order")); err != nil {
		return nil, err
	}
	total := "*"
	if r.Header.Get("Prefer") == "count=exact" {
		total = strconv.Itoa(len(rows))
		if skip > len(rows) {
			return nil, &refusal{http.StatusRequestedRangeNotSatisfiable, "Requested range not satisfiable"}
		}
	}
	part, _ := page(rows, skip, min(limit, 150)) // db-max-rows
	span := "*"
	if len(part) > 0 {
		span = fmt.Sprint(skip, "-", skip+len(part)-1)
	}
	r.header.Set("Content-Range", span+"/"+total)
	return chosen(part, r.q.Get("select")), nil
}

// pgOrder reads `field.desc.nullslast,field.asc`.
func pgOrder(rows []object, cols columns, text string) ([]object, error) {
	if text == "" {
		return rows, nil
	}
	var keys []order
	for key := range strings.SplitSeq(text, ",") {
		parts := strings.Split(key, ".")
		col, err := cols.find(parts[0])
		if err != nil {
			return nil, err
		}
		descending, nulls := false, ""
		for _, part := range parts[1:] {
			switch part {
			case "asc", "desc":
				descending = part == "desc"
			case "nullsfirst", "nullslast":
				nulls = part
			default:
				return nil, refuse("unexpected %q in the order", part)
			}
		}
		if descending && nulls != "nullslast" {
			return nil, refuse("this server does not read the order %s", key)
		}
		keys = append(keys, order{column: col, descending: descending, nullsLast: nulls != "nullsfirst"})
	}
	return sorted(rows, keys...), nil
}
