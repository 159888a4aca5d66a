package fuzz

import (
	"slices"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// FuzzPlan plans any filter that checks, for any profile: what the scans push,
// as the emulator reads it, holds every row of the answer; with the residuals it
// is the answer; and no row is in two scans.
func FuzzPlan(f *testing.F) {
	world := newPlanWorld(f)
	for i, text := range slices.Collect(dsltest.Seeds()) {
		if i%8 == 0 { // under -fuzz every seed is run again first
			f.Add(text, uint16(i))
		}
	}
	f.Add("is_active = true or created_at > 2024-01-01", uint16(0))
	f.Add("(name = 'a' or email = 'b') and (id < 50 or username in ('x', 'y'))", uint16(0xffff))
	f.Fuzz(world.check)
}

// planWorld is an emulator and its users as the client has them.
type planWorld struct {
	emulator *shipstreamtest.Transport
	client   *transport.Client
	users    []shipstream.User
}

func newPlanWorld(tb testing.TB) *planWorld {
	tb.Helper()
	w := &planWorld{emulator: shipstreamtest.NewTransport(shipstreamtest.Options{
		Users: 150, IDs: shipstreamtest.Sparse, Operators: shipstreamtest.AllOperators, EscapePatterns: true, Rate: -1, Concurrency: -1,
	})}
	client, err := transport.New(transport.Options{
		BaseURL: "http://localhost/api/global", Token: transport.StaticToken(w.emulator.Token()), Transport: w.emulator, Rate: -1,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = client.Close()
		w.emulator.Close()
	})
	w.client = client
	rows, err := query.Run(tb.Context(), w.source(0), "", query.Select(
		"created_at", "last_login_at", "login_via_badge", "roles.name", "default_warehouse.name", "default_warehouse.is_active",
		"merchant.name", "merchant.code", "merchant.is_active"))
	if err != nil {
		tb.Fatal(err)
	}
	for u, err := range rows.All() {
		if err != nil {
			tb.Fatal(err)
		}
		w.users = append(w.users, u)
	}
	return w
}

// source assumes the switches whose bits are set; regex apart, for the server's
// dialect is not the language's.
func (w *planWorld) source(bits uint16) *shipstream.UserSource {
	var names []string
	for i, s := range (wire.Profile{}).Switches() {
		if bits&(1<<i) != 0 && s.Name != "regex" {
			names = append(names, s.Name)
		}
	}
	profile, err := wire.Profile{}.With(names...)
	if err != nil {
		panic(err) // the names are the profile's own
	}
	return shipstream.Users(w.client, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Profile: profile, Timestamps: model.ReturnedOnRequest}))
}

func (w *planWorld) check(t *testing.T, text string, bits uint16) {
	src := w.source(bits)
	now := query.Now(time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC))
	checked, err := query.Check(src, text, now)
	if err != nil {
		return
	}
	plan, err := query.Prepare(src, text, now)
	if err != nil {
		t.Fatalf("%s checks and cannot be planned: %v", text, err)
	}
	want := w.satisfying(t, checked.Root, src.Schema(), nil)
	var got []int64
	for _, scan := range plan.Scans {
		pushed, err := w.emulator.Match("any", scan.Query)
		if err != nil {
			t.Fatalf("%s: the emulator refuses %v: %v", text, scan.Query, err)
		}
		pushed = slices.DeleteFunc(pushed, func(id int64) bool { return !scan.IDs.Contains(id) })
		if scan.Residual != nil {
			pushed = w.satisfying(t, scan.Residual, src.Schema(), pushed)
		}
		got = append(got, pushed...)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("%s\nthe plan answers %v\nthe filter         %v\n%v", text, got, want, plan)
	}
}

// satisfying is the ids, among those given or all, of the users for which the
// condition is true.
func (w *planWorld) satisfying(t *testing.T, n dsl.Node, schema *model.Schema, among []int64) []int64 {
	t.Helper()
	predicate, err := dsl.Compile(n, schema)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for i := range w.users {
		u := &w.users[i]
		if among != nil && !slices.Contains(among, u.ID) {
			continue
		}
		if predicate.Match(u) {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	return ids
}
