package shipstreamtest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

func TestLayouts(t *testing.T) {
	const n = 10_000
	span := map[shipstreamtest.Layout][2]int64{ // bounds of the largest id
		shipstreamtest.Dense:   {n, n},
		shipstreamtest.Sparse:  {45 * n, 55 * n},
		shipstreamtest.Islands: {80 * n, 82 * n},
		shipstreamtest.PowTop:  {7 * n, 8 * n},
		shipstreamtest.PowLow:  {7 * n, 8 * n},
	}
	for layout, bounds := range span {
		tr := start(t, shipstreamtest.Options{Users: n, Deleted: -1, IDs: layout, Seed: 3})
		users := tr.Users()
		for i := 1; i < len(users); i++ {
			if users[i].ID <= users[i-1].ID {
				t.Fatalf("%s: id %d follows %d", layout, users[i].ID, users[i-1].ID)
			}
		}
		top := users[n-1].ID
		if len(users) != n || users[0].ID < 1 || top < bounds[0] || top > bounds[1] {
			t.Errorf("%s: %d users, ids %d to %d", layout, len(users), users[0].ID, top)
		}
		low := 0
		for _, u := range users {
			if u.ID <= top/2 {
				low++
			}
		}
		if layout == shipstreamtest.PowTop && low > n/7 || layout == shipstreamtest.PowLow && low < n-n/7 {
			t.Errorf("%s: %d of %d ids in the lower half", layout, low, n)
		}
	}
}

func TestIslandsAreDenseAndFarApart(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 1000, Deleted: -1, IDs: shipstreamtest.Islands, Islands: 2})
	jumps := 0
	users := tr.Users()
	for i := 1; i < len(users); i++ {
		switch d := users[i].ID - users[i-1].ID; {
		case d > 10_000:
			jumps++
		case d != 1:
			t.Fatalf("a gap of %d inside an island", d)
		}
	}
	if jumps != 1 {
		t.Errorf("%d jumps, want 1 between two islands", jumps)
	}
}

func TestDataIsDeterministic(t *testing.T) {
	o := shipstreamtest.Options{Users: 3000, Seed: 11, IDs: shipstreamtest.Sparse}
	a, b := start(t, o), start(t, o)
	if !reflect.DeepEqual(a.Users(), b.Users()) {
		t.Error("equal options make different users")
	}
	o.Seed++
	if reflect.DeepEqual(a.Users(), start(t, o).Users()) {
		t.Error("the seed changes nothing")
	}
}

func TestDataIsVaried(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 20_000, Seed: 1})
	has := map[string]int{}
	live := 0
	for _, u := range tr.Users() {
		note := func(what string, is bool) {
			if is {
				has[what]++
			}
		}
		if !u.Deleted {
			live++
		}
		org := u.Kind == shipstreamtest.OrganizationUser
		note("deleted", u.Deleted)
		note("organization", org)
		note("client", !org)
		note("never logged in", u.LastLoginAt.IsZero())
		note("inactive", !u.Active)
		note("no roles", len(u.Roles) == 0)
		note("several roles", len(u.Roles) > 1)
		note("no warehouse", org && u.Warehouse == 0)
		note("dangling warehouse", u.Warehouse > 1000)
		note("dangling merchant", u.Merchant > 1000)
		note("dangling role", slices.ContainsFunc(u.Roles, func(id int64) bool { return id > 1000 }))
		note("quote", strings.Contains(u.Name, `"`))
		note("percent", strings.Contains(u.Name, "%"))
		note("underscore", strings.Contains(u.Name, "_"))
		note("backslash", strings.Contains(u.Name, `\`))
		note("tab", strings.Contains(u.Name, "\t"))
		note("trailing space", strings.HasSuffix(u.Name, " "))
		note("emoji", strings.Contains(u.Name, "🙂"))
		note("empty name", u.Name == "")
		note("new year", u.CreatedAt.Equal(at("2024-01-01T00:00:00Z")))
		if utf8.RuneCountInString(u.Name) > 65 || utf8.RuneCountInString(u.Email) > 128 || utf8.RuneCountInString(u.Username) > 40 {
			t.Errorf("user %d is longer than the API allows: %+v", u.ID, u)
		}
	}
	if live != 20_000 || has["deleted"] != 1000 {
		t.Errorf("%d live and %d deleted users", live, has["deleted"])
	}
	if len(has) != 20 {
		t.Errorf("the data lacks variety: %v", has)
	}
}

func TestEncodingTellsTheTruth(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		tr := start(t, shipstreamtest.Options{Users: 3000, Deleted: -1, Seed: 2, ASCII: ascii})
		path := list("any", "sort", "id", "limit", "1000", "fields", "all")
		truth := tr.Users()
		for path != "" {
			if _, _, body := fetch(t, tr, path); ascii && !isASCII(body) {
				t.Fatal("a byte beyond ASCII")
			}
			p := get(t, tr, path)
			for i, got := range p.Collection {
				compare(t, got, truth[i])
			}
			truth = truth[len(p.Collection):]
			path = p.Next
		}
	}
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
}

func compare(t *testing.T, got user, want shipstreamtest.User) {
	t.Helper()
	refs := func(typ string, id int64) string {
		if id == 0 {
			return "null"
		}
		return fmt.Sprintf(`{"type":%q,"id":%d}`, typ, id)
	}
	lastLogin := "null"
	if !want.LastLoginAt.IsZero() {
		lastLogin = want.LastLoginAt.Format(`"` + time.RFC3339 + `"`)
	}
	same := got.ID == want.ID && got.Type == string(want.Kind) && got.Name == want.Name && got.Email == want.Email && got.Username == want.Username &&
		got.IsActive == want.Active && got.CreatedAt.Equal(want.CreatedAt) && string(got.LastLoginAt) == lastLogin && len(got.Roles) == len(want.Roles)
	if want.Kind == shipstreamtest.OrganizationUser {
		same = same && *got.LoginViaBadge == want.LoginViaBadge && string(got.DefaultWarehouse) == refs("Warehouse", want.Warehouse)
	} else {
		same = same && got.Merchant.ID == want.Merchant
	}
	for i, r := range got.Roles {
		same = same && r == ref{string(want.Kind) + "Role", want.Roles[i]}
	}
	if !same {
		t.Errorf("user %d is sent as %+v, want %+v", want.ID, got, want)
	}
}

func TestOptionsInvalid(t *testing.T) {
	for want, o := range map[string]shipstreamtest.Options{
		"IDs":        {IDs: "scattered"},
		"Users":      {Users: -1},
		"Islands":    {Islands: -1},
		"Faults":     {Faults: 1.5},
		"FaultKinds": {Faults: 0.5, FaultKinds: []shipstreamtest.FaultKind{}},
		"APIVersion": {APIVersion: "now"},
		"Rows":       {Rows: []shipstreamtest.User{{ID: 0}}},
	} {
		if _, err := shipstreamtest.New(o); err == nil || !strings.Contains(err.Error(), want+":") {
			t.Errorf("%s: error %v", want, err)
		}
	}
	for _, u := range []shipstreamtest.User{{ID: -1}, {ID: 1, Kind: "Robot"}, {ID: 1, Name: "\xff"}, {ID: 1, Extra: `"a":`}} {
		tr := start(t, shipstreamtest.Options{})
		if err := tr.AddUsers(u); err == nil || len(tr.Users()) != 0 {
			t.Errorf("%+v is accepted", u)
		}
	}
	if _, err := shipstreamtest.Start(shipstreamtest.Options{Addr: "256.0.0.1:x"}); err == nil {
		t.Error("an impossible address is listened on")
	}
}

func TestMutation(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Rows: people()})
	active := list("any", "sort", "id", "filter", "is_active:true", "count", "1")
	check := func(step string, want ...int64) {
		t.Helper()
		if p := get(t, tr, active); !slices.Equal(p.ids(), want) || *p.Meta.Count != int64(len(want)) {
			t.Errorf("%s: %v (count %d), want %v", step, p.ids(), *p.Meta.Count, want)
		}
	}
	check("at first", 1, 3, 4, 6, 8)
	if err := tr.AddUsers(shipstreamtest.User{ID: 5, Active: true}, shipstreamtest.User{ID: 77, Active: true}, shipstreamtest.User{ID: 78}); err != nil {
		t.Fatal(err)
	}
	check("added", 1, 3, 4, 5, 6, 8, 77)
	tr.DeleteUsers(4, 1234)
	check("deleted", 1, 3, 5, 6, 8, 77)
	if got := get(t, tr, list("any", "deleted", "true")).ids(); !slices.Equal(got, []int64{4}) {
		t.Errorf("the deleted are %v", got)
	}
	tr.RemoveUsers(5, 1234)
	check("removed", 1, 3, 6, 8, 77)
	if _, ok := tr.User(5); ok {
		t.Error("user 5 is still there")
	}
	if err := tr.UpdateUser(3, func(u *shipstreamtest.User) { u.Active = false }); err != nil {
		t.Error(err)
	}
	check("updated", 1, 6, 8, 77)
	if tr.UpdateUser(1234, func(*shipstreamtest.User) {}) == nil || tr.UpdateUser(1, func(u *shipstreamtest.User) { u.Name = "\xff" }) == nil {
		t.Error("an impossible update is accepted")
	}
}

// What is remembered between requests never differs from what is true.
func TestMutationKeepsListsTrue(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 300, Seed: 4})
	rng := rand.New(rand.NewPCG(1, 2))
	filters := []string{"is_active:true", "is_active:false", `name{start:"a"}`, "id{gt:100}", "id[{eq:5},{eq:301}]", `last_login_at{null:true}`}
	for range 400 {
		id := 1 + rng.Int64N(400)
		switch rng.IntN(4) {
		case 0:
			tr.RemoveUsers(id)
		case 1:
			tr.DeleteUsers(id)
		case 2:
			if err := tr.AddUsers(shipstreamtest.User{ID: id, Active: rng.IntN(2) == 0, Name: "Added"}); err != nil {
				t.Fatal(err)
			}
		case 3:
			many := make([]shipstreamtest.User, 40)
			for i := range many {
				many[i] = shipstreamtest.User{ID: 1 + rng.Int64N(400), Name: "Many"}
			}
			if err := tr.AddUsers(many...); err != nil {
				t.Fatal(err)
			}
		}
		params := url.Values{"filter": {filters[rng.IntN(len(filters))]}}
		got, err := tr.Match("any", params)
		if err != nil {
			t.Fatal(err)
		}
		fresh := start(t, shipstreamtest.Options{Rows: tr.Users()})
		if want, _ := fresh.Match("any", params); !slices.Equal(got, want) {
			t.Fatalf("%v: remembered %v, fresh %v", params, got, want)
		}
	}
}

// Users come and go while requests are answered; those that stay are all seen.
func TestMutationDuringAWalk(t *testing.T) {
	o := unlimited(shipstreamtest.Options{Users: 3000, Deleted: -1, IDs: shipstreamtest.Sparse})
	tr := shipstreamtest.NewTransport(o)
	defer tr.Close()
	stay := tr.Users()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for i := int64(0); ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			id := 1 + i*37%150_000
			if _, there := tr.User(id); !there {
				_ = tr.AddUsers(shipstreamtest.User{ID: id})
				tr.RemoveUsers(id)
			}
		}
	})
	for _, sort := range []string{"id", "-id"} {
		ids := walk(t, tr, list("any", "sort", sort, "limit", "50"), func(p *page) string { return p.Next })
		seen := map[int64]int{}
		for _, id := range ids {
			seen[id]++
		}
		for _, u := range stay {
			if seen[u.ID] != 1 {
				t.Errorf("sort=%s: user %d was seen %d times", sort, u.ID, seen[u.ID])
			}
		}
	}
	close(stop)
	wg.Wait()
}

// Many ranges of one scan are answered from one remembered list.
func TestRangesOfOneScan(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 5000, IDs: shipstreamtest.PowTop})
	want, err := tr.Match("any", url.Values{"filter": {"is_active:true"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for lo := int64(0); lo < 45_000; lo += 500 {
		p := get(t, tr, list("any", "sort", "id", "limit", "1000", "cursor_start", strconv.FormatInt(lo, 10), "filter", fmt.Sprintf("id{lt:%d}", lo+500), "filter", "is_active:true"))
		got = append(got, p.ids()...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("ranges give %d rows, want %d", len(got), len(want))
	}
}

func TestStatusCodesHaveBodies(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	_, _, body := fetch(t, tr, list("any", "limit", "5000"))
	want := `{"errors":[{"type":"openapi","message":"The request is not valid.","details":[{"key":"query.limit","message":"5000 is not in 1..1000."}]}]}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	_, _, body = fetch(t, tr, "/v1/nowhere")
	if want := `{"errors":[{"type":"application","message":"The resource does not exist."}]}`; string(body) != want || !json.Valid(body) {
		t.Errorf("got %s, want %s (%d)", body, want, http.StatusNotFound)
	}
}
