package shipstreamtest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// people is a small set in which each filter below has an answer that is
// plain to see.
func people() []shipstreamtest.User {
	return []shipstreamtest.User{
		{ID: 1, Name: "Anna", Email: "a@x.org", Username: "anna", Active: true, CreatedAt: at("2024-01-01T00:00:00Z"), LastLoginAt: at("2024-01-01T23:59:59Z")},
		{ID: 2, Name: "ANNA ", Email: "A@X.ORG", Username: "Anna2", CreatedAt: at("2024-01-01T00:00:01Z")},
		{ID: 3, Name: "änna", Email: "b@x.org", Username: "100%", Active: true, CreatedAt: at("2024-01-02T00:00:00Z"), LastLoginAt: at("2024-01-02T00:00:00Z")},
		{ID: 4, Name: "anna\t", Email: "c@x.org", Username: "100x", Active: true, CreatedAt: at("2023-12-31T23:59:59Z")},
		{ID: 5, Name: "Straße", Email: "d@x.org", Username: `a\b`, CreatedAt: at("2025-06-30T12:00:00Z"), LastLoginAt: at("2025-07-01T00:00:00Z")},
		{ID: 6, Name: "Strase", Email: "e@x.org", Username: "a_b", Active: true, CreatedAt: at("2025-06-30T12:00:00Z")},
		{ID: 7, Name: "", Email: "f@x.org", Username: "15", CreatedAt: at("2025-06-30T12:00:00Z")},
		{ID: 8, Name: "🙂", Email: "g@x.org", Username: "true", Active: true, CreatedAt: at("2025-06-30T12:00:00Z")},
		{ID: 9, Name: "🙃", Email: "h@x.org", Username: "axb", CreatedAt: at("2025-06-30T12:00:00Z")},
	}
}

type filterCase struct {
	filters []string
	want    []int64
}

func testFilters(t *testing.T, o shipstreamtest.Options, cases []filterCase) {
	t.Helper()
	o.Rows = people()
	tr := start(t, o)
	for _, c := range cases {
		params := []string{"sort", "id", "count", "1"}
		for _, f := range c.filters {
			params = append(params, "filter", f)
		}
		p := get(t, tr, list("any", params...))
		if got := p.ids(); !slices.Equal(got, c.want) {
			t.Errorf("filter=%q gives %v, want %v", c.filters, got, c.want)
		}
		if *p.Meta.Count != int64(len(c.want)) {
			t.Errorf("filter=%q: count %d, want %d", c.filters, *p.Meta.Count, len(c.want))
		}
	}
}

func TestFilterBasic(t *testing.T) {
	testFilters(t, shipstreamtest.Options{}, []filterCase{
		{[]string{"id:3"}, []int64{3}},
		{[]string{"id:99"}, []int64{}},
		{[]string{"is_active:true"}, []int64{1, 3, 4, 6, 8}},
		{[]string{"is_active:0"}, []int64{2, 5, 7, 9}},
		{[]string{"is_active:true", "id{gt:3}"}, []int64{4, 6, 8}},
		{[]string{"username:15"}, []int64{7}},
		{[]string{"username:true"}, []int64{8}},
		{[]string{"name:"}, []int64{7}},
		{[]string{`username:a\b`}, []int64{5}},
		{[]string{"created_at:2024-01-01"}, []int64{1}},
		{[]string{"created_at:2024-01-01T00:00:01Z"}, []int64{2}},
		{[]string{"email:a@x.org", "email:A@X.org"}, []int64{1, 2}},
	})
}

func TestFilterOperators(t *testing.T) {
	testFilters(t, shipstreamtest.Options{}, []filterCase{
		{[]string{`id{eq:4}`}, []int64{4}},
		{[]string{`id{neq:4}`}, []int64{1, 2, 3, 5, 6, 7, 8, 9}},
		{[]string{`id{gt:4}`}, []int64{5, 6, 7, 8, 9}},
		{[]string{`id{lt:4}`}, []int64{1, 2, 3}},
		{[]string{`id{gteq:4}`}, []int64{4, 5, 6, 7, 8, 9}},
		{[]string{`id{lteq:4}`}, []int64{1, 2, 3, 4}},
		{[]string{`id{gteq:3,lt:5}`}, []int64{3, 4}},
		{[]string{`id{gteq:5,lt:3}`}, []int64{}},
		{[]string{`id{gt:9223372036854775807}`}, []int64{}},
		{[]string{`id{lt:-9223372036854775808}`}, []int64{}},
		{[]string{`id[{lt:3},{gt:8}]`}, []int64{1, 2, 9}},
		{[]string{`id[{eq:3},{eq:7},{eq:77}]`}, []int64{3, 7}},
		{[]string{`id[{eq:3},{eq:7}]`, `id[{eq:7},{eq:8}]`}, []int64{7}},
		{[]string{`id[{eq:3},{eq:7}]`, `id{gt:3}`}, []int64{7}},
		{[]string{`id[{eq:3},{gt:7,lt:9}]`}, []int64{3, 8}},
		{[]string{`id{null:true}`}, []int64{}},
		{[]string{`is_active{gteq:true}`}, []int64{1, 3, 4, 6, 8}},
		{[]string{`is_active[{gteq:true},{lt:true}]`}, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{[]string{`created_at{from:"2024-01-01",to:"2024-01-01"}`}, []int64{1, 2}},
		{[]string{`created_at{from:"2024-01-01T00:00:01Z",to:"2024-01-02T00:00:00Z"}`}, []int64{2, 3}},
		{[]string{`created_at{gt:"2024-01-01"}`, `created_at{lteq:"2024-01-02"}`}, []int64{2, 3}},
		{[]string{`created_at{lt:"2024-01-01"}`}, []int64{4}},
		{[]string{`name{start:"str"}`}, []int64{5, 6}},
		{[]string{`name[{start:"an"},{end:"SE"}]`}, []int64{1, 2, 3, 4, 5, 6}},
		{[]string{`name{end:"a"}`}, []int64{1, 3}},
		{[]string{`name{end:" "}`}, []int64{2}},
		{[]string{`name{regex:"^[as].+a"}`}, []int64{1, 2, 4, 5, 6}},
	})
}

// Each spelling is JSON5 for the same filter.
func TestFilterJSON5(t *testing.T) {
	want := []int64{5, 6}
	var cases []filterCase
	for _, f := range []string{
		`name{start:"str"}`, `name{"start":"str"}`, `name{'start':'str'}`, `name{ start : "str" , }`, `name{/* c:d */start:"str"}`,
		"name{// a:b\nstart:\"str\"}", `name{start:"\u0073tr"}`, `name[{start:"str"}]`, `name[{start:"str"},]`, `name{start:'st\u0072'}`,
	} {
		cases = append(cases, filterCase{[]string{f}, want})
	}
	testFilters(t, shipstreamtest.Options{}, cases)
}

func TestFilterNull(t *testing.T) {
	testFilters(t, shipstreamtest.Options{Operators: shipstreamtest.AllOperators}, []filterCase{
		{[]string{`last_login_at{null:true}`}, []int64{2, 4, 6, 7, 8, 9}},
		{[]string{`last_login_at{null:false}`}, []int64{1, 3, 5}},
		{[]string{`last_login_at{notnull:true}`}, []int64{1, 3, 5}},
		{[]string{`last_login_at{notnull:false}`}, []int64{2, 4, 6, 7, 8, 9}},
		{[]string{`last_login_at{neq:"2024-01-02"}`}, []int64{1, 5}},
		{[]string{`last_login_at{nin:["2024-01-02"]}`}, []int64{1, 5}},
		{[]string{`last_login_at[{gteq:"2024-06-01"},{lt:"2024-06-01"}]`}, []int64{1, 3, 5}},
		{[]string{`last_login_at{lt:"2024-01-02"}`}, []int64{1}},
		{[]string{`last_login_at[{gt:"2024-01-01",lt:"2024-01-02"},{null:true}]`}, []int64{1, 2, 4, 6, 7, 8, 9}},
	})
}

func TestFilterInferredOperators(t *testing.T) {
	cases := []struct {
		filter string
		needs  shipstreamtest.Operators
		want   []int64
	}{
		{`id{in:[1,3,3]}`, shipstreamtest.OpIn, []int64{1, 3}},
		{`name{in:["ANNA","strase"]}`, shipstreamtest.OpIn, []int64{1, 2, 3, 5, 6}},
		{`name{nin:["anna","strase"]}`, shipstreamtest.OpNin, []int64{4, 7, 8, 9}},
		{`last_login_at{notnull:true}`, shipstreamtest.OpNotNull, []int64{1, 3, 5}},
		{`last_login_at{null:false}`, shipstreamtest.OpNullFalse, []int64{1, 3, 5}},
		{`name{contains:"NN"}`, shipstreamtest.OpContains, []int64{1, 2, 3, 4}},
		{`name{like:"_n%a"}`, shipstreamtest.OpLike, []int64{1, 3}},
		{`name{nlike:"%a%"}`, shipstreamtest.OpNLike, []int64{7, 8, 9}},
	}
	for _, c := range cases {
		testFilters(t, shipstreamtest.Options{Operators: c.needs}, []filterCase{{[]string{c.filter}, c.want}})
		tr := start(t, shipstreamtest.Options{Operators: shipstreamtest.AllOperators &^ c.needs})
		refused(t, tr, list("any", "filter", c.filter), http.StatusBadRequest, "query.filter")
	}
}

func TestFilterCollation(t *testing.T) {
	testFilters(t, shipstreamtest.Options{}, []filterCase{
		{[]string{`name{eq:"ANNA"}`}, []int64{1, 2, 3}},
		{[]string{`name{eq:"anna   "}`}, []int64{1, 2, 3}},
		{[]string{`name{lt:"anna"}`}, []int64{4, 7}},
		{[]string{`name{neq:"anna"}`}, []int64{4, 5, 6, 7, 8, 9}},
		{[]string{`name{eq:"STRASE"}`}, []int64{5, 6}},
		{[]string{`name{eq:"strasse"}`}, []int64{}},
		{[]string{`name{start:"STRAS"}`}, []int64{5, 6}},
		{[]string{`name{eq:"🚚"}`}, []int64{8, 9}},
		{[]string{`name{eq:" "}`}, []int64{7}},
		{[]string{`name{eq:"anna x"}`}, []int64{}},
		{[]string{`name{gt:"anna  x"}`}, []int64{5, 6, 8, 9}},
		{[]string{`name{lt:" \t"}`}, []int64{}},
		{[]string{`name{start:"anna "}`}, []int64{2}},
		{[]string{`name[{eq:"1"},{eq:"2"},{eq:"3"},{eq:"4"},{eq:"5"},{eq:"6"},{eq:"7"},{eq:"ÁNNÅ  "}]`}, []int64{1, 2, 3}},
	})
	testFilters(t, shipstreamtest.Options{Collation: model.Some(model.Case), Operators: shipstreamtest.AllOperators}, []filterCase{
		{[]string{`name{eq:"ANNA"}`}, []int64{1}},
		{[]string{`name{eq:"anna "}`}, []int64{2}},
		{[]string{`name{start:"ANN"}`}, []int64{1, 2, 4}},
		{[]string{`name{eq:"STRA\u1e9eE"}`}, []int64{5}},
		{[]string{`name{in:["🙂","ANNA"]}`}, []int64{1, 8}},
		{[]string{`name{regex:"^A"}`}, []int64{1, 2, 4}},
	})
	testFilters(t, shipstreamtest.Options{Collation: model.Some(model.Binary)}, []filterCase{
		{[]string{`name{eq:"ANNA"}`}, []int64{}},
		{[]string{`name{eq:"Anna"}`}, []int64{1}},
		{[]string{`name{start:"an"}`}, []int64{4}},
		{[]string{`name{lt:"Anna"}`}, []int64{2, 7}},
		{[]string{`name{regex:"^a"}`}, []int64{4}},
		{[]string{`name{eq:"🙂"}`}, []int64{8}},
	})
}

func TestFilterPatternEscapes(t *testing.T) {
	wild := shipstreamtest.Options{Operators: shipstreamtest.AllOperators}
	testFilters(t, wild, []filterCase{
		{[]string{`username{start:"100%"}`}, []int64{3, 4}},
		{[]string{`username{start:"a_b"}`}, []int64{5, 6, 9}},
		{[]string{`username{contains:"_"}`}, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{[]string{`username{start:"a\\b"}`}, []int64{}},
		{[]string{`username{like:"100\\%"}`}, []int64{3}},
	})
	escaped := wild
	escaped.EscapePatterns = true
	testFilters(t, escaped, []filterCase{
		{[]string{`username{start:"100%"}`}, []int64{3}},
		{[]string{`username{start:"a_b"}`}, []int64{6}},
		{[]string{`username{contains:"_"}`}, []int64{6}},
		{[]string{`username{start:"a\\b"}`}, []int64{5}},
		{[]string{`username{like:"100%"}`}, []int64{3, 4}},
	})
}

func TestFilterInvalid(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Rows: people(), Operators: shipstreamtest.AllOperators})
	for _, f := range []string{
		"", ":5", "id", "id=5", "1d:5", "nope:5", "roles:5", "roles.name:x", "ID:5", "id :5",
		"id:x", "id:", "id:1.5", "id:0x10", "id:9223372036854775808", "is_active:yes", "created_at:yesterday", "created_at:2024-13-01",
		"created_at:2024-01-01T00:00:00", "created_at:2024-01-01T00:00:00.5Z", "created_at:2024-01-01T00:00:00+02:00", "created_at:2024-1-1",
		"id{", "id{}", "id[]", "id[{}]", "id[1]", "id[[{eq:1}]]", "id{eq}", "id{eq:1}x", "id{eq:1} {eq:2}", "id:{eq:1}", "id{eq:1,eq:1}", `id{eq:1,"eq":2}`, `id[{eq:1},{gt:1,gt:2}]`,
		"id{equals:1}", "id{EQ:1}", "id{eq:null}", "id{eq:'1'}", "id{eq:1.0}", "id{eq:1e0}", "id{eq:true}", "id{eq:[1]}", "id{eq:{a:1}}", "id{eq:NaN}", "id{start:'1'}", "id{from:1}",
		"name{eq:5}", "name{eq:true}", "name{start:5}", "name{from:'a'}", "name{regex:'('}", "name{null:'true'}", "name{null:1}", "is_active{eq:1}", "is_active{eq:'true'}",
		"id{in:1}", "id{in:[]}", "id{in:['1']}", "id{nin:[null]}", "created_at{gt:5}", "created_at{gt:'x'}",
		"name{eq:'unclosed}", `name{eq:"a` + "\n" + `b"}`, "name" + strings.Repeat("[", 100_000), "name{eq:" + strings.Repeat("{a:", 50_000),
	} {
		q := url.Values{"filter": {f}}
		refused(t, tr, "/v1/system/users/any?"+q.Encode(), http.StatusBadRequest, "query.filter")
	}
	refused(t, tr, "/v1/system/users/any?filter=name:%FF", http.StatusBadRequest, "query.filter")
	refused(t, tr, "/v1/system/users/any?filter=%zz", http.StatusBadRequest, "query.filter")
}

func TestFilterBrackets(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Rows: people()})
	if got := get(t, tr, list("any", "filter[]", "is_active:true", "filter[]", "id{gt:4}", "sort", "id")).ids(); !slices.Equal(got, []int64{6, 8}) {
		t.Errorf("filter[] gives %v, want [6 8]", got)
	}
}

func TestMatch(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Rows: people()})
	ids, err := tr.Match("organization", url.Values{"filter": {"is_active:true", "id{gt:4}"}})
	if err != nil || !slices.Equal(ids, []int64{6, 8}) {
		t.Errorf("Match = %v, %v", ids, err)
	}
	if _, err := tr.Match("any", url.Values{"filter": {"nope:1"}}); err == nil {
		t.Error("Match accepts an unknown field")
	}
}

// TestMisreads: each misreading answers one filter wrongly and another one right.
func TestMisreads(t *testing.T) {
	all := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	never := []int64{2, 4, 6, 7, 8, 9} // logged in
	for _, test := range []struct {
		misreads shipstreamtest.Misreading
		filters  []string
		want     []int64
	}{
		{shipstreamtest.IgnoresNeq, []string{`id{neq:4}`}, all},
		{shipstreamtest.IgnoresNull, []string{`last_login_at{null:true}`}, all},
		{shipstreamtest.IgnoresTrue, []string{`is_active:true`}, all},
		{shipstreamtest.IgnoresTrue, []string{`is_active:false`}, []int64{2, 5, 7, 9}},
		{shipstreamtest.TakesNulls, []string{`last_login_at{neq:"2024-01-02"}`}, []int64{1, 2, 4, 5, 6, 7, 8, 9}},
		{shipstreamtest.TakesNulls, []string{`last_login_at{lt:"2000-01-01"}`}, never},
		{shipstreamtest.TakesNulls, []string{`last_login_at{gt:"2000-01-01"}`}, []int64{1, 3, 5}},
		{shipstreamtest.TakesBounds, []string{`id{lt:3}`}, []int64{1, 2, 3}},
		{shipstreamtest.TakesBounds, []string{`created_at{gt:"2025-06-30T12:00:00Z"}`}, []int64{5, 6, 7, 8, 9}},
		{shipstreamtest.LeavesBounds, []string{`id{lteq:3}`}, []int64{1, 2}},
		{shipstreamtest.StartIsContains, []string{`name{start:"ras"}`}, []int64{5, 6}},
		{shipstreamtest.EndIsContains, []string{`name{end:"ras"}`}, []int64{5, 6}},
		{shipstreamtest.RoundsInstants, []string{`created_at{eq:"2024-01-01T00:00:30Z"}`}, []int64{1, 2}},
		{shipstreamtest.RoundsInstants, []string{`last_login_at{null:true}`}, never},
		{shipstreamtest.TakesFirstOfList, []string{`id{in:[2,3]}`}, []int64{2}},
		{shipstreamtest.TakesFirstOfList, []string{`id{nin:[2,3]}`}, []int64{1, 3, 4, 5, 6, 7, 8, 9}},
		{shipstreamtest.FoldsNothing, []string{`name{eq:"Anna"}`}, []int64{1}},
		{shipstreamtest.FoldsNothing, []string{`name{in:["Anna","x"]}`}, []int64{1}},
		{shipstreamtest.OrdersByBytes, []string{`name{lt:"Anna"}`}, []int64{2, 7}},
		{shipstreamtest.TakesFirstObject, []string{`last_login_at[{gt:"2025-01-01"},{null:true}]`}, []int64{5}},
		{shipstreamtest.TakesOneOperator, []string{`id{gteq:3,lt:5}`}, []int64{3, 4, 5, 6, 7, 8, 9}},
		{shipstreamtest.TakesLastFilter, []string{`id{gt:3}`, `id{lt:5}`}, []int64{1, 2, 3, 4}},
		{shipstreamtest.OrsFilters, []string{`id{gt:8}`, `name{start:"st"}`}, []int64{5, 6, 9}},
		{shipstreamtest.CutsTexts, []string{`name{eq:"anna\"x"}`}, []int64{1, 2, 3}},
		{shipstreamtest.CutsTexts, []string{`username{start:"a\\b"}`}, []int64{1, 2, 5, 6, 9}},
	} {
		o := shipstreamtest.Options{Misreads: test.misreads, Operators: shipstreamtest.AllOperators, EscapePatterns: true}
		testFilters(t, o, []filterCase{{test.filters, test.want}, {[]string{"id:3"}, []int64{3}}})
	}
}
