package rest_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// reply is an answer of a server of things.
type reply struct {
	status int // 0 = 200
	header http.Header
	body   string
}

// thingsServer gives its replies in turn, without a network.
type thingsServer struct {
	replies []reply
	asked   []string // the URI of each request
}

// RoundTrip implements [http.RoundTripper].
func (s *thingsServer) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if s.asked = append(s.asked, r.URL.RequestURI()); len(s.asked) > len(s.replies) {
		return nil, errors.New("no reply is left")
	}
	a := s.replies[len(s.asked)-1]
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(max(a.status, http.StatusOK))
	if a.status == http.StatusNoContent {
		w.Body.Reset()
	} else {
		w.Body.WriteString(a.body)
	}
	resp := w.Result()
	if a.status != 0 {
		resp.StatusCode = a.status
	}
	return resp, nil
}

// looseThings describes a listing of rows with an id and a name.
func looseThings(style rest.Style, change func(*rest.Definition)) rest.Definition {
	d := rest.Definition{
		Name: "things", Path: "/things",
		Layout: model.Layout{Rows: "items", ID: "id", Next: "next"},
		Paging: rest.Paging{Style: style, Max: 2, Limit: "limit"},
		Fields: []rest.Field{
			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
			{Field: model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways}},
		},
	}
	if style == rest.Token {
		d.Paging.Token = "token"
	}
	if style == rest.Page {
		d.Paging.Page, d.Layout.Next = "page", ""
	}
	if change != nil {
		change(&d)
	}
	return d
}

// askThings runs a query of all things and returns their ids and how the run ended.
func askThings(t *testing.T, d rest.Definition, replies ...reply) (ids []int64, asked []string, err error) {
	t.Helper()
	server := &thingsServer{replies: replies}
	client, err := transport.New(transport.Options{
		BaseURL: "https://api.test/v1", Token: transport.StaticToken("sesame-0123456789"), Rate: -1, Transport: server, Retries: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			return ids, server.asked, err
		}
		ids = append(ids, row.ID)
	}
	return ids, server.asked, rows.Err()
}

// rowsOf is a list of rows in JSON.
func rowsOf(ids ...int64) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = fmt.Sprintf(`{"id":%d,"name":"n%d"}`, id, id)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// headed is a header of one line.
func headed(name, value string) http.Header { return http.Header{name: {value}} }

// TestLooseServers: what a server says in its own way comes to the same rows, and the
// requests are the ones that it wants.
func TestLooseServers(t *testing.T) {
	done := func(d *rest.Definition) { d.Layout.Done = "end" }
	more := func(d *rest.Definition) { d.Layout.HasMore = "more" }
	alone := func(d *rest.Definition) { d.Paging.Alone = true }
	rebase := func(d *rest.Definition) { d.Paging.Rebase = true }
	inHeader := func(d *rest.Definition) { d.Layout.Next, d.Answer.NextHeader = "", "X-Next" }
	slash := func(d *rest.Definition) { d.Path = "/things/" }
	absent := func(d *rest.Definition) { d.Answer.RowsAbsent = true }
	total := func(d *rest.Definition) { d.Layout.Total = "total" }
	bare := func(d *rest.Definition) { d.Layout.Rows, d.Layout.Next, d.Answer.NextHeader = "", "", "X-Next" }
	first := `{"items":` + rowsOf(1, 2) + `,"next":"b"}`
	for name, test := range map[string]struct {
		style   rest.Style
		change  func(*rest.Definition)
		replies []reply
		ids     int64    // 1 to this
		asked   []string // "" = not looked at
	}{
		"done beside a next": {rest.Token, done, []reply{{body: `{"items":` + rowsOf(1, 2) + `,"next":"b","end":false}`}, {body: `{"items":` + rowsOf(3) + `,"next":"b","end":true}`}}, 3, nil},
		"done as 1 and 0":    {rest.Token, done, []reply{{body: `{"items":` + rowsOf(1, 2) + `,"next":"b","end":0}`}, {body: `{"items":[],"next":"c","end":1}`}}, 2, nil},
		"done missing":       {rest.Token, done, []reply{{body: first}, {body: `{"items":` + rowsOf(3) + `}`}}, 3, nil},
		"done by pages":      {rest.Page, done, []reply{{body: `{"items":` + rowsOf(1, 2) + `,"end":false}`}, {body: `{"items":` + rowsOf(3) + `,"end":"true"}`}}, 3, nil},
		"more as texts":      {rest.Token, more, []reply{{body: `{"more":"True","items":` + rowsOf(1, 2) + `,"next":"b"}`}, {body: `{"more":"false","items":` + rowsOf(3) + `}`}}, 3, nil},
		"more as null":       {rest.Token, more, []reply{{body: `{"more":null,"items":` + rowsOf(1, 2) + `,"next":"b"}`}, {body: `{"items":` + rowsOf(3) + `}`}}, 3, nil},
		"more missing":       {rest.Page, more, []reply{{body: `{"items":` + rowsOf(1, 2) + `}`}, {body: `{"items":` + rowsOf(3) + `}`}, {body: `{"items":[]}`}}, 3, nil},
		"token alone":        {rest.Token, alone, []reply{{body: first}, {body: `{"items":` + rowsOf(3) + `}`}}, 3, []string{"/v1/things?limit=2", "/v1/things?token=b"}},
		"token in a header": {
			rest.Token, inHeader,
			[]reply{{header: headed("X-Next", "b"), body: `{"items":` + rowsOf(1, 2) + `}`}, {body: `{"items":` + rowsOf(3) + `}`}},
			3,
			[]string{"/v1/things?limit=2", "/v1/things?limit=2&token=b"},
		},
		"link in a header": {
			rest.Link, inHeader,
			[]reply{{header: headed("X-Next", "/v1/things?c=2"), body: `{"items":` + rowsOf(1, 2) + `}`}, {body: `{"items":` + rowsOf(3) + `}`}},
			3,
			[]string{"/v1/things?limit=2", "/v1/things?c=2"},
		},
		"errors that say nothing": {rest.Token, nil, []reply{{body: `{"items": [ ], "errors" : [ ], "error": {"code": 0, "message": ""}, "next": null}`}}, 0, nil},
		"a window without rows":   {rest.Offset, func(d *rest.Definition) { d.Paging.Skip = "skip" }, []reply{{body: first}, {body: `{"items":[],"next":"c"}`}, {body: `{"items":` + rowsOf(3) + `}`}, {body: `{"items":[]}`}}, 3, nil},
		"bare list":               {rest.Token, bare, []reply{{header: headed("X-Next", "b"), body: rowsOf(1, 2)}, {body: "null"}}, 2, nil},
		"rebased links": {
			rest.Link, rebase,
			[]reply{
				{body: `{"items":` + rowsOf(1, 2) + `,"next":"http://10.0.0.5:8080/things?c=2"}`},
				{body: `{"items":` + rowsOf(3, 4) + `,"next":"http://inside/v1/things?c=3"}`},
				{body: `{"items":` + rowsOf(5, 6) + `,"next":"?c=4"}`},
				{body: `{"items":[],"next":null}`},
			},
			6,
			[]string{"/v1/things?limit=2", "/v1/things?c=2", "/v1/things?c=3", "/v1/things?c=4"},
		},
		"a slash and a semicolon": {
			rest.Link, slash,
			[]reply{{body: `{"items":` + rowsOf(1, 2) + `,"next":"https://api.test/v1/things/?c=2;x"}`}, {body: `{"items":` + rowsOf(3) + `,"next":false}`}},
			3,
			[]string{"/v1/things/?limit=2", "/v1/things/?c=2%3Bx"},
		},
		"rows null":               {rest.Token, nil, []reply{{body: first}, {body: `{"items":null,"next":"c"}`}, {body: `{"items":` + rowsOf(3) + `}`}}, 3, nil},
		"rows null at first":      {rest.Token, nil, []reply{{body: `{"items":null}`}}, 0, nil},
		"no content":              {rest.Page, more, []reply{{body: `{"items":` + rowsOf(1, 2) + `,"more":true}`}, {status: 204}}, 2, nil},
		"rows missing later":      {rest.Token, nil, []reply{{body: first}, {body: `{"next":null}`}}, 2, nil},
		"rows missing, total 0":   {rest.Token, total, []reply{{body: `{"total":0}`}}, 0, nil},
		"rows missing, declared":  {rest.Token, absent, []reply{{body: `{"kind":"list"}`}}, 0, nil},
		"total as a text":         {rest.Token, total, []reply{{body: `{"items":` + rowsOf(1) + `,"total":"1"}`}}, 1, nil},
		"byte order mark":         {rest.Token, nil, []reply{{body: "\ufeff" + `{"items":` + rowsOf(1) + `}`}}, 1, nil},
		"Latin-1":                 {rest.Token, nil, []reply{{header: headed("Content-Type", "application/json; charset=ISO-8859-1"), body: `{"items":[{"id":1,"name":"Zo` + "\xeb" + `"}]}`}}, 1, nil},
		"an error that is empty":  {rest.Token, nil, []reply{{body: `{"items":[],"error":null,"errors":[],"success":true,"status":"ok","message":"no results"}`}}, 0, nil},
		"errors beside some rows": {rest.Token, nil, []reply{{body: `{"items":` + rowsOf(1) + `,"errors":["a field is old"]}`}}, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ids, asked, err := askThings(t, looseThings(test.style, test.change), test.replies...)
			if err != nil || int64(len(ids)) != test.ids || len(asked) != len(test.replies) {
				t.Errorf("ids %v by %q, %v; want 1 to %d", ids, asked, err, test.ids)
			}
			if test.asked != nil && !slices.Equal(asked, test.asked) {
				t.Errorf("asked for %q, want %q", asked, test.asked)
			}
		})
	}
}

// TestLooseRefused: what would lose rows, or is a failure, is an error that says what to
// declare, or what the server said.
func TestLooseRefused(t *testing.T) {
	more := func(d *rest.Definition) { d.Layout.HasMore = "more" }
	ok := func(d *rest.Definition) { d.Layout.OK, d.Layout.Error = "ok", "why" }
	failed := func(d *rest.Definition) { d.Layout.Error = "meta.error" }
	graph := func(d *rest.Definition) {
		d.Layout.Rows, d.Layout.Next = "data.items", ""
		d.Answer.NextHeader = "X-Next"
	}
	bare := func(d *rest.Definition) { d.Layout.Rows, d.Layout.Next = "", ""; d.Answer.NextHeader = "X-Next" }
	header := func(d *rest.Definition) { d.Answer.TotalHeader = "X-Total" }
	for name, test := range map[string]struct {
		change func(*rest.Definition)
		reply  reply
		want   error  // nil = a *rest.FailureError
		text   string // in the error
	}{
		"more is false beside a next": {more, reply{body: `{"items":` + rowsOf(1) + `,"more":false,"next":"b"}`}, paginate.ErrProtocol, "layout.done"},
		"more is true without a next": {more, reply{body: `{"items":` + rowsOf(1) + `,"more":1}`}, paginate.ErrProtocol, "more: true and names no next page"},
		"more is a word":              {more, reply{body: `{"items":[],"more":"perhaps"}`}, model.ErrUnexpected, "want true, false, 1, 0 or null"},
		"more is a letter":            {more, reply{body: `{"items":[],"more":"t"}`}, model.ErrUnexpected, "want true, false, 1, 0 or null"},
		"more is 2":                   {more, reply{body: `{"items":[],"more":2}`}, model.ErrUnexpected, "want true, false, 1, 0 or null"},
		"rows missing":                {nil, reply{body: `{"data":[],"next":null}`}, model.ErrUnexpected, "it has no items, where its rows should be, but data, next;"},
		"rows missing inside":         {graph, reply{body: `{"data":{"nodes":[]},"took":1}`}, model.ErrUnexpected, "no data.items, where its rows should be, but data.nodes, took;"},
		"rows missing of nothing":     {nil, reply{body: `{}`}, model.ErrUnexpected, "nor any other member; if a page without rows leaves it out, declare layout.rows_absent: empty"},
		"rows are an object":          {nil, reply{body: `{"items":{}}`}, model.ErrUnexpected, "want a list, got an object"},
		"a total of words":            {header, reply{header: headed("X-Total", "many"), body: `{"items":[]}`}, query.ErrAnswer, `the header X-Total is "many"`},
		"only an error":               {nil, reply{body: `{"error":{"message":"Quota exceeded","code":17}}`}, nil, "Quota exceeded"},
		"only a list of errors":       {nil, reply{body: `{"errors":[{"message":"Not\u001b[31m allowed"}]}`}, nil, "Not␛[31m allowed"},
		"only a message":              {nil, reply{body: `{"message":"Slow down, Bearer sesame-0123456789","code":"x"}`}, nil, "Slow down, Bearer "},
		"a message beside others":     {nil, reply{body: `{"message":"Slow down","retry_after":5}`}, nil, "Slow down"},
		"a message in Latin-1":        {nil, reply{header: headed("Content-Type", "application/json; charset=iso-8859-1"), body: "{\"message\":\"Sp\xe4ter\"}"}, nil, "Später"},
		"UTF-16, little end":          {nil, reply{body: "\xff\xfe{\x00}\x00"}, model.ErrMalformed, "at byte 0: malformed JSON: the body is in UTF-16 (its first bytes are ff fe 7b 00), and JSON must be in UTF-8: have the server,"},
		"UTF-16, big end":             {nil, reply{body: "\xfe\xff\x00{\x00}"}, model.ErrMalformed, "the body is in UTF-16"},
		"UTF-16 without a mark":       {nil, reply{body: "\x00{\x00}"}, model.ErrMalformed, "the body is in UTF-16"},
		"UTF-16, a short text":        {nil, reply{body: "1\x00"}, model.ErrMalformed, "the body is in UTF-16 (its first bytes are 31 00)"},
		"UTF-32, little end":          {nil, reply{body: "\xff\xfe\x00\x00{\x00\x00\x00}\x00\x00\x00"}, model.ErrMalformed, "the body is in UTF-32"},
		"UTF-32 without a mark":       {nil, reply{body: "\x00\x00\x00{\x00\x00\x00}"}, model.ErrMalformed, "the body is in UTF-32"},
		"an error for a list":         {bare, reply{body: `{"error":"backend down"}`}, nil, "backend down"},
		"an error beside no rows":     {nil, reply{body: `{"ok":false,"error":"ratelimited","items":[]}`}, nil, "ratelimited"},
		"no success":                  {nil, reply{body: `{"success":false,"items":null}`}, nil, `{"success":false,"items":null}`},
		"a status of failure":         {nil, reply{body: `{"status":"error","msg":"backend","items":[]}`}, nil, "backend"},
		"a status of a refusal":       {nil, reply{body: `{"status":503,"items":[]}`}, nil, "503"},
		"GraphQL":                     {graph, reply{body: `{"data":{"items":` + rowsOf(1) + `},"errors":[{"message":"one shard is down"}]}`}, nil, "one shard is down"},
		"GraphQL without data":        {graph, reply{body: `{"data":null,"errors":[{"message":"no such field"}]}`}, nil, "no such field"},
		"declared":                    {ok, reply{body: `{"ok":"no","why":"ratelimited","items":` + rowsOf(1) + `}`}, nil, "ratelimited"},
		"declared, 0":                 {ok, reply{body: `{"ok":0,"why":["a","b"],"items":[]}`}, nil, `["a","b"]`},
		"declared, a status":          {ok, reply{body: `{"ok":"DENIED","items":[]}`}, nil, "DENIED"},
		"declared, a number":          {ok, reply{body: `{"ok":429,"items":[]}`}, nil, "429"},
		"declared by its words":       {failed, reply{body: `{"meta":{"error":"late"},"items":` + rowsOf(1) + `}`}, nil, "late"},
	} {
		t.Run(name, func(t *testing.T) {
			ids, _, err := askThings(t, looseThings(rest.Token, test.change), test.reply, test.reply) // a malformed page is asked for again
			failure, isFailure := errors.AsType[*rest.FailureError](err)
			switch {
			case err == nil || !strings.Contains(err.Error(), test.text) || strings.Contains(err.Error(), "sesame"):
				t.Errorf("rows %v, %v; want %s", ids, err, test.text)
			case test.want == nil != isFailure || test.want != nil && !errors.Is(err, test.want):
				t.Errorf("%T %v", err, err)
			case isFailure && failure.Passes:
				t.Error("it is said to pass")
			}
		})
	}
	for _, body := range []string{`{"ok":true,"why":"a note","items":[]}`, `{"ok":1,"items":[]}`, `{"ok":"Success","items":[]}`, `{"ok":200,"items":[]}`, `{"ok":null,"why":"","items":[]}`} {
		if _, _, err := askThings(t, looseThings(rest.Token, ok), reply{body: body}); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestFailureThatPasses: a failure with a declared text is asked for again, after waits,
// and given up at last.
func TestFailureThatPasses(t *testing.T) {
	passes := func(d *rest.Definition) { d.Answer.Retry = []string{"RateLimited"} }
	busy := reply{body: `{"ok":false,"error":"ratelimited","items":[]}`}
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ids, asked, err := askThings(t, looseThings(rest.Token, passes), busy, busy, reply{body: `{"items":` + rowsOf(1) + `}`})
		if err != nil || len(ids) != 1 || len(asked) != 3 || time.Since(begin) != 3*time.Second {
			t.Errorf("%v by %q, %v after %v", ids, asked, err, time.Since(begin))
		}
		_, asked, err = askThings(t, looseThings(rest.Token, passes), busy, busy, busy, busy, busy)
		if failure, ok := errors.AsType[*rest.FailureError](err); !ok || !failure.Passes || len(asked) != 5 || strings.Contains(err.Error(), "layout.retry") {
			t.Errorf("%v by %q", err, asked)
		}
	})
}

// TestTotalInHeader: the total that a header has is the count, also as Content-Range
// writes it.
func TestTotalInHeader(t *testing.T) {
	for header, want := range map[string]int64{"319": 319, " 7 ": 7, "items 0-24/319": 319, "items 0-24/*": -1, "": -1} {
		server := &thingsServer{replies: []reply{{header: headed("X-Total", header), body: `{"items":[]}`}}}
		client, err := transport.New(transport.Options{BaseURL: "https://api.test", Transport: server})
		if err != nil {
			t.Fatal(err)
		}
		src, err := rest.New(client, looseThings(rest.Token, func(d *rest.Definition) { d.Answer.TotalHeader = "X-Total" }))
		if err != nil {
			t.Fatal(err)
		}
		page, err := src.Fetch(plan.Scan{})(t.Context(), paginate.Request{Limit: 2})
		if err != nil || page.Count != want {
			t.Errorf("%q: %+v, %v", header, page, err)
		}
		if lacks := strings.Join(page.Missing, ", "); !strings.HasPrefix(lacks, "next (the member next)") || strings.Contains(lacks, "total (the header X-Total)") != (header == "") {
			t.Errorf("%q: missing %s", header, lacks)
		}
		_ = client.Close()
	}
}

// TestLooseDefinitionErrors: what a definition says twice, or of another style, is a fault.
func TestLooseDefinitionErrors(t *testing.T) {
	for want, change := range map[string]func(*rest.Definition){
		"a page has one flag":                           func(d *rest.Definition) { d.Layout.HasMore, d.Layout.Done = "more", "end" },
		"in one place: the member next or the header X": func(d *rest.Definition) { d.Answer.NextHeader = "X" },
		"in one place: the member n or the header X":    func(d *rest.Definition) { d.Layout.Total, d.Answer.TotalHeader = "n", "X" },
		"X Y":                                      func(d *rest.Definition) { d.Answer.TotalHeader = "X Y" },
		"paging by token has no use for rebase":    func(d *rest.Definition) { d.Paging.Rebase = true },
		"paging by link has no use for alone":      func(d *rest.Definition) { d.Paging = rest.Paging{Style: rest.Link, Alone: true} },
		"an empty text is in every failure":        func(d *rest.Definition) { d.Answer.Retry = []string{" "} },
		"so that no member can be absent":          func(d *rest.Definition) { d.Layout.Rows, d.Answer.RowsAbsent = "", true },
		`its path "/things//" is refused`:          func(d *rest.Definition) { d.Path = "/things//" },
		`its path "/../things" is refused`:         func(d *rest.Definition) { d.Path = "/../things" },
		`the member "items" is both rows and done`: func(d *rest.Definition) { d.Layout.Done = "items" },
		`the member "next" is both next and error`: func(d *rest.Definition) { d.Layout.Error = "next" },
	} {
		_, err := rest.New(nil, looseThings(rest.Token, change))
		if _, ok := errors.AsType[*rest.DefinitionError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestSpelledParameters: an instant is sent in the field's first layout, if that can have
// it, and a value that means null is taken for one by the server.
func TestSpelledParameters(t *testing.T) {
	params := map[string]string{"eq": "is", "neq": "not", "gt": "after", "gteq": "from", "lt": "before", "lteq": "until"}
	spell := func(s model.Spelling, typ model.Type) *rest.Source[model.DynamicRow] {
		src, err := rest.New(nil, looseThings(rest.Token, func(d *rest.Definition) {
			d.Fields = append(d.Fields, rest.Field{Field: model.Field{Name: "x", Type: typ, Nullable: true, Returned: model.ReturnedAlways, Spelling: &s}, Params: params})
		}))
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	zone := time.FixedZone("+02:00", 2*60*60)
	for _, test := range []struct {
		src    *rest.Source[model.DynamicRow]
		filter string
		want   string // in what the plan explains
	}{
		{spell(model.Spelling{Layouts: []string{"2006-01-02 15:04:05"}, Zone: zone}, model.TypeDateTime), "x >= 2024-01-31T12:00Z", "?from=2024-01-31 14:00:00&limit=2\n"},
		{spell(model.Spelling{Layouts: []string{"unix", "date"}}, model.TypeDateTime), "x >= 2024-01-31T12:00Z", "from=1706702400&limit=2\n"},
		{spell(model.Spelling{Layouts: []string{"2006-01-02"}}, model.TypeDateTime), "x >= 2024-01-31T12:00Z", "residual  x >= "},
		{spell(model.Spelling{Layouts: []string{"2006-01-02"}}, model.TypeDateTime), "x >= 2024-01-31", "from=2024-01-31&limit=2\n"},
		{spell(model.Spelling{Layouts: []string{"dotnet"}}, model.TypeDateTime), "x >= 2024-01-31", "residual  x >= "},
		{spell(model.Spelling{Nulls: []string{"-1"}}, model.TypeInt), "x < 5", "x < 5  [superset]"},
		{spell(model.Spelling{Nulls: []string{"-1"}}, model.TypeInt), "not (x = 5)", "&not=5\n"},
		{spell(model.Spelling{Nulls: []string{"-1"}}, model.TypeInt), "x < 5", "the API does not know that some values of x mean null"},
		{spell(model.Spelling{}, model.TypeInt), "x < 5", "x < 5  [exact]"},
	} {
		planned, err := query.Prepare(test.src, test.filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := planned.String() + "\n"; !strings.Contains(got, test.want) {
			t.Errorf("%s: got\n%s\nwant %s", test.filter, got, test.want)
		}
	}
}

// TestBrokenText: text that is not UTF-8 is asked for again, and then becomes U+FFFD with a
// count and a warning; what identifies a row or a page is refused.
func TestBrokenText(t *testing.T) {
	broken := func(id, name, next string) reply {
		return reply{body: `{"items":[{"id":` + id + `,"name":"` + name + `"}],"next":` + next + `}`}
	}
	refuse := func(d *rest.Definition) { d.Answer.RefuseBrokenText = true }
	keyed := func(d *rest.Definition) { d.Fields[0].Type = model.TypeString }
	for name, test := range map[string]struct {
		change  func(*rest.Definition)
		replies []reply
		names   string
		mended  int64
		err     string
	}{
		"a byte, asked for again":     {nil, []reply{broken("1", "a\xff", `null`), broken("1", "ab", `null`)}, "ab", 0, ""},
		"a byte, on several pages":    {nil, []reply{broken("1", "a\xff", `"b"`), broken("1", "a\xff", `"b"`), broken("2", "\xe4\xf6", `null`)}, "a\ufffd \ufffd\ufffd", 3, ""},
		"a surrogate":                 {nil, []reply{broken("1", `\ud83d`, `null`), broken("1", `\ud83d`, `null`)}, "\ufffd", 1, ""},
		"refused":                     {refuse, []reply{broken("1", "a\xff", `null`), broken("1", "a\xff", `null`)}, "", 0, "invalid UTF-8"},
		"in a token":                  {nil, []reply{broken("1", "a", "\"b\xff\""), broken("1", "a", "\"b\xff\"")}, "", 0, "the name of the next page is not UTF-8"},
		"in a key":                    {keyed, []reply{broken("\"\xff\"", "a", "null"), broken("\"\xff\"", "a", "null")}, "", 0, "the key of a row is not UTF-8"},
		"cut off too":                 {nil, []reply{{body: "{\"items\":[{\"id\":1,\"name\":\"\xff"}, {body: "{\"items\":[{\"id\":1,\"name\":\"\xff"}}, "", 0, "unexpected EOF"},
		"members twice":               {nil, []reply{{body: `{"items":[{"id":1,"id":2}]}`}, {body: `{"items":[{"id":1,"id":2}]}`}}, "", 0, "duplicate"},
		"members twice, the last one": {func(d *rest.Definition) { d.Answer.LastMember = true }, []reply{{body: `{"items":[],"items":[{"id":1,"name":"a","name":"b"}]}`}}, "b", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := &thingsServer{replies: test.replies}
			client, err := transport.New(transport.Options{BaseURL: "https://api.test", Rate: -1, Transport: server, Retries: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close() //nolint:errcheck // nothing is written through it
			src, err := rest.New(client, looseThings(rest.Token, test.change))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := query.Run(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for row, err := range rows.All() {
				if err == nil {
					names = append(names, row.Value(1).String())
				}
			}
			if err := rows.Err(); test.err == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %v, want %q", err, test.err)
			}
			s := rows.Stats()
			if strings.Join(names, " ") != test.names || s.Mended != test.mended || len(server.asked) != len(test.replies) {
				t.Errorf("names %q, %d mended, %d requests; want %q, %d, %d", names, s.Mended, len(server.asked), test.names, test.mended, len(test.replies))
			}
			if told := strings.Join(s.Warnings, ""); strings.Contains(told, "not UTF-8") != (test.mended > 0) {
				t.Errorf("warnings %q", told)
			}
		})
	}
}

// TestDefinitionCharacters: no text of a definition can steer a terminal or hide.
func TestDefinitionCharacters(t *testing.T) {
	for _, change := range []func(*rest.Definition, string){
		func(d *rest.Definition, s string) { d.Name += s },
		func(d *rest.Definition, s string) { d.Layout.Total = s },
		func(d *rest.Definition, s string) { d.Paging.Limit += s },
		func(d *rest.Definition, s string) { d.Params = map[string][]string{"a" + s: {"b"}} },
		func(d *rest.Definition, s string) { d.Params = map[string][]string{"a": {s}} },
		func(d *rest.Definition, s string) { d.Fields[1].Name += s },
		func(d *rest.Definition, s string) { d.Fields[1].Doc += s },
		func(d *rest.Definition, s string) { d.Fields[1].Params = map[string]string{"eq": s} },
		func(d *rest.Definition, s string) { d.Answer.Retry = []string{"a" + s} },
	} {
		for _, s := range []string{"\x1b[2J", "\u009b", "\u202e", "\x00", "\x7f"} {
			_, err := rest.New(nil, looseThings(rest.Token, func(d *rest.Definition) { change(d, s) }))
			if err == nil || !strings.Contains(err.Error(), "which is not allowed") {
				t.Errorf("%q: %v", s, err)
			}
		}
	}
	if _, err := rest.New(nil, looseThings(rest.Token, func(d *rest.Definition) { d.Fields[1].Doc = "of people:\n\tnot of things\n" })); err != nil {
		t.Error(err)
	}
}

func ExampleCheckText() {
	fmt.Println(rest.CheckText("price in €", false))
	fmt.Println(rest.CheckText("red \x1b[31m", false))
	// Output:
	// <nil>
	// the text "red \x1b[31m" has the character U+001B, which is not allowed
}
