package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// soqlThings is a listing that has its order behind its conditions.
func soqlThings(style rest.Style) rest.Definition {
	soql, _ := expression.Preset("soql")
	soql.To.Around, soql.To.Empty = "FIND {}", "ALL"
	return things(style, func(d *rest.Definition) {
		d.Expression, d.Paging.Sort = &soql, "q"
		d.Paging.Order = rest.Order{Ascending: "{f} ASC", Descending: "{f} DESC", Join: ", ", Behind: " ORDER BY {}"}
		d.Fields[0].Sort, d.Fields[1].Sort = true, true
	})
}

// TestOrderBehind: an order stands behind the conditions, in their parameter. Pages that go
// by position always have one.
func TestOrderBehind(t *testing.T) {
	for _, test := range []struct {
		style        rest.Style
		filter, sort string
		want         string
	}{
		{rest.Token, "", "", "ALL"},
		{rest.Token, "", "-name", "ALL ORDER BY name DESC, id DESC"},
		{rest.Token, "id = 1", "", "FIND id = 1"},
		{rest.Token, "id = 1", "name", "FIND id = 1 ORDER BY name ASC, id ASC"},
		{rest.Offset, "", "", "ALL ORDER BY id ASC"},
		{rest.Offset, "id in (1, 2)", "", "FIND id IN (1, 2) ORDER BY id ASC"},
		{rest.Offset, "id > 0", "-name", "FIND id > 0 ORDER BY name DESC, id DESC"},
	} {
		var opts []query.Option
		if test.sort != "" {
			opts = append(opts, query.OrderBy(test.sort))
		}
		answer := func(q url.Values) (int, any) {
			if q.Has("skip") {
				return http.StatusOK, map[string]any{"items": []any{}}
			}
			return http.StatusOK, map[string]any{"items": from(1, 1)}
		}
		_, requests := asked(t, soqlThings(test.style), test.filter, answer, opts...)
		if got := requests[0]["q"]; !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s %q by %q: asked %q, want %q", test.style, test.filter, test.sort, got, test.want)
		}
	}
}

// TestOrderBehindFaults: what such an order lacks is said.
func TestOrderBehindFaults(t *testing.T) {
	for want, edit := range map[string]func(*rest.Definition){
		"name that parameter in both":     func(d *rest.Definition) { d.Paging.Sort = "sort" },
		"has nothing that the order":      func(d *rest.Definition) { d.Expression.To.Empty = "" },
		"needs one place for the keys":    func(d *rest.Definition) { d.Paging.Order.Behind = " ORDER BY" },
		`"q" is that of paging.sort too`:  func(d *rest.Definition) { d.Paging.Order.Behind = "" },
		"in the parameter of the express": func(d *rest.Definition) { d.Expression = nil },
	} {
		d := soqlThings(rest.Token)
		edit(&d)
		if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestDefaultOrder: a parameter of every request is its order, and where ids begin, unless
// the request has another.
func TestDefaultOrder(t *testing.T) {
	answer := func(url.Values) (int, any) { return http.StatusOK, map[string]any{"items": []any{}} }
	d := things(rest.Token, func(d *rest.Definition) {
		d.Paging.Sort, d.Params, d.Fields[1].Sort, d.Fields[0].Sort = "sort", url.Values{"sort": {"id"}}, true, true
	})
	_, requests := asked(t, d, "", answer)
	_, sorted := asked(t, d, "", answer, query.OrderBy("-name"))
	if got, want := []string{requests[0].Get("sort"), sorted[0].Get("sort")}, []string{"id", "-name,-id"}; !slices.Equal(got, want) {
		t.Errorf("asked for the orders %q, want %q", got, want)
	}
	d = things(rest.Forward, func(d *rest.Definition) { d.Params = url.Values{"after": {"0"}} })
	_, requests = asked(t, d, "", answer)
	_, behind := asked(t, d, "id > 7", answer)
	if got, want := []string{requests[0].Get("after"), behind[0].Get("after")}, []string{"0", "7"}; !slices.Equal(got, want) {
		t.Errorf("asked for ids after %q, want %q", got, want)
	}
	d = things(rest.Token, func(d *rest.Definition) { d.Params = url.Values{"token": {"0"}} })
	if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), "is that of paging.token") {
		t.Errorf("got %v", err)
	}
}

// TestForwardEndsAtBound: behind the last row before a bound of ids no page is asked for.
func TestForwardEndsAtBound(t *testing.T) {
	d := things(rest.Forward, nil)
	answer := func(q url.Values) (int, any) {
		if q.Get("after") != "4" {
			return http.StatusBadRequest, map[string]any{}
		}
		return http.StatusOK, map[string]any{"items": from(5, 5)}
	}
	ids, requests := asked(t, d, "id between 5 and 9", answer)
	if !slices.Equal(ids, []int64{5, 6, 7, 8, 9}) || len(requests) != 1 {
		t.Errorf("rows %v by %d requests", ids, len(requests))
	}
}

// TestVerdictLowered: a parameter that selects more than its operator is sent, and what it
// selects is checked; a negation is not sent by it.
func TestVerdictLowered(t *testing.T) {
	d := things(rest.Link, func(d *rest.Definition) {
		d.Fields[1].Params = map[string]string{"contains": "name__ic", "eq": "name", "start": "name__sw"}
		d.Fields[1].Values = map[string]rest.Value{"contains": {Superset: true}, "eq": {Superset: true, Map: map[string]string{"a": "1"}}, "start": {Refuse: []string{"%"}}}
	})
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]plan.Verdict{
		"name contains 'a'":       plan.Superset,
		"name = 'a'":              plan.Superset,
		"name = 'b'":              plan.Unsupported,
		"name starts with 'b'":    plan.Exact,
		"name starts with 'b%'":   plan.Unsupported,
		"not (name contains 'a')": plan.Unsupported,
		"name != 'a'":             plan.Unsupported,
	} {
		p, err := query.Prepare(src, filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Scans[0].Conjuncts[0].Verdict; got != want {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
	d.Fields[1].Type = model.TypeString
	d.Fields[1].Values["eq"] = rest.Value{}
	if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), "needs one place for the value") {
		t.Errorf("got %v", err)
	}
}

// TestBrackets: a tree becomes a parameter for each of its values.
func TestBrackets(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		d.Expression = &expression.Dialect{
			Name: "qs", To: expression.Place{Param: "filters", Brackets: true}, And: map[string]any{"$and": []any{"{}"}}, Or: map[string]any{"$or": []any{"{}"}},
			Ops: map[expression.Op]expression.Operator{
				expression.Equal: {Template: map[string]any{"{f}": map[string]any{"$eq": "{v}"}}},
				expression.In:    {Template: map[string]any{"{f}": map[string]any{"$in": "{v}"}}},
			},
			Nulls: expression.Nulls{Eq: expression.NullFalse}, Text: expression.Text{Fold: expression.FoldNone},
		}
	})
	answer := func(url.Values) (int, any) { return http.StatusOK, map[string]any{"items": from(1, 1)} }
	for filter, want := range map[string]url.Values{
		"":                      {"limit": {"10"}},
		"name = 'a&b'":          {"limit": {"10"}, "filters[name][$eq]": {"a&b"}},
		"id = 1 or name = '[x'": {"limit": {"10"}, "filters[$or][0][id][$eq]": {"1"}, "filters[$or][1][name][$eq]": {"[x"}},
		"id in (1, 2) and name = 'a'": {
			"limit": {"10"}, "filters[$and][0][id][$in][0]": {"1"}, "filters[$and][0][id][$in][1]": {"2"}, "filters[$and][1][name][$eq]": {"a"},
		},
	} {
		_, requests := asked(t, d, filter, answer)
		if diff := cmp.Diff(want, requests[0]); diff != "" {
			t.Errorf("%s: %s", filter, diff)
		}
	}
	d.Expression.To.Around = "x{}"
	if _, err := rest.New(nil, d); err == nil || !strings.Contains(err.Error(), "have no use for around and empty") {
		t.Errorf("got %v", err)
	}
	soql := soqlThings(rest.Token)
	soql.Expression.To = expression.Place{Param: "q", Brackets: true}
	if _, err := rest.New(nil, soql); err == nil || !strings.Contains(err.Error(), "the templates are texts") || !strings.Contains(err.Error(), "name that parameter in both") {
		t.Errorf("got %v", err)
	}
}

// TestNextOnLast: of a listing whose last page names a next one its flag is the end, and
// else an error, for the flag may be the opposite.
func TestNextOnLast(t *testing.T) {
	answer := func(q url.Values) (int, any) {
		first := q.Get("token") == ""
		return http.StatusOK, map[string]any{"items": from(map[bool]int{true: 1, false: 3}[first], 2), "next": "c", "more": first}
	}
	d := things(rest.Token, func(d *rest.Definition) { d.Layout.HasMore, d.Answer.NextOnLast = "more", true })
	ids, requests := asked(t, d, "", answer)
	if !slices.Equal(ids, []int64{1, 2, 3, 4}) || len(requests) != 2 {
		t.Errorf("rows %v by %d requests", ids, len(requests))
	}
	d.Answer.NextOnLast = false
	src, _ := served(t, d, answer)
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range rows.All() { //nolint:revive // only its error counts
	}
	if _, ok := errors.AsType[*rest.FlagError](err); !ok {
		t.Errorf("got %v", err)
	}
}
