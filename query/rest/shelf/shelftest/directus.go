package shelftest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// directus is https://directus.io/docs, Items with filter rules in JSON, on PostgreSQL: nulls
// are the greatest, a comparison with null is not true, and the wildcards of LIKE in a value
// are not escaped.
func directus() API {
	cols := columns{
		{name: "id", kind: model.TypeInt},
		{name: "status", kind: model.TypeString},
		{name: "title", kind: model.TypeString},
		{name: "views", kind: model.TypeInt},
		{name: "featured", kind: model.TypeBool},
		{name: "user_created", kind: model.TypeString},
		{name: "date_created", kind: model.TypeDateTime},
		{name: "date_updated", kind: model.TypeDateTime},
	}
	return API{
		Name: "directus/articles", Token: token, Rows: 330, Filter: "`filter`: JSON",
		New: func() http.Handler {
			rows := directusArticles(330)
			return &endpoint{
				method: http.MethodGet, path: "/items/articles", header: "Authorization", value: "Bearer " + token,
				params: []string{"filter", "sort", "limit", "offset", "page", "fields", "meta", "search"},
				fail:   func(_ int, text string) any { return object{"errors": []any{object{"message": text}}} },
				serve:  func(r *request) (any, error) { return serveDirectus(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "status = 'draft' and views > 100", Pushed: "exact, exact"},
			{Filter: "title contains '100%' or views is null", Pushed: "apart"},
			{Filter: "title = 'Ada and' or views is null or status = 'draft'", Pushed: "exact"},
			{Filter: "title starts with 'Sky*' and featured = true", Pushed: "superset, exact"},
			{Filter: `title ends with 'back\\slash'`, Pushed: "residual"},
			{Filter: "title = '$NOW'", Pushed: "residual"},
			{Filter: "title != 'Ada and' and not (views in (1, 2))", Pushed: "exact, exact"},
			{Filter: "not (views > 100)", Pushed: "exact"},
			{Filter: "date_created between 2024-02-01 and 2024-02-10T05:00:00.5", Pushed: "exact"},
			{Filter: "status = 'draft'", Sort: "-date_created", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "views", Sorted: "local"}, // nulls are elsewhere
			{Filter: "featured = true", Select: []string{"content"}, Pushed: "exact"},
		},
	}
}

func directusArticles(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": i + 1, "status": []string{"published", "draft", "archived"}[i%3], "title": p.first + " " + p.last, "views": i * 37 % 500, "featured": p.active,
			"user_created": nil, "date_created": p.made.Format(millis), "date_updated": instant(p.seen, millis), "content": object{"blocks": []any{}},
		}
		if i%5 == 0 {
			rows[i]["views"], rows[i]["title"] = nil, nil
		}
		if i%2 == 0 {
			rows[i]["user_created"] = "6f9a2b1c-0000-4000-8000-000000000001"
		}
	}
	return rows
}

func serveDirectus(r *request, rows []object, cols columns) (any, error) {
	if text := r.q.Get("filter"); text != "" {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var rule object
		if err := d.Decode(&rule); err != nil {
			return nil, refuse("%v", err)
		}
		p, err := directusRule(cols, rule)
		if err != nil {
			return nil, err
		}
		rows = keep(rows, p)
	}
	limit, err := r.number("limit", -1, 1<<30, 100)
	if err != nil {
		return nil, err
	}
	limit = min(limit, 150) // QUERY_LIMIT_MAX
	skip, err := r.number("offset", 0, 1<<30, 0)
	if err != nil {
		return nil, err
	}
	var keys []order
	for key := range strings.SplitSeq(r.q.Get("sort"), ",") {
		name, descending := strings.CutPrefix(key, "-")
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		if col.name == "views" || col.name == "date_updated" {
			return nil, refuse("the order of nulls is not read here")
		}
		keys = append(keys, order{column: col, descending: descending})
	}
	part, _ := page(sorted(rows, keys...), skip, limit)
	body := object{"data": chosen(part, r.q.Get("fields"))}
	if r.q.Get("meta") == "filter_count" {
		body["meta"] = object{"filter_count": len(rows)}
	}
	return body, nil
}

// directusRule reads {_and: [rules]}, {_or: [rules]} or {field: {operator: value}}.
func directusRule(cols columns, rule object) (func(object) bool, error) {
	name, inner, err := member(rule)
	if err != nil {
		return nil, err
	}
	if list, ok := inner.([]any); ok && (name == "_and" || name == "_or") {
		all := make([]func(object) bool, len(list))
		for i, child := range list {
			rule, _ := child.(object)
			if all[i], err = directusRule(cols, rule); err != nil {
				return nil, err
			}
		}
		return func(row object) bool {
			one := slices.ContainsFunc(all, func(p func(object) bool) bool { return p(row) == (name == "_or") })
			return one == (name == "_or")
		}, nil
	}
	col, err := cols.find(name)
	if err != nil {
		return nil, err
	}
	test, _ := inner.(object)
	op, value, err := member(test)
	if err != nil {
		return nil, err
	}
	holds, err := directusTest(col, op, value)
	return func(row object) bool { return holds(col.value(row)) }, err
}

// member returns the one member of an object.
func member(o object) (name string, value any, err error) {
	if len(o) != 1 {
		return "", nil, refuse("a rule has one member: %v", o)
	}
	for name, value = range o { //nolint:revive // there is one
	}
	return name, value, nil
}

func directusTest(col column, op string, value any) (func(model.Value) bool, error) {
	if op == "_null" || op == "_nnull" {
		return func(v model.Value) bool { return v.IsNull() == (op == "_null") }, nil
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var values []model.Value
	for _, one := range list {
		text := fmt.Sprint(one)
		if strings.HasPrefix(text, "$") {
			return nil, refuse("variables are not read here: %s", text)
		}
		values = append(values, column{name: col.name, kind: col.kind}.text(text))
	}
	compare := func(v model.Value) int { return (order{column: col}).compare(v, values[0]) }
	in := func(v model.Value) bool {
		return slices.ContainsFunc(values, func(w model.Value) bool { return (order{column: col}).compare(v, w) == 0 })
	}
	tests := map[string]func(model.Value) bool{
		"_eq": in, "_in": in,
		"_neq": func(v model.Value) bool { return !in(v) }, "_nin": func(v model.Value) bool { return !in(v) },
		"_gt": func(v model.Value) bool { return compare(v) > 0 }, "_gte": func(v model.Value) bool { return compare(v) >= 0 },
		"_lt": func(v model.Value) bool { return compare(v) < 0 }, "_lte": func(v model.Value) bool { return compare(v) <= 0 },
	}
	text := fmt.Sprint(value)
	if pattern, ok := map[string]string{"_contains": "%" + text + "%", "_starts_with": text + "%", "_ends_with": "%" + text}[op]; ok {
		re := likeExpression(pattern)
		return func(v model.Value) bool { return !v.IsNull() && re.MatchString(v.Str()) }, nil
	}
	test, ok := tests[op]
	if !ok || isList != (op == "_in" || op == "_nin") {
		return nil, refuse("the operator %s of %v", op, value)
	}
	return func(v model.Value) bool { return !v.IsNull() && test(v) }, nil
}

// likeExpression is a pattern of LIKE, in which a backslash takes the next character.
func likeExpression(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?s)^")
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile(b.String() + "$")
}
