package wire_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// sameTree compares trees; a value of whatever kind of literal is the value.
var sameTree = cmp.Options{
	cmp.Comparer(func(a, b dsl.Literal) bool { return a.Value == b.Value }),
	cmp.Comparer(func(a, b *model.Field) bool { return a.Name == b.Name }),
}

func TestDecode(t *testing.T) {
	m := newMaker(t)
	null := func(f string) dsl.Node { return m.is(f, dsl.IsNull) }
	day := time.Date(2017, 7, 21, 0, 0, 0, 0, time.UTC)
	endOfDay := day.Add(24*time.Hour - time.Second)
	for _, c := range []struct {
		params string // separated by spaces
		want   dsl.Node
	}{
		{"", &dsl.Const{Value: true}},
		{"id:15", m.eq("id", 15)},
		{"id:-9223372036854775808", m.eq("id", model.Int(-1<<63))},
		{"is_active:true", m.eq("is_active", true)},
		{"is_active:false", m.eq("is_active", false)},
		{"name:complete", m.eq("name", "complete")},
		{"name:a:{b", m.eq("name", "a:{b")},
		{"name:", m.eq("name", "")},
		{"created_at:2017-07-21T00:00:00Z", m.eq("created_at", day)},
		{"created_at:2017-07-21", m.eq("created_at", day)},
		{"id:15 name:complete", and(m.eq("id", 15), m.eq("name", "complete"))},
		{"id{eq:1}", m.eq("id", 1)},
		{"id{neq:1}", not(m.eq("id", 1))},
		{"id{gt:1}", m.gt("id", 1)},
		{"id{gteq:1}", m.ge("id", 1)},
		{"id{lt:1}", m.lt("id", 1)},
		{"id{lteq:1}", m.le("id", 1)},
		{"id{from:1,to:9}", m.between("id", 1, 9)},
		{"id{gt:15,lt:50}", and(m.gt("id", 15), m.lt("id", 50))},
		{"id{gt:15,lt:50} is_active:true", and(m.gt("id", 15), m.lt("id", 50), m.eq("is_active", true))},
		{"id[{lt:15},{gt:50}]", or(m.lt("id", 15), m.gt("id", 50))},
		{"id[{lt:15}]", m.lt("id", 15)},
		{"rank[{gt:1,lt:50},{null:true}]", or(and(m.gt("rank", 1), m.lt("rank", 50)), null("rank"))},
		{"id[{eq:1},{eq:2},{gt:9},{eq:3}]", or(m.in("id", 1, 2, 3), m.gt("id", 9))},
		{"id[{eq:1},{gt:9}]", or(m.eq("id", 1), m.gt("id", 9))},
		{"rank[{gteq:7},{lt:7}]", not(null("rank"))},
		{"rank[{gteq:7},{lt:8}]", or(m.ge("rank", 7), m.lt("rank", 8))},
		{"created_at{from:'2017-07-21',to:'2017-07-21'}", m.between("created_at", day, endOfDay)},
		{"created_at{gt:'2017-07-21',lteq:'2017-07-21'}", and(m.gt("created_at", day), m.le("created_at", day))},
		{"created_at{to:'2017-07-21T00:00:00Z'}", m.le("created_at", day)},
		{`name{to:"2017-07-21"}`, m.le("name", "2017-07-21")},
		{`name{start:"Box",end:'CASE'}`, and(m.match("name", dsl.StartsWith, "Box"), m.match("name", dsl.EndsWith, "CASE"))},
		{`name{regex:"^ACME"}`, m.match("name", dsl.Matches, "^ACME")},
		{`name{contains:"x"}`, m.match("name", dsl.Contains, "x")},
		{`name{like:"x%"}`, m.like("name", "x%")},
		{`name{nlike:"x%"}`, not(m.like("name", "x%"))},
		{"rank{null:true}", null("rank")},
		{"rank{null:false}", not(null("rank"))},
		{"rank{notnull:true}", not(null("rank"))},
		{"rank{notnull:false}", null("rank")},
		{"id{in:[1,2]}", m.in("id", 1, 2)},
		{"id{nin:[1,2,]}", not(m.in("id", 1, 2))},
		{`created_at{in:["2017-07-21"]}`, m.in("created_at", day)},
		{"id[{eq:+1,},{'eq':0x10},{\"eq\":-0XfF},]", m.in("id", 1, 16, -255)},
		{"id{\tgt\u00a0:/*a*/1\n,\ufeff//b\nlt:2//c", nil},
		{"id{\tgt\u00a0:/*a*/1\n,\ufeff//b\nlt:2//c\u2028}\u2003//d", and(m.gt("id", 1), m.lt("id", 2))},
		{`name{eq:'\'\"\\\b\f\n\r\t\v\0\x41\u00e9\ud83d\ude42\q\/"'}`, m.eq("name", "'\"\\\b\f\n\r\t\v\x00Aé🙂q/\"")},
		{"name{eq:'a\\\r\nb\\\nc\\\u2028d\\\re'}", m.eq("name", "abcde")},
	} {
		t.Run(c.params, func(t *testing.T) {
			params := strings.Split(c.params, " ")
			if c.params == "" {
				params = nil
			}
			got, err := wire.Decode(params, m.s)
			if (err != nil) != (c.want == nil) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, sameTree); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	s := people(t)
	for _, c := range []struct {
		param string
		at    int
		msg   string
	}{
		{"", 0, "expected the name of a field, the parameter ends here"},
		{"9id:1", 0, "expected the name of a field, not '9'"},
		{"\xff", 0, "the text is not valid UTF-8"},
		{"naem:1", 0, `unknown field "naem"; there are id, rank, name, nick, code, is_active, badge, created_at, last_login_at, odd-name, paid_at, price`},
		{"roles:1", 0, `the API does not filter by references ("roles")`},
		{"warehouse.id:1", 0, `the API does not filter by references ("warehouse.id")`},
		{"id", 2, "expected ':', '{' or '[', the parameter ends here"},
		{"id 1", 2, "expected ':', '{' or '[', not ' '"},
		{"id=1", 2, "expected ':', '{' or '[', not '='"},
		{"id:", 3, `expected a whole number for id, not ""`},
		{"id:1.5", 3, `expected a whole number for id, not "1.5"`},
		{"id:9223372036854775808", 3, `expected a whole number for id, not "9223372036854775808"`},
		{"is_active:1", 10, `expected true or false for is_active, not "1"`},
		{"name:a\xff", 6, "the text is not valid UTF-8"},
		{"created_at:2017-07-21 10:00:00", 11, `expected a date-time such as 2017-07-21T17:32:28Z, not "2017-07-21 10:00:00"`},
		{"created_at:2017-13-21", 11, `expected a date-time such as 2017-07-21T17:32:28Z, not "2017-13-21"`},
		{"id{", 3, "expected an operator, the parameter ends here"},
		{"id{}", 2, "an empty object says nothing"},
		{"id[]", 3, "an empty array says nothing"},
		{"id[1]", 3, "expected an object, not '1'"},
		{"id[[{eq:1}]]", 3, "expected an object, not '['"},
		{"id[{eq:1}", 9, "expected a comma or ']', the parameter ends here"},
		{"id{eq:1}}", 8, "expected the end of the parameter, not '}'"},
		{"id{eq 1}", 6, "expected a colon, not '1'"},
		{"id{eq}", 5, "expected a colon, not '}'"},
		{"id{eq:}", 6, "expected a value, not '}'"},
		{"id{eq:1 lt:2}", 8, "expected a comma or '}', not 'l'"},
		{"id{eq:1,,}", 8, "expected an operator, not ','"},
		{"id{eq:1,eq:1}", 8, `operator "eq" is given twice in one object`},
		{"id{eq:1,'eq':1}", 8, `operator "eq" is given twice in one object`},
		{"id{eg:1}", 3, `unknown operator "eg"; there are eq, neq, gt, lt, gteq, lteq, from, to, start, end, null, and on some servers in, nin, notnull, contains, like, nlike, regex`},
		{"id{start:1}", 3, "operator start does not apply to id, which holds a whole number"},
		{"is_active{gt:true}", 10, "operator gt does not apply to is_active, which holds true or false"},
		{"id{eq:{}}", 6, "expected one value, not '{'"},
		{"id{eq:[1]}", 6, "expected one value, not '['"},
		{"id{eq:'1'}", 6, `expected a whole number for id, not "1"`},
		{"id{eq:null}", 6, "eq takes no null; write {null:true}"},
		{"name{eq:1}", 8, `expected a text for name, not "1"`},
		{"name{eq:abc}", 8, `expected a whole number of 64 bits, true, false or a quoted text, not "abc"`},
		{"created_at{gt:1}", 14, `expected a date-time for created_at, not "1"`},
		{"id{eq:1e3}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "1e3"`},
		{"id{eq:01}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "01"`},
		{"id{eq:+-1}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "+-1"`},
		{"id{eq:0x}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "0x"`},
		{"id{eq:0x-1}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "0x-1"`},
		{"id{eq:1_000}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "1_000"`},
		{"id{eq:Infinity}", 6, `expected a whole number of 64 bits, true, false or a quoted text, not "Infinity"`},
		{"id{in:1}", 6, "expected a list in square brackets, not '1'"},
		{"id{in:[]}", 7, "an empty list says nothing"},
		{"id{in:[1,[2]]}", 9, "expected one value, not '['"},
		{"id{null:1}", 8, "expected true or false"},
		{"name{eq:'a}", 8, "the quote is not closed"},
		{`name{eq:'a\`, 10, "the quote is not closed"},
		{"name{eq:'a\n'}", 10, "a line ends inside the quotes"},
		{"name{eq:'a\xff'}", 10, "the text is not valid UTF-8"},
		{"name{eq:'a\\\xff'}", 11, "the text is not valid UTF-8"},
		{`name{eq:'\u12'}`, 9, "expected 4 hexadecimal digits"},
		{`name{eq:'\x+1'}`, 9, "expected 2 hexadecimal digits"},
		{`name{eq:'\ud83d'}`, 9, "half of a surrogate pair is no character"},
		{`name{eq:'\ud83d\u0041'}`, 9, "half of a surrogate pair is no character"},
		{`name{eq:'\1'}`, 9, "a backslash before a digit means nothing in JSON5"},
		{`name{eq:'\01'}`, 9, "a backslash before a digit means nothing in JSON5"},
		{"name{regex:'a('}", 11, `the regular expression is not RE2: missing closing ) "a("`},
		{"code{regex:'(?=a)'}", 11, `the regular expression is not RE2: invalid or unsupported Perl syntax "(?="`},
		{"id{/eq:1}", 3, "expected a value, not '/'"},
		{"id{/* eq:1}", 3, "the comment does not end"},
	} {
		t.Run(c.param, func(t *testing.T) {
			n, err := wire.Decode([]string{"id:1", c.param}, s)
			var d *wire.DecodeError
			if !errors.As(err, &d) {
				t.Fatalf("got %v, %v", n, err)
			}
			if d.Index != 1 || d.Param != c.param || d.Offset != c.at || d.Msg != c.msg {
				t.Errorf("got  %d %s\nwant %d %s", d.Offset, d.Msg, c.at, c.msg)
			}
		})
	}
}

func TestDecodeErrorText(t *testing.T) {
	s := people(t)
	for _, c := range []struct{ param, want string }{
		{"id{eq:x}", `filter parameter 1, byte 6 ("id{eq:x}"): expected a whole number of 64 bits, true, false or a quoted text, not "x"`},
		{
			"name{eq:'" + strings.Repeat("é", 100) + "\n" + strings.Repeat("é", 100) + "'}",
			`filter parameter 1, byte 209 (…"` + strings.Repeat("é", 20) + `\n` + strings.Repeat("é", 19) + `"…): a line ends inside the quotes`,
		},
	} {
		_, err := wire.Decode([]string{c.param}, s)
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	for _, hostile := range []string{
		strings.Repeat("n", 1<<17), "id{eq:" + strings.Repeat("9", 1<<17), "name{" + strings.Repeat("x", 1<<17),
		"id:" + strings.Repeat("é", 1<<16), "id{'" + strings.Repeat("\\n", 1<<16) + "':1}", strings.Repeat("[", 1<<17), "id" + strings.Repeat("[", 1<<17),
	} {
		_, err := wire.Decode([]string{hostile}, s)
		if err == nil || len(err.Error()) > 1024 {
			t.Errorf("%.10s…: error of %d bytes", hostile, len(err.Error()))
		}
	}
}

func TestDecodeLimits(t *testing.T) {
	s := people(t)
	for _, c := range []struct {
		name   string
		params []string
		opt    func(int) wire.DecodeOption
		limit  int
		index  int
		msg    string
	}{
		{"bytes", []string{"id:1", "id:23"}, wire.MaxBytes, 9, 1, "the filter parameters are too long together"},
		{"params", []string{"id:1", "id:2"}, wire.MaxParams, 2, 1, "more than 1 filter parameters"},
		{"items in objects", []string{"id{gt:1,lt:2}", "id:3"}, wire.MaxItems, 3, 1, "too many operators and list items"},
		{"items in arrays", []string{"id[{gt:1},{lt:2}]"}, wire.MaxItems, 2, 0, "too many operators and list items"},
		{"items in lists", []string{"id{in:[1,2,3]}"}, wire.MaxItems, 4, 0, "too many operators and list items"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := wire.Decode(c.params, s, c.opt(c.limit)); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			_, err := wire.Decode(c.params, s, c.opt(c.limit-1))
			var d *wire.DecodeError
			if !errors.As(err, &d) || d.Index != c.index || d.Msg != c.msg {
				t.Errorf("past the limit: %+v", d)
			}
		})
	}
	parameters := func(n int) []string { return strings.Split(strings.Repeat("id:1 ", n-1)+"id:1", " ") }
	for name, of := range map[string]struct {
		params func(n int) []string // exactly n of it
		atOnce int
	}{
		"bytes":  {func(n int) []string { return []string{"name:" + strings.Repeat("x", n-len("name:"))} }, 256 << 10},
		"params": {parameters, 10_000},
		"items":  {func(n int) []string { return []string{"id{in:[" + strings.Repeat("1,", n-1) + "]}"} }, 20_000},
	} {
		if _, err := wire.Decode(of.params(of.atOnce), s); err != nil {
			t.Errorf("the default of %s itself: %.200v", name, err)
		}
		if _, err := wire.Decode(of.params(of.atOnce+1), s); err == nil {
			t.Errorf("one past the default of %s is accepted", name)
		}
	}
}
