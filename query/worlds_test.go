package query_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// world is a server with random rows and abilities, its declared capabilities, and all its
// rows.
type world struct {
	t    *rapid.T
	src  *shipstream.UserSource // as declared
	open *shipstream.UserSource // the same rows, of a server that returns all of them
	rows map[query.Deleted][]shipstream.User
}

// TestWorlds compares random queries of random servers with a full scan that is filtered,
// sorted and cut here. Servers differ in their declared operators, timestamps, filterable
// fields, page lengths and faults. A server refuses an operator that was not declared.
func TestWorlds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		for range 4 {
			w.ask()
		}
	})
}

func newWorld(t *rapid.T) *world {
	var served []string
	var operators shipstreamtest.Operators
	for i, name := range []string{"in", "nin", "notnull", "null_false", "contains", "like", "nlike"} {
		if rapid.Bool().Draw(t, name) {
			operators |= 1 << i
			served = append(served, name)
		}
	}
	o := shipstreamtest.Options{
		Deleted: -1, Rows: drawUsers(t), Operators: operators, EscapePatterns: rapid.Bool().Draw(t, "escapes"),
		Collation:  model.Some(rapid.SampledFrom([]model.Collation{model.CI, model.Binary, model.Case}).Draw(t, "collation")),
		ShortPages: rapid.Bool().Draw(t, "short pages"), Rate: -1, Concurrency: -1,
		Faults: 0.05, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultConflict, shipstreamtest.FaultBadGateway},
	}
	if o.EscapePatterns {
		served = append(served, "pattern_escapes")
	}
	w := &world{t: t, open: serve(t, o), rows: map[query.Deleted][]shipstream.User{}}
	c := shipstream.Capabilities{
		Collation:  o.Collation,
		Timestamps: rapid.SampledFrom([]model.Returned{model.ReturnedOnRequest, model.ReturnedNo, model.ReturnedUnknown}).Draw(t, "timestamps"),
	}
	w.open = w.open.Varied(shipstream.Capabilities{Collation: o.Collation, Timestamps: model.ReturnedOnRequest})
	o.HideTimestamps = c.Timestamps == model.ReturnedNo
	declared := slices.DeleteFunc(served, func(name string) bool { return !rapid.Bool().Draw(t, "declare "+name) })
	var err error
	if c.Profile, err = (wire.Profile{}).With(declared...); err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "some fields") {
		c.Profile.Fields = append(rapid.SliceOfDistinct(rapid.SampledFrom([]string{"name", "email", "username", "is_active", "created_at", "last_login_at"}), rapid.ID[string]).Draw(t, "fields"), "id")
	}
	w.src = serve(t, o).Varied(c)
	for _, deleted := range []query.Deleted{query.DeletedNone, query.DeletedOnly, query.DeletedInclude} {
		w.rows[deleted], err = collect(t.Context(), w.open, "", query.WithDeleted(deleted), query.Select(
			"name", "email", "username", "is_active", "created_at", "last_login_at", "login_via_badge", "roles.name",
			"default_warehouse.name", "default_warehouse.is_active", "merchant.code", "merchant.is_active"))
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// serve starts an emulator for the duration of the check.
func serve(t *rapid.T, o shipstreamtest.Options) *shipstream.UserSource {
	server := shipstreamtest.NewServer(o)
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken),
		Rate: -1, Concurrency: 4, Backoff: time.Microsecond, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.Close() // nothing is written through it
		server.Close()
	})
	return shipstream.Users(client, shipstream.AnyUser)
}

// drawUsers draws rows whose texts and times are often equal, some of them null.
func drawUsers(t *rapid.T) []shipstreamtest.User {
	texts := rapid.SampledFrom([]string{"", " ", "a", "A", "a ", "á", "ß", "ss", "a%b", "a_b", `a\b`, "a'b", "é", "e\u0301", "🙂", "ab", "aba", "abba", "box", "100%", "\u00a0"})
	times := rapid.SampledFrom([]time.Time{
		{},
		time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 1, 1, 23, 59, 59, 0, time.UTC),
		time.Date(2024, 6, 15, 12, 0, 0, 0, time.UTC), time.Date(2020, 2, 29, 0, 0, 1, 0, time.UTC),
	})
	user := rapid.Custom(func(t *rapid.T) shipstreamtest.User {
		u := shipstreamtest.User{
			ID: rapid.Int64Range(1, 6500).Draw(t, "id"), Name: texts.Draw(t, "name"), Email: texts.Draw(t, "email"), Username: texts.Draw(t, "username"),
			Active: rapid.Bool().Draw(t, "active"), Deleted: rapid.IntRange(0, 4).Draw(t, "deleted") == 0,
			CreatedAt: times.Draw(t, "created"), LastLoginAt: times.Draw(t, "login"), LoginViaBadge: rapid.Bool().Draw(t, "badge"),
			Roles: rapid.SliceOfN(rapid.Int64Range(1, 6), 0, 3).Draw(t, "roles"),
		}
		if rapid.Bool().Draw(t, "client") {
			u.Kind, u.Merchant = shipstreamtest.ClientUser, rapid.Int64Range(0, 5).Draw(t, "merchant")
		} else {
			u.Warehouse = rapid.Int64Range(0, 5).Draw(t, "warehouse")
		}
		return u
	})
	return rapid.SliceOfNDistinct(user, 0, 60, func(u shipstreamtest.User) int64 { return u.ID }).Draw(t, "rows")
}

// ask draws a query and compares its answer and its count with the truth.
func (w *world) ask() {
	t := w.t
	filter := filterGen(3).Draw(t, "filter")
	deleted := rapid.SampledFrom([]query.Deleted{query.DeletedNone, query.DeletedNone, query.DeletedOnly, query.DeletedInclude}).Draw(t, "deleted rows")
	limit := rapid.SampledFrom([]int{0, 0, 1, 5, 20}).Draw(t, "limit")
	order := rapid.SampledFrom([]string{"", "", "id", "-id", "name", "-email,username", "created_at", "-last_login_at,name", "is_active,-name"}).Draw(t, "order")
	opts := []query.Option{
		query.WithDeleted(deleted), query.Limit(int64(limit)), query.OrderBy(order),
		query.PageSize(rapid.SampledFrom([]int{1, 3, 7, 50, 1000}).Draw(t, "page size")),
		query.Walk(rapid.SampledFrom([]plan.Strategy{plan.StrategyNone, plan.StrategySplitRanges, plan.StrategySerial}).Draw(t, "walk")),
		query.Without(rapid.SliceOfDistinct(rapid.SampledFrom(plan.Rules()), rapid.ID[string]).Draw(t, "rules off")...),
	}
	planned, err := query.Prepare(w.src, filter, opts...)
	if err == nil && rapid.Bool().Draw(t, "probe") {
		planned, err = query.PrepareCounted(t.Context(), w.src, filter, opts...)
	}
	if errors.Is(err, query.ErrUnanswerable) {
		return // which is known before any row is asked for
	}
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	want := w.answer(filter, deleted, order)
	size := len(want)
	if limit > 0 {
		size = min(size, limit)
	}
	if n, err := query.CountPlan(t.Context(), w.src, planned); err != nil || n != int64(size) {
		t.Fatalf("%s: counted %d, want %d: %v\n%v", filter, n, size, err, planned)
	}
	rows, err := query.RunPlan(t.Context(), w.src, planned)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for u, err := range rows.All() {
		if errors.Is(err, query.ErrShortPage) {
			return // rows that carry no timestamps cannot be sorted by them after all
		}
		if err != nil {
			t.Fatalf("%s: %v\n%v", filter, err, planned)
		}
		got = append(got, u.ID)
	}
	if order == "" {
		slices.Sort(got)
		for _, id := range got {
			if !slices.Contains(want, id) {
				t.Fatalf("%s: row %d is not of the answer %v\n%v", filter, id, want, planned)
			}
		}
		if got = slices.Compact(got); len(got) != size {
			t.Fatalf("%s: %d rows, want %d\n%v", filter, len(got), size, planned)
		}
		return
	}
	if !slices.Equal(got, want[:size]) {
		t.Fatalf("%s by %s: %v, want %v\n%v", filter, order, got, want[:size], planned)
	}
}

// answer returns the ids of the rows for which the filter is true, in order.
func (w *world) answer(filter string, deleted query.Deleted, order string) []int64 {
	ids := matching(w.t, w.open, filter, w.rows[deleted])
	if order == "" {
		return ids
	}
	by := map[int64]*shipstream.User{}
	for i := range w.rows[deleted] {
		by[w.rows[deleted][i].ID] = &w.rows[deleted][i]
	}
	slices.SortFunc(ids, func(a, b int64) int {
		sign := 1
		for key := range strings.SplitSeq(order, ",") {
			name, descending := strings.CutPrefix(key, "-")
			sign = 1
			if descending {
				sign = -1
			}
			f, _ := w.open.Schema().Lookup(name)
			if c := compareNullsFirst(by[a].Value(f.Index()), by[b].Value(f.Index()), f.Collation); c != 0 {
				return sign * c
			}
		}
		return sign * cmp.Compare(a, b)
	})
	return ids
}

func compareNullsFirst(a, b model.Value, collation model.Collation) int {
	rank := func(v model.Value) int {
		if v.IsNull() {
			return 0
		}
		return 1
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 || a.IsNull() {
		return c
	}
	if a.Type() == model.TypeString {
		return dsl.CompareStrings(collation, a.Str(), b.Str())
	}
	return cmp.Or(cmp.Compare(a.Int(), b.Int()), cmp.Compare(a.Nanosecond(), b.Nanosecond()))
}
