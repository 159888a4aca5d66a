package shelftest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// elasticsearch is the Search API of https://www.elastic.co/docs, with an index in the
// Elastic Common Schema: from and size up to index.max_result_window, or search_after with
// the values of the sort. The total is 10000 at the most unless it is tracked.
func elasticsearch(name string, cases []Case) API {
	cols := columns{
		{name: "event.id", kind: model.TypeString, path: "_source.event.id"},
		{name: "@timestamp", kind: model.TypeDateTime, path: "_source.@timestamp"},
		{name: "event.kind", kind: model.TypeString, path: "_source.event.kind"},
		{name: "event.action", kind: model.TypeString, path: "_source.event.action"},
		{name: "event.outcome", kind: model.TypeString, path: "_source.event.outcome"},
		{name: "event.duration", kind: model.TypeInt, path: "_source.event.duration"},
		{name: "host.name", kind: model.TypeString, path: "_source.host.name"},
		{name: "user.name", kind: model.TypeString, path: "_source.user.name"},
		{name: "log.level", kind: model.TypeString, path: "_source.log.level"},
		{name: "message", kind: model.TypeString, path: "_source.message"},
	}
	return API{
		Name: name, Token: token, Set: map[string]string{"index": "logs-web"}, Rows: esRows, Varies: []string{"sort"}, Filter: "`query`: JSON",
		New: func() http.Handler {
			rows, lang := esEvents(esRows), cols.language("elasticsearch", expressiontest.Options{})
			return &endpoint{
				method: http.MethodPost, path: "/logs-web/_search", header: "Authorization", value: "ApiKey " + token, params: []string{},
				fail: func(status int, text string) any {
					return object{"error": object{"type": "illegal_argument_exception", "reason": text}, "status": status}
				},
				serve: func(r *request) (any, error) { return serveElasticsearch(r, rows, cols, lang) },
			}
		},
		Cases: cases,
	}
}

func elasticsearchEvents() API {
	return elasticsearch("elasticsearch/events", []Case{
		{Filter: "_source.event.kind = 'alert'", Pushed: "exact"},
		{Filter: "_source.host.name > 'Mu' and _source.host.name <= 'Å'", Pushed: "exact, exact"},
		{Filter: "_source.event.kind != 'alert' and _source.event.duration > 300", Pushed: "exact, exact"},
		{Filter: "_source.`@timestamp` >= 2024-02-10T05:00 and _source.host.name starts with 'Mu'", Pushed: "superset, exact"},
		{Filter: "_source.host.name like '_at%' or _source.user.name in ('Ada', 'Q\"x')", Pushed: "exact"},
		{Filter: "not (_source.user.name = 'ada' or _source.event.duration < 100)", Pushed: "exact, exact"},
		{Filter: "_source.host.name is null or _source.event.action is not null", Pushed: "exact"},
		{Filter: "_source.message contains 'Muster' or _source.message is null", Pushed: "residual"},
		{Filter: "_source.event.duration > 300", Sort: "-_source.event.duration", Pushed: "exact", Sorted: "local"},
	})
}

func elasticsearchLatest() API {
	return elasticsearch("elasticsearch/latest", []Case{
		{Filter: "_source.event.duration > 300", Sort: "-_source.event.duration", Pushed: "exact", Sorted: "server"},
		{Filter: "", Sort: "_source.user.name", Sorted: "server"},
		{Filter: "_source.event.kind = 'event'", Sort: "-_source.@timestamp,_source.event.id", Pushed: "exact", Sorted: "server"},
		{Filter: "_source.log.level is null", Pushed: "exact"},
	})
}

const esRows = 460

func esEvents(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		event := object{"id": p.code("", 20), "kind": []string{"event", "alert", "Event"}[i%3], "duration": i * 37 % 500}
		source := object{"@timestamp": p.changed.Format(millis), "event": event, "user": object{"name": p.first}, "message": "said " + p.last}
		if p.title != nil {
			event["action"] = *p.title
		}
		if i%4 > 0 {
			event["outcome"], source["host"] = "success", object{"name": p.last}
		}
		if i%6 == 0 {
			delete(event, "duration")
			source["log"] = object{"level": "warn"}
		}
		rows[i] = object{"_index": "logs-web-1", "_id": fmt.Sprint("d", i), "_score": nil, "_source": source}
	}
	return rows
}

// esSearch is the body of a search.
type esSearch struct {
	Query       json.RawMessage `json:"query"`
	Size        int             `json:"size"`
	From        int             `json:"from"`
	Sort        []any           `json:"sort"`
	SearchAfter []any           `json:"search_after"`     //nolint:tagliatelle // Elasticsearch's name
	Track       bool            `json:"track_total_hits"` //nolint:tagliatelle // Elasticsearch's name
}

func serveElasticsearch(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	s := esSearch{Size: 10}
	if err := strictly(r.body, &s); err != nil {
		return nil, refuse("%v", err)
	}
	if s.From+s.Size > 10_000 {
		return nil, refuse("Result window is too large, from + size must be less than or equal to: [10000]")
	}
	if len(s.Query) > 0 {
		var err error
		if rows, err = cols.matching(rows, lang, string(s.Query)); err != nil {
			return nil, err
		}
	}
	keys, err := esOrder(cols, s.Sort)
	if err != nil {
		return nil, err
	}
	rows = sorted(rows, keys...)
	total := len(rows)
	if len(s.SearchAfter) > 0 {
		if len(s.SearchAfter) != len(keys) || len(keys) != 1 || s.From != 0 {
			return nil, refuse("search_after has %d value(s) but sort has %d", len(s.SearchAfter), len(keys))
		}
		rows = keep(rows, func(row object) bool { return keys[0].value(row).Str() > fmt.Sprint(s.SearchAfter[0]) })
	}
	part, _ := page(rows, s.From, s.Size)
	hits := make([]object, len(part))
	for i, row := range part {
		hits[i] = maps.Clone(row)
		values := make([]any, len(keys))
		for j, key := range keys {
			values[j] = at(row, key.path)
		}
		hits[i]["sort"] = values
	}
	relation := "eq"
	if !s.Track && total > 10_000 {
		total, relation = 10_000, "gte"
	}
	return object{"took": 1, "timed_out": false, "hits": object{"total": object{"value": total, "relation": relation}, "max_score": nil, "hits": hits}}, nil
}

// esOrder reads [{field: asc}, {field: {order: desc, missing: _last}}].
func esOrder(cols columns, sort []any) (keys []order, err error) {
	for _, key := range sort {
		by, ok := key.(object)
		if !ok || len(by) != 1 {
			return nil, refuse("[sort] %v", key)
		}
		name := slices.Collect(maps.Keys(by))[0]
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		how, ok := by[name].(object)
		if !ok {
			how = object{"order": by[name]}
		}
		descending := how["order"] == "desc"
		if col.name == "message" || !descending && how["order"] != "asc" {
			return nil, refuse("[sort] %v", key)
		}
		missing, ok := how["missing"]
		keys = append(keys, order{column: col, descending: descending, nullsLast: missing == "_last" || !ok})
	}
	return keys, nil
}
