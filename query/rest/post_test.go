package rest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// posted runs a query against a server that answers bodies, and returns the ids, the
// parameters and the bodies of its requests.
func posted(t *testing.T, d rest.Definition, filter string, answer func(body any) any, opts ...query.Option) (ids []int64, params []url.Values, bodies []any) {
	t.Helper()
	client := handledClient(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var body any
		if err != nil || r.Method != http.MethodPost || json.Unmarshal(text, &body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		params, bodies = append(params, r.URL.Query()), append(bodies, body)
		_ = json.NewEncoder(w).Encode(answer(body))
	}, transport.Options{Backoff: time.Millisecond, Concurrency: 1})
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.ID)
	}
	return ids, params, bodies
}

func tree(t *testing.T, text string) (out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPost: what a request says by pointers stands in its body, of the type that it has
// there, and the rest in the query.
func TestPost(t *testing.T) {
	post := func(d *rest.Definition) { d.Method = http.MethodPost }
	search := things(rest.Token, func(d *rest.Definition) {
		post(d)
		d.Paging.Token, d.Paging.Limit, d.Paging.Sort, d.Select = "/after", "/limit", "/sorts", "/properties"
		d.Paging.Order = rest.Order{Ascending: map[string]any{"by": "{f}"}, Descending: map[string]any{"by": "{f}", "down": true}}
		d.Body = map[string]any{"archived": false, "filter": map[string]any{"kind": "x"}}
		d.Params = url.Values{"v": {"2"}}
		d.Fields[0].Sort, d.Fields[1].As, d.Fields[1].Sort, d.Fields[1].Nullable = true, "Name", true, true
		d.Fields[0].Params = map[string]string{"gteq": "/filter/from", "in": "/filter/ids"}
		d.Fields[1].Params = map[string]string{"eq": "/filter/name~1x", "null": "/filter/none"}
		d.Fields = append(d.Fields, rest.Field{Field: model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest}})
	})
	graph := things(rest.Token, func(d *rest.Definition) {
		d.Fields[1].Nullable = true
		post(d)
		d.Paging.Token, d.Paging.Limit = "/variables/after", "/variables/first"
		d.Body = map[string]any{"query": "query($after: String) {things}", "variables": map[string]any{"first": "10", "after": nil}}
	})
	for name, test := range map[string]struct {
		definition rest.Definition
		filter     string
		opts       []query.Option
		bodies     []string
	}{
		"a search": {search, "name = 'a\"b' and id >= 3", nil, []string{
			`{"archived":false,"filter":{"kind":"x","from":3,"name/x":"a\"b"},"limit":10}`,
			`{"archived":false,"filter":{"kind":"x","from":3,"name/x":"a\"b"},"limit":10,"after":"2"}`,
		}},
		"lists and an order": {search, "id in (1, 2) and name is null", []query.Option{query.OrderBy("-name"), query.Select("note")}, []string{
			`{"archived":false,"filter":{"kind":"x","ids":[1,2],"none":true},"limit":10,"sorts":[{"by":"Name","down":true},{"by":"id","down":true}],"properties":["note"]}`,
			`{"archived":false,"filter":{"kind":"x","ids":[1,2],"none":true},"limit":10,"sorts":[{"by":"Name","down":true},{"by":"id","down":true}],"properties":["note"],"after":"2"}`,
		}},
		"variables": {graph, "", nil, []string{
			`{"query":"query($after: String) {things}","variables":{"first":"10","after":null}}`,
			`{"query":"query($after: String) {things}","variables":{"first":"10","after":"2"}}`,
		}},
		"a token that is a number": {things(rest.Token, func(d *rest.Definition) {
			post(d)
			d.Fields[1].Nullable = true
			d.Paging.Token, d.Paging.Limit, d.Body = "/at", "/page/size", map[string]any{"at": 0}
		}), "", nil, []string{`{"at":0,"page":{"size":10}}`, `{"at":2,"page":{"size":10}}`}},
		"rows to skip": {things(rest.Offset, func(d *rest.Definition) {
			post(d)
			d.Fields[1].Nullable = true
			d.Paging.Skip, d.Paging.Limit, d.Paging.Origin, d.Layout.HasMore = "/from", "size", 1, "more"
		}), "", nil, []string{`{"from":1}`, `{"from":2}`}},
		"a list's end": {things(rest.After, func(d *rest.Definition) {
			post(d)
			d.Fields[1].Nullable = true
			d.Paging.After, d.Paging.Limit, d.Layout.HasMore = "/search_after/-", "/size", "more"
		}), "", nil, []string{`{"size":10}`, `{"size":10,"search_after":[1]}`}},
	} {
		pages := 0
		ids, params, bodies := posted(t, test.definition, test.filter, func(any) any {
			pages++
			page := map[string]any{"items": from(pages, 1), "more": pages < 2}
			if pages < 2 {
				page["next"] = "2"
			}
			page["items"].([]any)[0].(map[string]any)["name"] = nil //nolint:forcetypeassert // from made it
			if strings.Contains(test.filter, "name =") {
				page["items"] = from(pages+2, 1)
				page["items"].([]any)[0].(map[string]any)["name"] = `a"b` //nolint:forcetypeassert // from made it
			}
			return page
		}, test.opts...)
		if len(bodies) != len(test.bodies) {
			t.Errorf("%s: %d requests, want %d: %v", name, len(bodies), len(test.bodies), bodies)
			continue
		}
		for i, want := range test.bodies {
			if diff := cmp.Diff(tree(t, want), bodies[i]); diff != "" {
				t.Errorf("%s: request %d: %s", name, i, diff)
			}
		}
		if len(ids) != 2 || name == "a search" && !slices.Equal(params[1]["v"], []string{"2"}) || name == "rows to skip" && params[0].Get("size") != "10" {
			t.Errorf("%s: ids %v, %v", name, ids, params)
		}
	}
	if body := search.Body.(map[string]any); len(body) != 2 || len(body["filter"].(map[string]any)) != 1 { //nolint:forcetypeassert // it stands above
		t.Errorf("requests changed the definition: %v", body)
	}
}

// TestExpressionInBody: a dialect of trees has its expression in the body.
func TestExpressionInBody(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		preset, _ := expression.Preset("elasticsearch")
		d.Method, d.Expression, d.Body = http.MethodPost, &preset, map[string]any{"track_total_hits": true}
		d.Paging.Token, d.Paging.Limit = "/after", "/size"
	})
	ids, _, bodies := posted(t, d, "id >= 3", func(any) any { return map[string]any{"items": from(3, 2)} })
	if len(ids) != 2 || len(bodies) != 1 {
		t.Fatalf("ids %v, bodies %v", ids, bodies)
	}
	body, _ := bodies[0].(map[string]any)
	if said, isTree := body["query"].(map[string]any); !isTree || len(said) == 0 || body["track_total_hits"] != any(true) || body["size"] != 10.0 {
		t.Errorf("%v", body)
	}
	d.Method = ""
	if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), "write request: {method: POST}") {
		t.Errorf("got %v", err)
	}
}

// TestPostIsExplained: a plan shows the body of its request, and a value that the body wants
// otherwise is an error before anything is sent.
func TestPostIsExplained(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		d.Method, d.Paging.Token, d.Paging.Limit = http.MethodPost, "/after", "/limit"
		d.Body = map[string]any{"after": 0, "q": "<&>"}
	})
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	p, err := query.Prepare(src, "")
	if err != nil {
		t.Fatal(err)
	}
	if want := `POST /things {"after":0,"limit":10,"q":"<&>"}`; p.Request(0) != want {
		t.Errorf("it shows %s, want %s", p.Request(0), want)
	}
	if _, err := src.Request(plan.Scan{}, paginate.Request{Limit: 1, Token: "abc"}); err == nil || !strings.Contains(err.Error(), `/after: the body wants a number, and the value is "abc"`) {
		t.Errorf("got %v", err)
	}
}
