package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// strapi is https://docs.strapi.io/cms/api/rest, entries of a content type in version 5 on
// PostgreSQL: filters in brackets, pages by number, orders such as createdAt:desc.
func strapi() API {
	cols := columns{
		{name: "documentId", kind: model.TypeString},
		{name: "id", kind: model.TypeInt},
		{name: "title", kind: model.TypeString},
		{name: "slug", kind: model.TypeString},
		{name: "createdAt", kind: model.TypeDateTime},
		{name: "updatedAt", kind: model.TypeDateTime},
		{name: "publishedAt", kind: model.TypeDateTime},
	}
	return API{
		Name: "strapi/articles", Token: token, Rows: 330, Filter: "`filters[…]`",
		New: func() http.Handler {
			rows := strapiArticles(330)
			return &endpoint{
				method: http.MethodGet, path: "/articles", header: "Authorization", value: "Bearer " + token,
				fail: func(status int, text string) any {
					return object{"data": nil, "error": object{"status": status, "name": "ValidationError", "message": text, "details": object{}}}
				},
				serve: func(r *request) (any, error) { return serveStrapi(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "title = 'Ada and' and createdAt > 2024-02-01", Pushed: "exact, exact"},
			{Filter: "title in ('Ada and', 'Bo Null')", Pushed: "exact"},
			{Filter: "title != 'Ada and'", Pushed: "exact"},
			{Filter: "title contains '100%'", Pushed: "superset"},
			{Filter: `title ends with 'back\\slash'`, Pushed: "residual"},
			{Filter: "title is null and slug starts with 'user1'", Pushed: "exact, superset"},
			{Filter: "title is not null and not (id in (1, 3, 5))", Pushed: "exact, exact"},
			{Filter: "id > 40 and id <= 90", Pushed: "exact, exact"},
			{Filter: "slug = 'user7' or slug = 'user9'", Pushed: "exact"},
			{Filter: "slug = 'user7' or title = 'Bo Null'", Pushed: "exact"},
			{Filter: "updatedAt >= 2024-02-10T05:00:00.5", Sort: "-createdAt", Pushed: "exact", Sorted: "server"},
		},
	}
}

func strapiArticles(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": 2*i + 1, "documentId": strings.ToLower(p.code("", 24)), "title": p.first + " " + p.last, "slug": fmt.Sprint("user", i), "locale": "en",
			"createdAt": p.made.Format(millis), "updatedAt": p.changed.Format(millis), "publishedAt": instant(p.seen, millis),
		}
		if i%5 == 0 {
			rows[i]["title"] = nil
		}
	}
	return rows
}

func serveStrapi(r *request, rows []object, cols columns) (any, error) {
	filters := object{}
	for name, values := range r.q {
		way, ok := strings.CutPrefix(name, "filters[")
		switch {
		case ok && strings.HasSuffix(way, "]"):
			unflatten(filters, strings.Split(strings.TrimSuffix(way, "]"), "]["), values[0])
		case name != "sort" && name != "pagination[page]" && name != "pagination[pageSize]":
			return nil, refuse("Invalid key %s", name)
		}
	}
	if len(filters) > 0 {
		holds, err := directusRule(cols, strapiRule(filters))
		if err != nil {
			return nil, err
		}
		rows = keep(rows, holds)
	}
	size, err := r.number("pagination[pageSize]", 1, 100, 25)
	if err != nil {
		return nil, err
	}
	number, err := r.number("pagination[page]", 1, 1<<30, 1)
	if err != nil {
		return nil, err
	}
	var keys []order
	for key := range strings.SplitSeq(r.q.Get("sort"), ",") {
		name, way, _ := strings.Cut(key, ":")
		col, err := cols.find(name)
		if err != nil || !slices.Contains([]string{"", "asc", "desc"}, way) {
			return nil, refuse("Invalid order %s", key)
		}
		keys = append(keys, order{column: col, descending: way == "desc"})
	}
	part, _ := page(sorted(rows, keys...), (number-1)*size, size)
	return object{"data": part, "meta": object{"pagination": object{"page": number, "pageSize": size, "pageCount": (len(rows) + size - 1) / size, "total": len(rows)}}}, nil
}

// unflatten puts a value at its way into a tree of objects.
func unflatten(tree object, way []string, value string) {
	if len(way) == 1 {
		tree[way[0]] = value
		return
	}
	inner, ok := tree[way[0]].(object)
	if !ok {
		inner = object{}
		tree[way[0]] = inner
	}
	unflatten(inner, way[1:], value)
}

// strapiRule makes a rule of Directus, which means the same on the same database, of
// filters: $and is _and, and an object with numbers for names is a list.
func strapiRule(filters object) object {
	out := object{}
	for name, value := range filters {
		if strings.HasPrefix(name, "$") {
			name = map[string]string{
				"$and": "_and", "$or": "_or", "$eq": "_eq", "$ne": "_neq", "$gt": "_gt", "$gte": "_gte", "$lt": "_lt", "$lte": "_lte", "$in": "_in", "$notIn": "_nin",
				"$null": "_null", "$notNull": "_nnull", "$contains": "_contains", "$startsWith": "_starts_with", "$endsWith": "_ends_with",
			}[name]
		}
		inner, isObject := value.(object)
		first, isList := inner["0"]
		switch _, ofRules := first.(object); {
		case isList:
			list := make([]any, len(inner))
			for i := range list {
				list[i] = inner[strconv.Itoa(i)]
				if ofRules {
					list[i] = strapiRule(list[i].(object)) //nolint:forcetypeassert // a request that mixes them is not sent
				}
			}
			value = list
		case isObject:
			value = strapiRule(inner)
		}
		out[name] = value
	}
	return out
}
