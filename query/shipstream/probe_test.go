package shipstream_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// TestProbe: what an emulator was told to be is what probing finds, and nothing
// more is believed of it.
func TestProbe(t *testing.T) {
	for _, test := range []struct {
		name    string
		options shipstreamtest.Options
		want    shipstream.Capabilities
		profile string
	}{
		{"documented", shipstreamtest.Options{}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "documented"},
		{"all", shipstreamtest.Options{Operators: shipstreamtest.AllOperators, EscapePatterns: true}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "in,nin,notnull,null_false,contains,like,nlike,pattern_escapes"},
		{"some", shipstreamtest.Options{Operators: shipstreamtest.OpIn | shipstreamtest.OpNotNull}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "in,notnull"},
		{"hidden timestamps", shipstreamtest.Options{HideTimestamps: true}, shipstream.Capabilities{Timestamps: model.ReturnedNo}, "documented"},
		{"binary", shipstreamtest.Options{Collation: model.Some(model.Binary), EscapePatterns: true}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest, Collation: model.Some(model.Binary)}, "pattern_escapes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Users = 200
			server, client := serve(t, test.options)
			got, findings, err := shipstream.Users(client, shipstream.AnyUser).Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Timestamps != test.want.Timestamps || got.Collation != test.want.Collation || got.Profile.String() != test.profile {
				t.Errorf("found %v %v %v, want %v %v %s\n%v", got.Timestamps, got.Collation, got.Profile, test.want.Timestamps, test.want.Collation, test.profile, findings)
			}
			if n := len(server.Requests()); n > 45 {
				t.Errorf("%d requests", n)
			}
			if !slices.ContainsFunc(findings, func(f shipstream.Finding) bool { return f.Name == "regex" && !f.Proved }) {
				t.Errorf("regex was believed: %v", findings)
			}
		})
	}
}

// TestProbeNeedsRows: a server without users teaches nothing, and says so.
func TestProbeNeedsRows(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{})
	if _, _, err := shipstream.Users(client, shipstream.AnyUser).Probe(t.Context()); err == nil {
		t.Error("an empty server was probed")
	}
}

// everything is what probing finds of an emulator that can do all.
const everything = "in,nin,notnull,null_false,contains,like,nlike,pattern_escapes"

// misread starts an emulator that can do everything behind something that reads
// requests in its own way.
func misread(t *testing.T, o shipstreamtest.Options, change func(url.Values)) *shipstream.UserSource {
	t.Helper()
	o.Operators, o.EscapePatterns, o.Rate, o.Concurrency = shipstreamtest.AllOperators, true, -1, -1
	emulator := shipstreamtest.NewServer(o)
	t.Cleanup(emulator.Close)
	target, err := url.Parse(emulator.URL)
	if err != nil {
		t.Fatal(err)
	}
	connections := &http.Transport{}
	t.Cleanup(connections.CloseIdleConnections)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Transport: connections,
		Rewrite: func(r *httputil.ProxyRequest) {
			q := r.In.URL.Query()
			change(q)
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.RawQuery = target.Scheme, target.Host, q.Encode()
		},
	})
	t.Cleanup(proxy.Close)
	base, err := url.JoinPath(proxy.URL, target.Path)
	if err != nil {
		t.Fatal(err)
	}
	client, err := transport.New(transport.Options{BaseURL: base, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return shipstream.Users(client, shipstream.AnyUser)
}

// filters changes each filter parameter; one that becomes "" is left out.
func filters(change func(string) string) func(url.Values) {
	return func(q url.Values) {
		for i, f := range q["filter"] {
			q["filter"][i] = change(f)
		}
		q["filter"] = slices.DeleteFunc(q["filter"], func(f string) bool { return f == "" })
	}
}

// replaced changes the filters that match a pattern.
func replaced(pattern, by string) func(url.Values) {
	re := regexp.MustCompile(pattern)
	return filters(func(f string) string { return re.ReplaceAllString(f, by) })
}

// TestProbeIgnoredOperators: an operator that is taken and has no effect, or that
// nothing satisfies, is not believed, whichever it is, and costs no other.
func TestProbeIgnoredOperators(t *testing.T) {
	const none = "id{lt:1}"
	for name, pattern := range map[string]string{
		"in":              `^\w+\{in:.*`,
		"nin":             `^\w+\{nin:.*`,
		"notnull":         `^\w+\{notnull:true.*`,
		"null_false":      `^\w+\{null:false.*`,
		"contains":        `^\w+\{contains:.*`,
		"like":            `^\w+\{like:.*`,
		"nlike":           `^\w+\{nlike:.*`,
		"pattern_escapes": `^\w+\{(start|end|contains):"[^"]*[%_\\].*`,
	} {
		for how, by := range map[string]string{"ignored": "", "nothing": none} {
			t.Run(name+" "+how, func(t *testing.T) {
				users := misread(t, shipstreamtest.Options{Users: 200}, replaced(pattern, by))
				found, findings, err := users.Probe(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				want := strings.Join(slices.DeleteFunc(strings.Split(everything, ","), func(s string) bool { return s == name }), ",")
				if got := found.Profile.String(); got != want {
					t.Errorf("found %s, want %s\n%v", got, want, findings)
				}
			})
		}
	}
}

// TestProbeMisreadOperators: an operator that does something else than its name
// says is not believed.
func TestProbeMisreadOperators(t *testing.T) {
	for _, test := range []struct{ name, pattern, by, lost string }{
		{"in takes the first", `\{in:\[(\d+).*`, "{eq:$1}", "in"},
		{"in takes the last", `\{in:.*?(\d+)\].*`, "{eq:$1}", "in"},
		{"nin takes the first", `\{nin:\[(\d+).*`, "{neq:$1}", "nin"},
		{"nin takes the last", `\{nin:.*?(\d+)\].*`, "{neq:$1}", "nin"},
		{"nin holds for null", `(last_login_at)\{nin:.*`, "$1{null:true}", "nin"},
		{"notnull is null", `notnull:true`, "null:true", "notnull"},
		{"null looks at no value", `null:false`, "null:true", "null_false"},
		{"contains is a prefix", `contains:`, "start:", "contains"},
		{"contains is a suffix", `contains:`, "end:", "contains"},
		{"like is a substring", `\{like:"(\w)"`, `{start:"$1"`, "like"},
		{"like knows no escape", `\{like:"\\\\`, `{like:"\\\\\\\\`, "like"},
		{"like takes _ as it stands", `\{like:"(\w)_`, `{like:"$1\\_`, "like"},
		{"the start has a wild _", `\{start:"(\w)_"`, `{like:"${1}_%"`, "pattern_escapes"},
		{"the start has a wild %", `\{start:"%(\w)"`, `{like:"%$1%"`, "pattern_escapes"},
		{"the start drops backslashes", `\{start:"(\w)\\\\(\w)"`, `{start:"$1$2"`, "pattern_escapes"},
		{"the start is not escaped", `\{start:"([^"]*[%_\\][^"]*)"`, `{like:"$1%"`, "pattern_escapes"},
		{"the end is not escaped", `\{end:"([^"]*[%_\\][^"]*)"`, `{like:"%$1"`, "pattern_escapes"},
		{"the middle is not escaped", `\{contains:"([^"]*[%_\\][^"]*)"`, `{like:"%$1%"`, "pattern_escapes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, findings, err := misread(t, shipstreamtest.Options{Users: 200}, replaced(test.pattern, test.by)).Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Join(slices.DeleteFunc(strings.Split(everything, ","), func(s string) bool { return s == test.lost }), ",")
			if got := found.Profile.String(); got != want {
				t.Errorf("found %s, want %s\n%v", got, want, findings)
			}
		})
	}
}

// TestProbeUnseen: what the rows at hand cannot show is not believed, and the
// finding says what is missing.
func TestProbeUnseen(t *testing.T) {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name       string
		logins     [2]time.Time
		change     func(url.Values)
		profile    string
		timestamps model.Returned
		unseen     []string
	}{
		{"everybody has logged in", [2]time.Time{at, at}, nil, "in,nin,contains,like,nlike", model.ReturnedOnRequest, []string{"notnull", "null_false", "pattern_escapes"}},
		{"nobody has", [2]time.Time{}, nil, "in,nin,contains,like,nlike", model.ReturnedOnRequest, []string{"notnull", "null_false", "pattern_escapes"}},
		{"nobody has, and nulls are left out", [2]time.Time{}, func(q url.Values) { q.Del("fields") }, "in,nin,contains,like,nlike", model.ReturnedUnknown, []string{"timestamps", "notnull", "null_false", "pattern_escapes"}},
		{"null is ignored", [2]time.Time{at, {}}, replaced(`^\w+\{null:true\}$`, ""), "in,nin,contains,like,nlike", model.ReturnedOnRequest, []string{"notnull", "null_false", "pattern_escapes"}},
		{"eq is ignored", [2]time.Time{at, {}}, replaced(`^name\{eq:.*`, ""), "in,nin,notnull,null_false,contains,like,nlike", model.ReturnedOnRequest, []string{"collation", "pattern_escapes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.change == nil {
				test.change = func(url.Values) {}
			}
			users := misread(t, shipstreamtest.Options{Rows: []shipstreamtest.User{
				{ID: 1, Name: "Ada", CreatedAt: at, LastLoginAt: test.logins[0]},
				{ID: 2, Name: "Bob", CreatedAt: at, LastLoginAt: test.logins[1]},
			}}, test.change)
			found, findings, err := users.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if found.Profile.String() != test.profile || found.Timestamps != test.timestamps {
				t.Errorf("found %v, timestamps %v; want %s, %v\n%v", found.Profile, found.Timestamps, test.profile, test.timestamps, findings)
			}
			var unseen []string
			for _, f := range findings {
				if strings.HasPrefix(f.Detail, "cannot be seen: ") {
					unseen = append(unseen, f.Name)
				}
			}
			if !slices.Equal(unseen, test.unseen) {
				t.Errorf("unseen %v, want %v\n%v", unseen, test.unseen, findings)
			}
		})
	}
}

// TestProbeTimestamps: a server that takes fields= and sends rows without one of
// them does not return them.
func TestProbeTimestamps(t *testing.T) {
	for asked, want := range map[string]model.Returned{
		"created_at,last_login_at": model.ReturnedOnRequest,
		"created_at":               model.ReturnedNo,
		"last_login_at":            model.ReturnedNo,
		"":                         model.ReturnedNo,
	} {
		users := misread(t, shipstreamtest.Options{Users: 200}, func(q url.Values) {
			if q.Has("fields") {
				q.Set("fields", asked)
			}
			if asked == "" {
				q.Del("fields")
			}
		})
		found, findings, err := users.Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if found.Timestamps != want {
			t.Errorf("a server that returns %q: %v, want %v\n%v", asked, found.Timestamps, want, findings)
		}
	}
}

// TestProbeCollation: letter case alone decides nothing.
func TestProbeCollation(t *testing.T) {
	const accented = `name\{eq:".*[áçéíñóúý].*`
	for _, test := range []struct {
		name      string
		collation model.Collation
		pattern   string
		want      model.Collation
		proved    bool
		detail    string
	}{
		{"ci", model.CI, `^$`, model.CI, true, "ci: names are not told apart by letter case, trailing spaces, accents"},
		{"binary", model.Binary, `^$`, model.Binary, true, "binary: names are told apart by letter case, trailing spaces, accents"},
		{"accents count", model.CI, accented, model.CI, false, "neither ci nor binary, of which ci is nearer: names are told apart by accents, and not by letter case, trailing spaces"},
		{"spaces count", model.CI, `name\{eq:".* ".*`, model.CI, false, "neither ci nor binary, of which ci is nearer: names are told apart by trailing spaces, and not by letter case, accents"},
		{"case counts", model.CI, `name\{eq:"ada"\}`, model.Binary, false, "neither ci nor binary, of which binary is nearer: names are told apart by letter case, and not by trailing spaces, accents"},
	} {
		t.Run(test.name, func(t *testing.T) {
			users := misread(t, shipstreamtest.Options{Collation: model.Some(test.collation), Rows: []shipstreamtest.User{{ID: 1, Name: "Bob"}, {ID: 2, Name: "Ada"}}}, replaced(test.pattern, "id{lt:1}"))
			found, findings, err := users.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(findings, func(f shipstream.Finding) bool { return f.Name == "collation" })
			if f := findings[i]; found.Collation.Or(model.CI) != test.want || f.Proved != test.proved || f.Detail != test.detail {
				t.Errorf("found %v: %+v, want %v %v %q", found.Collation, f, test.want, test.proved, test.detail)
			}
		})
	}
}

// TestProbeIDs: without a filter by id there is nothing to ask with.
func TestProbeIDs(t *testing.T) {
	users := misread(t, shipstreamtest.Options{Users: 200}, replaced(`^id:.*`, ""))
	if _, _, err := users.Probe(t.Context()); !errors.Is(err, query.ErrAnswer) || !strings.Contains(err.Error(), "it does not filter by id") {
		t.Errorf("a server that ignores id: %v", err)
	}
}
