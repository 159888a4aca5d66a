package wire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// profile returns the profile with the switches that list names, "" for none.
func profile(tb testing.TB, list string) wire.Profile {
	tb.Helper()
	p, err := wire.Profile{}.With(strings.FieldsFunc(list, func(r rune) bool { return r == ',' })...)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

type encodeCase struct {
	name     string
	switches string
	node     dsl.Node
	want     []string
}

func comparisons(m maker) []encodeCase {
	return []encodeCase{
		{"int eq", "", m.eq("id", 15), []string{"id:15"}},
		{"int negative", "", m.eq("id", -15), []string{"id:-15"}},
		{"int neq", "", not(m.eq("id", 15)), []string{"id{neq:15}"}},
		{"int lt", "", m.lt("id", 15), []string{"id{lt:15}"}},
		{"int le", "", m.le("id", 15), []string{"id{lteq:15}"}},
		{"int gt", "", m.gt("id", 15), []string{"id{gt:15}"}},
		{"int ge", "", m.ge("id", 15), []string{"id{gteq:15}"}},
		{"int not lt", "", not(m.lt("id", 15)), []string{"id{gteq:15}"}},
		{"int not le", "", not(m.le("id", 15)), []string{"id{gt:15}"}},
		{"int not gt", "", not(m.gt("id", 15)), []string{"id{lteq:15}"}},
		{"int not ge", "", not(m.ge("id", 15)), []string{"id{lt:15}"}},
		{"bool eq", "", m.eq("is_active", true), []string{"is_active:true"}},
		{"bool neq", "", not(m.eq("is_active", true)), []string{"is_active:false"}},
		{"bool alone", "", &dsl.Truth{Path: m.path("is_active")}, []string{"is_active:true"}},
		{"not bool alone", "", not(&dsl.Truth{Path: m.path("is_active")}), []string{"is_active:false"}},
		{"string eq", "", m.eq("name", "15"), []string{`name{eq:"15"}`}},
		{"string neq", "", not(m.eq("name", "x")), []string{`name{neq:"x"}`}},
		{"string order", "", m.ge("name", "x"), []string{`name{gteq:"x"}`}},
		{"string empty", "", m.eq("name", ""), []string{`name{eq:""}`}},
		{"string like a boolean", "", m.eq("name", "true"), []string{`name{eq:"true"}`}},
		{"string like JSON5", "", m.eq("name", `{eq:"x"}`), []string{`name{eq:"{eq:\"x\"}"}`}},
		{
			"string escapes", "", m.eq("name", "q\"b\\n\nr\rt\tz\x00v\vd\x7f'é🙂\u2028\u2029"),
			[]string{`name{eq:"q\"b\\n\nr\rt\tz\u0000v\u000bd\u007f'é🙂\u2028\u2029"}`},
		},
		{"datetime eq", "", m.eq("created_at", noon(0)), []string{`created_at{eq:"2024-01-01T12:00:00Z"}`}},
		{"datetime gt", "", m.gt("created_at", noon(0)), []string{`created_at{gt:"2024-01-01T12:00:00Z"}`}},
		{"datetime to the end of a second", "", m.between("created_at", noon(0), noon(1).Add(-1)), []string{`created_at{gteq:"2024-01-01T12:00:00Z",lt:"2024-01-02T12:00:00Z"}`}},
		{"datetime not to the end of a second", "", not(m.le("created_at", noon(1).Add(-1))), []string{`created_at{gteq:"2024-01-02T12:00:00Z"}`}},
		{"datetime early", "", m.gt("created_at", model.DateTimeUnix(-30610224000)), []string{`created_at{gt:"1000-01-01T00:00:00Z"}`}},
	}
}

func sets(m maker) []encodeCase {
	return []encodeCase{
		{"in", "", m.in("id", 1, 2, 3), []string{"id[{eq:1},{eq:2},{eq:3}]"}},
		{"in of one", "in", m.in("id", 1), []string{"id:1"}},
		{"in repeated", "", m.in("id", 1, 1), []string{"id{eq:1}"}},
		{"in strings", "", m.in("name", "a", "b"), []string{`name[{eq:"a"},{eq:"b"}]`}},
		{"in datetimes", "", m.in("created_at", noon(0), noon(1)), []string{`created_at[{eq:"2024-01-01T12:00:00Z"},{eq:"2024-01-02T12:00:00Z"}]`}},
		{"in by switch", "in", m.in("id", 1, 2, 2), []string{"id{in:[1,2]}"}},
		{"or of equals by switch", "in", or(m.eq("id", 1), m.gt("id", 9), m.eq("id", 2)), []string{"id[{in:[1,2]},{gt:9}]"}},
		{"not in", "", not(m.in("id", 1, 2)), []string{"id{neq:1}", "id{neq:2}"}},
		{"not in by switch", "nin", not(m.in("id", 1, 2, 2)), []string{"id{nin:[1,2]}"}},
		{"not in of one", "nin", not(m.in("id", 1)), []string{"id{neq:1}"}},
		{"not equals by switch", "nin", and(not(m.eq("name", "a")), m.gt("name", "c"), not(m.eq("name", "b"))), []string{`name{nin:["a","b"],gt:"c"}`}},
		{"not in booleans", "", not(m.in("is_active", true)), []string{"is_active:false"}},
		{"not in nothing", "", not(m.in("id")), nil},
		{"not in or null", "", or(not(m.in("nick", "a", "b")), m.is("nick", dsl.IsNull)), []string{`nick[{neq:"a"},{null:true}]`, `nick[{neq:"b"},{null:true}]`}},
		{"not in or null by switch", "nin", or(not(m.in("nick", "a", "b")), m.is("nick", dsl.IsNull)), []string{`nick[{nin:["a","b"]},{null:true}]`}},
		{"between", "", m.between("id", 1, 9), []string{"id{gteq:1,lteq:9}"}},
		{"not between", "", not(m.between("id", 1, 9)), []string{"id[{lt:1},{gt:9}]"}},
		{"between strings", "", m.between("name", "a", "b"), []string{`name{gteq:"a",lteq:"b"}`}},
		{"between datetimes", "", m.between("created_at", noon(0), noon(1)), []string{`created_at{gteq:"2024-01-01T12:00:00Z",lteq:"2024-01-02T12:00:00Z"}`}},
	}
}

func nulls(m maker) []encodeCase {
	null := func(f string) dsl.Node { return m.is(f, dsl.IsNull) }
	return []encodeCase{
		{"is null", "", null("rank"), []string{"rank{null:true}"}},
		{"int is not null", "", not(null("rank")), []string{"rank[{gteq:0},{lt:0}]"}},
		{"string is not null", "", not(null("nick")), []string{`nick[{gteq:"m"},{lt:"m"}]`}},
		{"datetime is not null", "", not(null("last_login_at")), []string{`last_login_at[{gteq:"2000-01-01T00:00:00Z"},{lt:"2000-01-01T00:00:00Z"}]`}},
		{"bool is not null", "", not(null("badge")), []string{"badge[{eq:true},{eq:false}]"}},
		{"is not null by switch", "notnull,null_false", not(null("badge")), []string{"badge{notnull:true}"}},
		{"is not null by the other switch", "null_false", not(null("nick")), []string{"nick{null:false}"}},
		{"not null is implied", "", and(not(null("rank")), m.gt("rank", 3)), []string{"rank{gt:3}"}},
		{"not null is not implied", "", and(not(null("rank")), or(m.gt("rank", 3), null("rank"))), []string{"rank[{gteq:0},{lt:0}]", "rank[{gt:3},{null:true}]"}},
		{"is true", "", m.is("badge", dsl.IsTrue), []string{"badge:true"}},
		{"is false", "", m.is("badge", dsl.IsFalse), []string{"badge:false"}},
		{"is not true", "", not(m.is("badge", dsl.IsTrue)), []string{"badge[{eq:false},{null:true}]"}},
		{"is not false", "", not(m.is("badge", dsl.IsFalse)), []string{"badge[{eq:true},{null:true}]"}},
		{"is not true, never null", "", not(m.is("is_active", dsl.IsTrue)), []string{"is_active:false"}},
	}
}

func matches(m maker) []encodeCase {
	return []encodeCase{
		{"starts with", "", m.match("name", dsl.StartsWith, "Bo"), []string{`name{start:"Bo"}`}},
		{"ends with", "", m.match("name", dsl.EndsWith, "b "), []string{`name{end:"b "}`}},
		{"starts with nothing", "", m.match("nick", dsl.StartsWith, ""), []string{`nick[{gteq:"m"},{lt:"m"}]`}},
		{"contains nothing", "", m.match("nick", dsl.Contains, ""), []string{`nick[{gteq:"m"},{lt:"m"}]`}},
		{"like anything", "notnull", m.like("nick", "%%"), []string{`nick{notnull:true}`}},
		{"like prefix", "", m.like("name", "abc%"), []string{`name{start:"abc"}`}},
		{"like suffix", "", m.like("name", "%abc"), []string{`name{end:"abc"}`}},
		{"like prefix and suffix", "", m.like("name", "box%case"), []string{`name{start:"box",end:"case"}`}},
		{"like text", "", m.like("name", "abc"), []string{`name{eq:"abc",end:"abc"}`}},
		{"like text, binary", "", m.like("code", "a c "), []string{`code{eq:"a c "}`}},
		{"not like text, binary", "", not(m.like("code", "abc")), []string{`code{neq:"abc"}`}},
		{"like text, case", "", m.like("brand", "a c "), []string{`brand{eq:"a c "}`}},
		{"not like text, case", "", not(m.like("brand", "abc")), []string{`brand{neq:"abc"}`}},
		{"like needless escape", "", m.like("name", `a\bc%`), []string{`name{start:"abc"}`}},
		{"like escaped, server escapes", "pattern_escapes", m.like("name", `50\%%`), []string{`name{start:"50%"}`}},
		{"starts with wildcard, server escapes", "pattern_escapes", m.match("name", dsl.StartsWith, `a_\`), []string{`name{start:"a_\\"}`}},
		{"starts with wildcard by like", "like", m.match("name", dsl.StartsWith, "a_"), []string{`name{like:"a\\_%"}`}},
		{"contains by switch", "contains", m.match("name", dsl.Contains, "x"), []string{`name{contains:"x"}`}},
		{"like infix by switch", "contains", m.like("name", "%x%"), []string{`name{contains:"x"}`}},
		{"contains by like", "like", m.match("name", dsl.Contains, "x"), []string{`name{like:"%x%"}`}},
		{"like by switch", "like", m.like("name", `a_c%\%\q\`), []string{`name{like:"a_c%\\%q\\\\"}`}},
		{"like stays documented", "like,contains", m.like("name", "abc%"), []string{`name{start:"abc"}`}},
		{"not like by switch", "nlike", not(m.like("name", "abc%")), []string{`name{nlike:"abc%"}`}},
		{"not starts with by switch", "nlike", not(m.match("name", dsl.StartsWith, "a%")), []string{`name{nlike:"a\\%%"}`}},
		{"matches by switch", "regex", m.match("name", dsl.Matches, "^A.*"), []string{`name{regex:"^A.*"}`}},
	}
}

func combinations(m maker) []encodeCase {
	return []encodeCase{
		{"nothing", "", nil, nil},
		{"true", "", &dsl.Const{Value: true}, nil},
		{"not false", "", not(&dsl.Const{}), nil},
		{"and", "", and(m.eq("is_active", true), m.gt("id", 5)), []string{"is_active:true", "id{gt:5}"}},
		{"bounds merge", "", and(m.gt("id", 15), m.eq("is_active", true), m.lt("id", 50)), []string{"id{gt:15,lt:50}", "is_active:true"}},
		{"repeated operators stay apart", "", and(m.gt("id", 15), m.gt("id", 16), m.lt("id", 50)), []string{"id{gt:15,lt:50}", "id{gt:16}"}},
		{"the same twice", "", and(m.eq("id", 15), m.eq("id", 15)), []string{"id:15"}},
		{"true in and", "", and(m.eq("id", 1), &dsl.Const{Value: true}), []string{"id:1"}},
		{"or", "", or(m.lt("id", 15), m.gt("id", 50)), []string{"id[{lt:15},{gt:50}]"}},
		{"or of ands", "", or(and(m.gt("rank", 1), m.lt("rank", 50)), m.is("rank", dsl.IsNull)), []string{"rank[{gt:1,lt:50},{null:true}]"}},
		{"or of starts", "", or(m.match("name", dsl.StartsWith, "Box of"), m.match("name", dsl.EndsWith, "CASE")), []string{`name[{start:"Box of"},{end:"CASE"}]`}},
		{"or with false", "", or(m.eq("id", 1), &dsl.Const{}), []string{"id:1"}},
		{"or with true", "", or(m.eq("id", 1), m.eq("name", "a"), &dsl.Const{Value: true}), nil},
		{"or distributes", "", and(or(m.eq("id", 1), m.eq("id", 2)), m.gt("id", 0)), []string{"id[{eq:1},{eq:2}]", "id{gt:0}"}},
		{"or unfolds", "", or(and(or(m.eq("id", 1), m.eq("id", 2)), m.gt("id", 0)), m.lt("id", -5)), []string{"id[{eq:1},{eq:2},{lt:-5}]", "id[{gt:0},{lt:-5}]"}},
		{"not and", "", not(and(m.gt("id", 1), m.lt("id", 9))), []string{"id[{lteq:1},{gteq:9}]"}},
		{"not or", "", not(or(m.eq("name", "a"), m.eq("is_active", true))), []string{`name{neq:"a"}`, "is_active:false"}},
		{
			"or over one of two fields", "", or(and(m.eq("is_active", true), m.eq("id", 1)), and(m.eq("id", 2), m.eq("is_active", true))),
			[]string{"is_active:true", "id[{eq:1},{eq:2}]"},
		},
	}
}

func encodeCases(m maker) []encodeCase {
	var all []encodeCase
	for _, list := range [][]encodeCase{comparisons(m), sets(m), nulls(m), matches(m), combinations(m)} {
		all = append(all, list...)
	}
	return all
}

func TestEncode(t *testing.T) {
	m := newMaker(t)
	for _, c := range encodeCases(m) {
		t.Run(c.name, func(t *testing.T) {
			p := profile(t, c.switches)
			got, err := p.Encode(c.node)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, append([]string(nil), got...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			w, ok := p.Relax(c.node)
			if !w.Exact || ok != (len(c.want) > 0) || w.Reason != "" {
				t.Errorf("Relax of the same: %+v, %v", w, ok)
			}
		})
	}
}

func TestEncodeUnsupported(t *testing.T) {
	m := newMaker(t)
	seven := wire.Profile{Fields: []string{"id", "name", "nick", "code", "is_active", "created_at"}}
	const cannot = "the API's filter syntax cannot say it: "
	for _, c := range []struct {
		name string
		node dsl.Node
		want string
	}{
		{"or across fields", or(m.eq("id", 1), m.eq("name", "x")), "the API has no OR across fields"},
		{"or across two fields", or(and(m.eq("id", 1), m.eq("name", "x")), and(m.eq("id", 2), m.eq("name", "y"))), "the API has no OR across fields"},
		{"contains", m.match("name", dsl.Contains, "x"), "`contains` is not a documented operator of the API; profile switch `contains` or `like`"},
		{"matches", m.match("name", dsl.Matches, "x"), "the server's regular expressions are of another dialect; profile switch `regex`"},
		{"not matches", not(m.match("name", dsl.Matches, "x")), "the API has no NOT for it"},
		{"not like", not(m.like("name", "x%")), "the API has no NOT for it; profile switch `nlike`"},
		{"like text that ends in a space", m.like("name", "x "), "`like` takes trailing spaces as they are and the API's eq under collation ci ignores them; profile switch `like`"},
		{"like pattern", m.like("name", "a_c"), "the API has prefixes and suffixes, but no patterns; profile switch `like`"},
		{"like prefix and suffix that overlap", m.like("name", "aB%ba"), "the API has prefixes and suffixes, but no patterns; profile switch `like`"},
		{"like long prefix and suffix", m.like("name", strings.Repeat("a", 65)+"%"+strings.Repeat("b", 65)), "the API has prefixes and suffixes, but no patterns; profile switch `like`"},
		{"wildcard in a prefix", m.match("name", dsl.StartsWith, "50%"), "the server may read `%`, `_` and `\\` as wildcards; profile switch `pattern_escapes` or `like`"},
		{"wildcard in a text", m.like("name", `50\%a`), "the server may read `%`, `_` and `\\` as wildcards; profile switch `pattern_escapes` or `like`"},
		{"reference path", m.eq("warehouse.id", 1), "the API does not filter by references (`warehouse.id`)"},
		{"reference", m.is("warehouse", dsl.IsNull), "the API does not filter by references (`warehouse`)"},
		{"decimal", m.gt("price", model.DecimalInt(3)), "the API's filters have no decimals (`price`)"},
		{"format of times", m.gt("paid_at", noon(0)), "the API's filters have instants in RFC 3339, and `paid_at` is in the format unix"},
		{"unfiltered field", m.eq("badge", true), "the API does not filter by `badge`"},
		{"order of booleans", m.lt("is_active", true), "the API has no order of booleans"},
		{"between booleans", m.between("is_active", false, true), "the API has no order of booleans"},
		{"invalid UTF-8", m.eq("name", "a\xff"), "the text is not valid UTF-8, so JSON5 cannot carry it"},
		{"invalid UTF-8 in a list", m.in("name", "a", "a\xff"), "the text is not valid UTF-8, so JSON5 cannot carry it"},
		{"not within a second", not(m.eq("created_at", noon(0).Add(5))), "the API compares whole seconds"},
		{"the last second", m.lt("created_at", model.DateTime(time.Date(9999, 12, 31, 23, 59, 59, 1, time.UTC))), "the API compares whole seconds"},
		{"year 999", m.gt("created_at", model.DateTimeUnix(-30610224001)), "the API's date-times run from the year 1000 to 9999"},
		{"year 10000", m.between("created_at", noon(0), model.DateTimeUnix(253402300800)), "the API's date-times run from the year 1000 to 9999"},
		{"unchecked path", &dsl.Truth{Path: &dsl.Path{Name: "is_active"}}, "the filter was not checked against a schema"},
		{"unchecked literal", m.eq("id", "1"), "the filter was not checked against a schema"},
		{"unchecked truth", &dsl.Truth{Path: m.path("id")}, "the filter was not checked against a schema"},
		{"unchecked is", m.is("id", dsl.IsTrue), "the filter was not checked against a schema"},
		{"unchecked on", &dsl.On{Path: m.path("created_at"), Date: lit(noon(0))}, "the filter was not checked against a schema"},
		{"false", &dsl.Const{}, "the filter is true for no row, so nothing is sent"},
		{"never", and(m.eq("id", 1), m.in("id"), m.eq("warehouse.id", 1)), "the filter is true for no row, so nothing is sent"},
		{"not like anything", not(m.like("nick", "%")), "the filter is true for no row, so nothing is sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			params, err := seven.Encode(c.node)
			var u *wire.UnsupportedError
			if !errors.As(err, &u) || !errors.Is(err, wire.ErrUnsupported) || u.Node == nil {
				t.Fatalf("got %v, %v", params, err)
			}
			if err.Error() != cannot+c.want || u.Reason != c.want {
				t.Errorf("got  %s\nwant %s", err, cannot+c.want)
			}
			if never := strings.Contains(c.want, "no row"); never != errors.Is(err, wire.ErrNever) {
				t.Errorf("is ErrNever: %v", !never)
			}
		})
	}
}

func TestEncodeKeyThatCannotBeWritten(t *testing.T) {
	m := newMaker(t)
	_, err := wire.Profile{}.Encode(m.eq("odd-name", 1))
	if want := "`odd-name` cannot be written as a key of the API's filters"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRelax(t *testing.T) {
	m := newMaker(t)
	hard := m.match("name", dsl.Matches, "x")
	for _, c := range []struct {
		name, switches string
		node           dsl.Node
		want           []string
	}{
		{"like infix", "", m.like("name", "ab%c%"), []string{`name{start:"ab"}`}},
		{"like both ends", "", m.like("name", "aB%ba"), []string{`name{start:"aB",end:"ba"}`}},
		{"like one wild", "", m.like("name", "ab_"), []string{`name{start:"ab"}`}},
		{"like only middle", "", m.like("name", "%ab_"), nil},
		{"like longest middle", "contains", m.like("name", "%ab%cde%f%"), []string{`name{contains:"cde"}`}},
		{"like text", "", m.like("name", "ab "), []string{`name{eq:"ab "}`}},
		{"like text with wildcards", "", m.like("name", `a\_b`), []string{`name{eq:"a_b"}`}},
		{"start with wildcard", "", m.match("name", dsl.StartsWith, "ab%c"), []string{`name{start:"ab"}`}},
		{"start with wildcard first", "", m.match("name", dsl.StartsWith, "%c"), nil},
		{"end with wildcard", "", m.match("name", dsl.EndsWith, "ab%c"), []string{`name{end:"c"}`}},
		{"contains with wildcard", "contains", m.match("name", dsl.Contains, "ab%cde"), []string{`name{contains:"cde"}`}},
		{"contains", "", m.match("name", dsl.Contains, "ab"), nil},
		{"matches", "", hard, nil},
		{"after within a second", "", m.gt("created_at", noon(0).Add(5)), []string{`created_at{gt:"2024-01-01T12:00:00Z"}`}},
		{"from within a second", "", m.ge("created_at", noon(0).Add(5)), []string{`created_at{gt:"2024-01-01T12:00:00Z"}`}},
		{"before within a second", "", m.lt("created_at", noon(0).Add(5)), []string{`created_at{lt:"2024-01-01T12:00:01Z"}`}},
		{"until within a second", "", not(m.gt("created_at", noon(0).Add(5))), []string{`created_at{lt:"2024-01-01T12:00:01Z"}`}},
		{"at within a second", "", m.eq("created_at", noon(0).Add(5)), []string{`created_at{gt:"2024-01-01T12:00:00Z",lt:"2024-01-01T12:00:01Z"}`}},
		{
			"between within seconds", "", m.between("created_at", noon(0).Add(5), noon(2).Add(5)),
			[]string{`created_at{gt:"2024-01-01T12:00:00Z",lt:"2024-01-03T12:00:01Z"}`},
		},
		{
			"not between within seconds", "", not(m.between("created_at", noon(0).Add(5), noon(2).Add(5))),
			[]string{`created_at[{lt:"2024-01-01T12:00:01Z"},{gt:"2024-01-03T12:00:00Z"}]`},
		},
		{
			"in within a second", "", m.in("created_at", noon(0), noon(2).Add(5)),
			[]string{`created_at[{eq:"2024-01-01T12:00:00Z"},{gt:"2024-01-03T12:00:00Z",lt:"2024-01-03T12:00:01Z"}]`},
		},
		{"not in within a second", "", not(m.in("created_at", noon(0), noon(2).Add(5))), []string{`created_at{neq:"2024-01-01T12:00:00Z"}`}},
		{"not like", "", not(m.like("name", "ab%")), nil},
		{"and keeps the rest", "", and(m.eq("id", 1), hard), []string{"id:1"}},
		{"and weakens", "", and(m.like("name", "a_"), hard, m.eq("id", 1)), []string{`name{start:"a"}`, "id:1"}},
		{"or loses all", "", or(m.eq("name", "b"), hard), nil},
		{"or weakens", "", or(m.eq("name", "b"), m.like("name", "a_")), []string{`name[{eq:"b"},{start:"a"}]`}},
		{"or across fields", "", or(m.eq("id", 1), m.eq("name", "b")), nil},
		{"or with a common field", "", or(and(m.eq("id", 1), m.eq("name", "b")), m.eq("id", 2)), []string{"id[{eq:1},{eq:2}]"}},
		{"or with a common field, last", "", or(m.eq("id", 2), and(m.eq("id", 1), m.eq("name", "b"))), []string{"id[{eq:2},{eq:1}]"}},
		{
			"bounding box", "", or(and(m.eq("id", 1), m.eq("name", "a")), and(m.eq("id", 2), m.eq("name", "b"))),
			[]string{"id[{eq:1},{eq:2}]", `name[{eq:"a"},{eq:"b"}]`},
		},
		{"not of and", "", not(and(m.eq("id", 1), hard)), nil},
		{"not of or", "", not(or(m.eq("id", 1), hard)), []string{"id{neq:1}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, ok := profile(t, c.switches).Relax(c.node)
			if diff := cmp.Diff(c.want, w.Params); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if ok != (c.want != nil) || w.Exact || w.Reason == "" || w.Node() == nil {
				t.Errorf("got %+v, %v", w, ok)
			}
		})
	}
}

func TestRelaxNever(t *testing.T) {
	w, ok := wire.Profile{}.Relax(&dsl.Const{})
	if c, isConst := w.Node().(*dsl.Const); ok || !w.Exact || !isConst || c.Value || w.Params != nil {
		t.Errorf("got %+v, %v", w, ok)
	}
}

// TestEncodeUnfoldingIsCapped: the disjunction of n pairs of clauses over one
// field has 2ⁿ of them in conjunctive form.
func TestEncodeUnfoldingIsCapped(t *testing.T) {
	m := newMaker(t)
	unfold := func(n int) dsl.Node {
		terms := make([]dsl.Node, n)
		for i := range terms {
			terms[i] = and(or(m.eq("id", i), m.eq("id", -i-1)), m.gt("id", i))
		}
		return or(terms...)
	}
	// 2ⁿ clauses of at most 2n alternatives: 2048·22 is past the cap of 32 768,
	// 1024·20 is not.
	params, err := wire.Profile{}.Encode(unfold(10))
	if err != nil || len(params) != 1024 {
		t.Errorf("10: %d params, %v", len(params), err)
	}
	_, err = wire.Profile{}.Encode(and(unfold(10), unfold(10)))
	if err == nil || !strings.Contains(err.Error(), "too many alternatives") {
		t.Errorf("10 twice: %v", err)
	}
	for _, n := range []int{11, 12, 63, 64, 65, 5000} {
		_, err := wire.Profile{}.Encode(unfold(n))
		if err == nil || !strings.Contains(err.Error(), "too many alternatives") {
			t.Errorf("%d: %v", n, err)
		}
		if w, ok := (wire.Profile{}).Relax(unfold(n)); !ok || len(w.Params) != 1 {
			t.Errorf("%d: weakened to %d params, %v", n, len(w.Params), ok)
		}
	}
}

func TestProfileSwitches(t *testing.T) {
	var all wire.Profile
	for _, s := range all.Switches() {
		if s.On {
			t.Errorf("%s is on in the zero profile", s.Name)
		}
		p, err := wire.Profile{}.With(s.Name)
		if err != nil || p.String() != s.Name {
			t.Errorf("With(%s) = %v, %v", s.Name, p, err)
		}
		if all, err = all.With(s.Name); err != nil {
			t.Error(err)
		}
	}
	if want := "in,nin,notnull,null_false,contains,like,nlike,regex,pattern_escapes"; all.String() != want {
		t.Errorf("got %s, want %s", all, want)
	}
	if got := (wire.Profile{}).String(); got != "documented" {
		t.Errorf("zero profile is %q", got)
	}
	_, err := wire.Profile{}.With("in", "out")
	if !errors.Is(err, wire.ErrSwitch) || fmt.Sprint(err) != `wire profile has no switch "out" (it has in, nin, notnull, null_false, contains, like, nlike, regex, pattern_escapes; and to turn off what is documented, -eq, -neq, -gt, -gteq, -lt, -lteq, -start, -end, -null, -array, -filter)` {
		t.Errorf("got %v", err)
	}
}

// TestProfileOff: what is turned off is not sent, and the reason names it.
func TestProfileOff(t *testing.T) {
	m := newMaker(t)
	for _, test := range []struct {
		off    string
		node   dsl.Node
		params []string // of the weaker condition
	}{
		{"-neq", not(m.eq("id", 1)), nil},
		{"-neq", and(not(m.eq("id", 1)), m.gt("rank", 1)), []string{"rank{gt:1}"}},
		{"-array", m.in("id", 1, 2), nil},
		{"-array,in", m.in("id", 1, 2), []string{"id{in:[1,2]}"}},
		{"-array", not(m.is("name", dsl.IsNull)), nil},
		{"-gteq,notnull", not(m.is("name", dsl.IsNull)), []string{"name{notnull:true}"}},
		{"-null", or(m.is("name", dsl.IsNull), m.eq("name", "a")), nil},
		{"-filter", m.eq("id", 1), nil},
	} {
		p, err := wire.Profile{}.With(strings.Split(test.off, ",")...)
		if err != nil {
			t.Fatal(err)
		}
		w, _ := p.Relax(test.node)
		if fmt.Sprint(w.Params) != fmt.Sprint(test.params) || !w.Exact && !strings.Contains(w.Reason, "the profile turns `") {
			t.Errorf("%s: %s is %q (%s), want %q", p, dsl.Format(test.node), w.Params, w.Reason, test.params)
		}
	}
	p, err := wire.Profile{}.With("-neq", "in", "-neq")
	if err != nil || p.String() != "in,-neq" {
		t.Errorf("got %v, %v", p, err)
	}
}
