package shelftest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// drupal is the module JSON:API of https://www.drupal.org/docs, articles: attributes inside
// rows, orders by the names of fields, at most 50 rows, and the next page in links.
func drupal() API {
	cols := columns{
		{name: "id", kind: model.TypeString},
		{name: "drupal_internal__nid", kind: model.TypeInt, path: "attributes.drupal_internal__nid"},
		{name: "title", kind: model.TypeString, path: "attributes.title"},
		{name: "status", kind: model.TypeBool, path: "attributes.status"},
		{name: "promote", kind: model.TypeBool, path: "attributes.promote"},
		{name: "langcode", kind: model.TypeString, path: "attributes.langcode"},
		{name: "created", kind: model.TypeDateTime, path: "attributes.created"},
		{name: "changed", kind: model.TypeDateTime, path: "attributes.changed"},
	}
	return API{
		Name: "drupal/articles", Token: token, Rows: 170, Filter: "`filter[field]`: equality",
		Lacks: "conditions of several parameters, such as `filter[a][condition][operator]`",
		New: func() http.Handler {
			rows := drupalArticles(170)
			return &endpoint{
				method: http.MethodGet, path: "/node/article", header: "Accept", value: "application/vnd.api+json",
				fail: func(status int, text string) any {
					return object{"jsonapi": object{"version": "1.1"}, "errors": []any{object{"status": strconv.Itoa(status), "detail": text}}}
				},
				serve: func(r *request) (any, error) { return serveDrupal(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "attributes.title = 'Ada and' and attributes.status = true", Pushed: "superset, exact"},
			{Filter: "attributes.drupal_internal__nid in (4, 7)", Pushed: "apart"},
			{Filter: "attributes.title != 'Ada and'", Pushed: "residual"},
			{Filter: "attributes.status = false", Sort: "-attributes.created", Pushed: "exact", Sorted: "server"},
			{Filter: "attributes.path.alias is null", Sort: "attributes.promote,-attributes.changed", Pushed: "residual", Sorted: "server"},
		},
	}
}

func drupalArticles(n int) []object {
	const layout = "2006-01-02T15:04:05-07:00"
	rows := make([]object, n)
	for i, p := range people(n) {
		path := object{"alias": nil, "pid": nil, "langcode": "en"}
		if i%3 > 0 {
			path["alias"] = fmt.Sprint("/articles/", i)
		}
		rows[i] = object{
			"type": "node--article", "id": fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i)*2654435761, i), "links": object{}, "relationships": object{},
			"attributes": object{
				"drupal_internal__nid": 1 + 3*i, "title": p.first + " " + p.last, "status": p.active, "promote": i%2 == 0, "langcode": "en", "path": path, "body": nil,
				"created": p.made.Format(layout), "changed": p.changed.Format(layout),
			},
		}
	}
	return rows
}

func serveDrupal(r *request, rows []object, cols columns) (any, error) {
	for name, values := range r.q {
		field, ok := strings.CutPrefix(name, "filter[")
		if !ok {
			continue
		}
		col, err := cols.find(strings.TrimSuffix(field, "]"))
		if err != nil {
			return nil, err
		}
		text := values[0]
		if col.kind == model.TypeBool {
			text = strconv.FormatBool(text == "1")
		}
		rows = keep(rows, func(row object) bool { return strings.EqualFold(col.value(row).String(), text) }) // as on MySQL
	}
	var keys []order
	for key := range strings.SplitSeq(r.q.Get("sort"), ",") {
		name, descending := strings.CutPrefix(key, "-")
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, order{column: col, descending: descending})
	}
	limit, err := r.number("page[limit]", 1, 50, 50)
	if err != nil {
		return nil, err
	}
	skip, err := r.number("page[offset]", 0, 1<<30, 0)
	if err != nil {
		return nil, err
	}
	part, more := page(sorted(rows, keys...), skip, limit)
	links := object{"self": object{"href": r.again(nil)}}
	if more {
		links["next"] = object{"href": r.again(url.Values{"page[offset]": {strconv.Itoa(skip + limit)}})}
	}
	return object{"jsonapi": object{"version": "1.1"}, "data": part, "links": links}, nil
}
