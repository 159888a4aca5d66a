package shipstream_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// The tests in this file hold the client to the API's parameter table, one test
// a row: what is sent, read from the emulator's journal, and what comes back.

// serve starts an emulator without limits and a client for it.
func serve(t *testing.T, o shipstreamtest.Options) (*shipstreamtest.Server, *transport.Client) {
	t.Helper()
	o.Rate, o.Concurrency = -1, -1
	server := shipstreamtest.NewServer(o)
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1, Concurrency: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, client
}

// collect runs a query to its end.
func collect(t *testing.T, src *shipstream.UserSource, filter string, opts ...query.Option) []shipstream.User {
	t.Helper()
	rows, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	var users []shipstream.User
	for user, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, user)
	}
	return users
}

// sent returns the queries of all requests so far.
func sent(t *testing.T, server *shipstreamtest.Server) []url.Values {
	t.Helper()
	var out []url.Values
	for _, r := range server.Requests() {
		q, err := url.ParseQuery(r.Query)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
	return out
}

func ids(users []shipstream.User) []int64 {
	out := make([]int64, len(users))
	for i, u := range users {
		out[i] = u.ID
	}
	return out
}

// TestParameterType: the path names the kind of user, and "any" is both.
func TestParameterType(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 50})
	counts := map[shipstream.UserType]int{}
	for _, kind := range []shipstream.UserType{shipstream.AnyUser, shipstream.OrganizationUsers, shipstream.ClientUsers} {
		counts[kind] = len(collect(t, shipstream.Users(client, kind), ""))
		want := "/api/global/v1/system/users/" + string(kind)
		if !slices.ContainsFunc(server.Requests(), func(r shipstreamtest.RequestLog) bool { return r.Path == want }) {
			t.Errorf("never asked %s", want)
		}
	}
	if counts[shipstream.AnyUser] != 50 || counts[shipstream.OrganizationUsers] == 0 || counts[shipstream.ClientUsers] == 0 ||
		counts[shipstream.OrganizationUsers]+counts[shipstream.ClientUsers] != 50 {
		t.Errorf("rows by kind: %v", counts)
	}
}

// TestParameterFields: optional fields are asked for when selected, and only
// then.
func TestParameterFields(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 20})
	src := shipstream.Users(client, shipstream.AnyUser)
	for _, u := range collect(t, src, "", query.Limit(20)) {
		if !u.Roles.IsAbsent() || !u.LoginViaBadge.IsAbsent() {
			t.Fatalf("user %d has optional fields that nobody asked for", u.ID)
		}
	}
	for _, u := range collect(t, src, "", query.Select("roles", "created_at"), query.Limit(20)) {
		if u.Roles.IsAbsent() || u.CreatedAt.IsAbsent() {
			t.Fatalf("user %d lacks what was asked for", u.ID)
		}
	}
	q := sent(t, server)
	if q[0].Has("fields") || q[1].Get("fields") != "roles,created_at" {
		t.Errorf("sent %v", q)
	}
}

// TestParameterFieldsRoles: `fields:roles` brings the roles' fields, and a
// predicate through the reference reads them without another request.
func TestParameterFieldsRoles(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 200})
	users := collect(t, shipstream.Users(client, shipstream.AnyUser), "roles.name like '%'")
	q := sent(t, server)
	if q[0].Get("fields") != "roles" || q[0].Get("fields:roles") != "name" {
		t.Errorf("sent %v", q)
	}
	if len(users) == 0 || len(users) == 200 {
		t.Errorf("%d of 200 users have a role with a name: the emulator has users without roles", len(users))
	}
	for _, u := range users {
		if !u.Roles.IsAbsent() {
			t.Fatalf("user %d shows roles, which only the residual needed", u.ID)
		}
	}
}

// TestParameterFieldsDefaultWarehouse: likewise for warehouses, where the
// reference may be null.
func TestParameterFieldsDefaultWarehouse(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 200})
	src := shipstream.Users(client, shipstream.OrganizationUsers)
	with := collect(t, src, "default_warehouse.name like '%'", query.Select("default_warehouse.name"))
	without := collect(t, src, "default_warehouse is null")
	q := sent(t, server)
	if q[0].Get("fields") != "default_warehouse" || q[0].Get("fields:default_warehouse") != "name" {
		t.Errorf("sent %v", q)
	}
	if len(with) == 0 || len(without) == 0 {
		t.Errorf("%d with a named warehouse, %d with none", len(with), len(without))
	}
	ref, _ := with[0].DefaultWarehouse.Get()
	if w, ok := model.LookupAs[*shipstream.Warehouse](with[0].Included(), ref); !ok || !w.Name.IsSet() {
		t.Errorf("warehouse %v of user %d does not resolve", ref, with[0].ID)
	}
}

// TestParameterFieldsMerchant: likewise for the merchants of client users.
func TestParameterFieldsMerchant(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 100})
	users := collect(t, shipstream.Users(client, shipstream.ClientUsers), "merchant is not null", query.Select("merchant.code", "merchant.is_active"))
	q := sent(t, server)
	if q[0].Get("fields") != "merchant" || q[0].Get("fields:merchant") != "code,is_active" {
		t.Errorf("sent %v", q)
	}
	resolved := 0
	for _, u := range users {
		ref, _ := u.Merchant.Get()
		if m, ok := model.LookupAs[*shipstream.Merchant](u.Included(), ref); ok && m.Code.IsSet() {
			resolved++
		}
	}
	if resolved == 0 {
		t.Errorf("no merchant of %d users resolves", len(users))
	}
}

// TestParameterDeleted: deleted rows are asked for by `deleted=true` and by
// nothing else; include is two scans.
func TestParameterDeleted(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 40, Deleted: 10})
	src := shipstream.Users(client, shipstream.AnyUser)
	live := collect(t, src, "")
	gone := collect(t, src, "", query.WithDeleted(query.DeletedOnly))
	both := collect(t, src, "", query.WithDeleted(query.DeletedInclude), query.OrderBy("id"))
	if len(live) != 40 || len(gone) != 10 || len(both) != 50 || !slices.IsSorted(ids(both)) {
		t.Errorf("%d live, %d deleted, %d in all, in order: %v", len(live), len(gone), len(both), slices.IsSorted(ids(both)))
	}
	values := map[string]bool{}
	for _, q := range sent(t, server) {
		values[strings.Join(q["deleted"], "|")] = true
	}
	if len(values) != 2 || !values["true"] || !values[""] {
		t.Errorf("values of deleted that were sent: %v", values)
	}
}

// TestParameterFilter: exact conjuncts go as parameters of their own, which the
// server ANDs, and nothing is evaluated locally.
func TestParameterFilter(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 500})
	users := collect(t, shipstream.Users(client, shipstream.AnyUser), "is_active = true and name starts with 'a' and email is not null")
	q := sent(t, server)
	want := []string{"is_active:true", `name{start:"a"}`, `email[{gteq:"m"},{lt:"m"}]`}
	if !slices.Equal(q[0]["filter"], want) {
		t.Errorf("sent %q, want %q", q[0]["filter"], want)
	}
	local := 0
	for _, u := range server.Users() {
		if u.Active && !u.Deleted && u.Email != "" && strings.HasPrefix(strings.ToLower(u.Name), "a") {
			local++
		}
	}
	if len(users) < local || local == 0 {
		t.Errorf("%d rows, want %d or more (the collation knows more of A than ASCII does)", len(users), local)
	}
}

// TestParameterSort: pages are walked by id either way; another sort goes to the
// server when one page holds the answer, and never with a cursor.
func TestParameterSort(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 300})
	src := shipstream.Users(client, shipstream.AnyUser)
	up := ids(collect(t, src, "", query.OrderBy("id"), query.PageSize(100)))
	down := ids(collect(t, src, "", query.OrderBy("-id"), query.PageSize(100)))
	slices.Reverse(down)
	if len(up) != 300 || !slices.IsSorted(up) || !slices.Equal(up, down) {
		t.Errorf("%d up, %d down", len(up), len(down))
	}
	before := len(server.Requests())
	newest := collect(t, src, "", query.OrderBy("-created_at"), query.Limit(7))
	q := sent(t, server)[before:]
	if len(q) != 1 || q[0].Get("sort") != "-created_at,-id" || q[0].Has("cursor_start") || len(newest) != 7 {
		t.Errorf("sent %v for %d rows", q, len(newest))
	}
	local := collect(t, src, "name like '%'", query.OrderBy("-created_at"), query.Limit(7), query.Select("created_at"))
	if !slices.Equal(ids(local), ids(newest)) {
		t.Errorf("sorted locally %v, by the server %v", ids(local), ids(newest))
	}
}

// TestParameterCount: one request with count=1 counts, bounds of the id and all.
func TestParameterCount(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 2500})
	src := shipstream.Users(client, shipstream.AnyUser)
	planned, err := query.Prepare(src, "is_active = true and id > 100")
	if err != nil {
		t.Fatal(err)
	}
	n, err := query.CountPlan(t.Context(), src, planned)
	if err != nil {
		t.Fatal(err)
	}
	q := sent(t, server)
	if len(q) != 1 || q[0].Get("count") != "1" || q[0].Get("limit") != "1" {
		t.Errorf("sent %v", q)
	}
	if rows := collect(t, src, "is_active = true and id > 100"); int64(len(rows)) != n {
		t.Errorf("counted %d, got %d rows", n, len(rows))
	}
}

// TestParameterCursorStart: pages follow one another by cursor_start, inclusive.
func TestParameterCursorStart(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 250, IDs: shipstreamtest.Sparse})
	users := collect(t, shipstream.Users(client, shipstream.AnyUser), "", query.OrderBy("id"), query.PageSize(100), query.Walk(plan.StrategySerial))
	q := sent(t, server)
	if len(users) != 250 || len(q) != 3 || q[0].Has("cursor_start") || !q[1].Has("cursor_start") || !q[2].Has("cursor_start") {
		t.Errorf("%d rows by %v", len(users), q)
	}
}

// TestParameterCursorEnd: cursor_end means the page before; a range's far end is
// a filter, and cursor_end is never sent.
func TestParameterCursorEnd(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 5000})
	if n := len(collect(t, shipstream.Users(client, shipstream.AnyUser), "id > 50", query.PageSize(100))); n == 0 {
		t.Error("no rows")
	}
	far := false
	for _, q := range sent(t, server) {
		if q.Has("cursor_end") {
			t.Errorf("sent cursor_end: %v", q)
		}
		for _, f := range q["filter"] {
			far = far || strings.HasPrefix(f, "id{")
		}
	}
	if !far {
		t.Error("no request bounded its far end by a filter")
	}
}

// TestParameterLimit: a page asks for at most 1000 rows, and for no more than
// the query's limit.
func TestParameterLimit(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 3000})
	src := shipstream.Users(client, shipstream.AnyUser)
	if n := len(collect(t, src, "is_active = true", query.Limit(1500), query.OrderBy("-id"))); n != 1500 {
		t.Errorf("%d rows, want 1500", n)
	}
	q := sent(t, server)
	if len(q) != 2 || q[0].Get("limit") != "1000" || q[1].Get("limit") != "500" {
		t.Errorf("sent %v", q)
	}
}
