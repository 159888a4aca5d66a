package query_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestRequestLineLength: no filter makes a request line longer than 8 KiB, and the answer
// stays right.
func TestRequestLineLength(t *testing.T) {
	server, src := source(t, shipstreamtest.Options{Users: 3000}, shipstream.Capabilities{})
	list := func(format string, n int) string {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(values, ", ")
	}
	for _, test := range []struct {
		name, filter string
		scans        int
	}{
		{"ids", "id in (" + list("%d", 2500) + ", 2, 3)", 0},
		{"names", "username in (" + list("'a.user%d'", 2500) + ")", 0},
		{"not in", "id not in (" + list("%d", 2500) + ")", 1},
		{"names not in", "username not in (" + list("'a.user%d'", 1500) + ")", 1},
		{"long text", "name != '" + strings.Repeat("x", 9000) + "'", 1},
		{"many conditions", strings.Repeat("name != 'some long enough name' and email != 'x' and ", 200) + "is_active", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(server.Requests())
			planned, err := query.Prepare(src, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			if test.scans > 0 && len(planned.Scans) != test.scans {
				t.Errorf("%d scans, want %d", len(planned.Scans), test.scans)
			}
			users, err := collect(t.Context(), src, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range server.Requests()[before:] {
				if n := len("GET " + r.Path + "?" + r.Query + " HTTP/1.1"); n > 8<<10 {
					t.Errorf("a request line of %d bytes", n)
				}
			}
			all, err := collect(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sortedIDs(users), matching(t, src, test.filter, all); !slices.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
			if n, err := query.CountPlan(t.Context(), src, planned); err != nil || n != int64(len(users)) {
				t.Errorf("counted %d of %d: %v", n, len(users), err)
			}
		})
	}
}

// TestChunksShareNoRow: values that are equal under the collation are in one part, in
// whatever order the list has them, so the counts of the parts add up.
func TestChunksShareNoRow(t *testing.T) {
	twin := shipstreamtest.User{ID: 9001, Username: "the.one.and.only"}
	_, src := source(t, shipstreamtest.Options{Users: 300, Rows: []shipstreamtest.User{twin}}, shipstream.Capabilities{})
	var values []string
	for i := range 900 {
		spelt := []byte(twin.Username)
		for bit := range spelt {
			if i>>bit&1 == 1 {
				spelt[bit] = strings.ToUpper(twin.Username)[bit]
			}
		}
		values = append(values, "'"+string(spelt)+"'", fmt.Sprintf("'nobody.%d'", i))
	}
	filter := "username in (" + strings.Join(values, ", ") + ")"
	for _, off := range [][]string{nil, {"fold"}} {
		planned, err := query.Prepare(src, filter, query.Without(off...))
		if err != nil {
			t.Fatal(err)
		}
		if len(planned.Scans) < 2 {
			t.Fatalf("without %v: %d scans, which part nothing", off, len(planned.Scans))
		}
		n, err := query.CountPlan(t.Context(), src, planned)
		if err != nil || n != 1 {
			t.Errorf("without %v: counted %d rows, want 1: %v", off, n, err)
		}
		if users, err := collect(t.Context(), src, filter, query.Without(off...)); err != nil || len(users) != 1 {
			t.Errorf("without %v: %d rows, want 1: %v", off, len(users), err)
		}
	}
}

// line is the size of a condition in a measured dialect.
const line = 1 << 20

// measured is a dialect whose requests hold a given number of conditions.
type measured struct {
	plan.Dialect
	most int
}

func (m measured) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := m.Dialect.Classify(conjuncts)
	for i := range out {
		out[i].Size = line
	}
	return out
}

type measuredUsers struct {
	query.Resource
	most int
}

func (m measuredUsers) Dialect() plan.Dialect { return measured{m.Resource.Dialect(), m.most} }

func (m measuredUsers) Capabilities() plan.Capabilities {
	c := m.Resource.Capabilities()
	c.Room = plan.Room{Size: m.most * line, Reason: "the form has no more lines"}
	return c
}

// TestRoom: a request holds as many conditions as the source has room for, whatever the
// length of its line; the others are evaluated locally for the source's reason.
func TestRoom(t *testing.T) {
	users := shipstream.Users(nil, shipstream.AnyUser)
	filter := "name = '" + strings.Repeat("x", 9000) + "' and email = 'a' and is_active"
	for most, want := range []int{0, 1, 2, 3, 3} {
		planned, err := query.Prepare(measuredUsers{users, most}, filter)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for _, c := range planned.Scans[0].Conjuncts {
			if c.Verdict == plan.Exact {
				sent++
			} else if c.Reason != "the form has no more lines" {
				t.Errorf("%d: the reason is %q", most, c.Reason)
			}
		}
		if sent != want {
			t.Errorf("%d: %d conditions are sent", most, sent)
		}
	}
}

// wideFilters are filters of a number of terms, each built in another way.
func wideFilters() []wideFilter {
	repeat := func(joint, format string) func(n int) string {
		return func(n int) string {
			terms := make([]string, n)
			for i := range terms {
				terms[i] = fmt.Sprintf(format, i, i+1)
			}
			return strings.Join(terms, joint)
		}
	}
	negated := func(filter func(n int) string) func(n int) string {
		return func(n int) string { return "not (" + filter(n) + ")" }
	}
	return []wideFilter{
		{"and of ors", repeat(" and ", "(name = 'a%d' or email = 'b%d')"), 4000, false},
		{"or of ands", repeat(" or ", "(name = 'a%d' and email = 'b%d')"), 4000, false},
		{"not equals", repeat(" and ", "name != 'a%d-%d'"), 9000, false},
		{"references", repeat(" or ", "roles.id between %d and %d"), 5000, false},
		{"lists", repeat(" and ", "username in ('u%d', 'v%d', 'c','d','e','f','g','h','i','j','k','l','m','n','o','p','q','r','s','t','u')"), 400, false},
		{"id ranges", repeat(" or ", "id between %d00 and %d0"), 6000, false},
		{"mixed", repeat(" or ", "name = 'a%d' or email = 'b%d' or roles.id = 5"), 2000, false},
		{"nested nots", negated(repeat(" and ", "not (name = 'a%d' or id = %d)")), 3000, false},
		{"likes", repeat(" and ", "name like 'a%%b%d_%d'"), 6000, false},
		{"and of ors of what is never returned", repeat(" and ", "(name = 'a%d-%d' or created_at > 2024-01-01)"), 4000, true},
		{"or of ands of what is never returned", repeat(" or ", "(name = 'a%d-%d' and created_at > 2024-01-01)"), 4000, true},
	}
}

type wideFilter struct {
	name    string
	filter  func(n int) string
	most    int // terms
	refused bool
}

// TestWideFilters: planning allocates in proportion to the filter, however it is built,
// and whether planning succeeds or not. Four times the terms take about four times the
// objects and bytes; quadratic work takes sixteen times. BenchmarkWidePlan holds the
// time.
func TestWideFilters(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedNo}))
	for _, tt := range wideFilters() {
		t.Run(tt.name, func(t *testing.T) {
			allocated := func(terms int) (objects, bytes float64) {
				filter := tt.filter(terms)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := query.Prepare(src, filter)
				runtime.ReadMemStats(&after)
				if errors.Is(err, query.ErrUnanswerable) != tt.refused || (err != nil) != tt.refused {
					t.Fatal(err)
				}
				return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
			}
			allocated(tt.most / 4) // without what the first call alone allocates
			fewObjects, fewBytes := allocated(tt.most / 4)
			manyObjects, manyBytes := allocated(tt.most)
			const bar = 6
			if manyObjects/fewObjects > bar || manyBytes/fewBytes > bar {
				t.Errorf("%d terms take %.1f times the objects and %.1f times the bytes of %d", tt.most, manyObjects/fewObjects, manyBytes/fewBytes, tt.most/4)
			}
		})
	}
}

// TestLongListsNeverReturned: if rows never carry a field, a condition on it that is too
// long for one request is split over several, and no two of them bring the same row.
func TestLongListsNeverReturned(t *testing.T) {
	o := shipstreamtest.Options{Users: 3000, HideTimestamps: true}
	server, src := source(t, o, shipstream.Capabilities{Timestamps: model.ReturnedNo})
	o.HideTimestamps = false
	_, seen := source(t, o, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	all, err := collect(t.Context(), seen, "", query.Select("name", "email", "username", "is_active", "created_at", "last_login_at"))
	if err != nil {
		t.Fatal(err)
	}
	list := func(n int, at func(u shipstream.User) model.Opt[time.Time]) string {
		var values []string
		for _, u := range all {
			if when, ok := at(u).Get(); ok && len(values) < n {
				values = append(values, "'"+when.Format(time.RFC3339)+"'")
			}
		}
		return "(" + strings.Join(values, ", ") + ")"
	}
	created := func(n int) string {
		return list(n, func(u shipstream.User) model.Opt[time.Time] { return u.CreatedAt })
	}
	login := func(n int) string {
		return list(n, func(u shipstream.User) model.Opt[time.Time] { return u.LastLoginAt })
	}
	for name, filter := range map[string]string{
		"in":              "created_at in " + created(600),
		"in or active":    "is_active or created_at in " + created(600),
		"two lists":       "created_at in " + created(300) + " and last_login_at in " + login(300),
		"null or in":      "last_login_at is null or last_login_at in " + login(600),
		"not in":          "last_login_at not in " + login(600),
		"not in, and one": "created_at not in " + created(90) + " and username not in ('" + strings.Repeat("a.adler1', '", 300) + "b')",
	} {
		t.Run(name, func(t *testing.T) {
			before := len(server.Requests())
			users, err := collect(t.Context(), src, filter)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sortedIDs(users), matching(t, seen, filter, all); !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
			for _, r := range server.Requests()[before:] {
				if n := len("GET " + r.Path + "?" + r.Query + " HTTP/1.1"); n > 8<<10 {
					t.Errorf("a request line of %d bytes", n)
				}
			}
		})
	}
}

// TestManyRefusals: an error names a few of the unanswerable parts, however many there
// are.
func TestManyRefusals(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedNo}))
	terms := make([]string, 300)
	for i := range terms {
		terms[i] = fmt.Sprintf("(name contains 'a%d' or created_at > 2024-01-01)", i)
	}
	_, err := query.Prepare(src, strings.Join(terms, " and "))
	if !errors.Is(err, query.ErrUnanswerable) || strings.Count(err.Error(), "\n") != 20 {
		t.Errorf("got %v", err)
	}
}

// TestEmptyNeedsNoOrder: an unanswerable sort is no error if there are no rows.
func TestEmptyNeedsNoOrder(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedNo}))
	for _, filter := range []string{"id > 5 and id < 3", "name is null"} {
		planned, err := query.Prepare(src, filter, query.OrderBy("created_at"))
		if err != nil || planned.Empty == "" {
			t.Errorf("%s: %v, %v", filter, planned, err)
		}
	}
	if _, err := query.Prepare(src, "id > 5", query.OrderBy("created_at")); !errors.Is(err, query.ErrUnanswerable) {
		t.Errorf("got %v", err)
	}
}
