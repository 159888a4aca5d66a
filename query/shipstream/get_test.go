package shipstream_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// usersOf is all users of a server, which is closed with the test.
func usersOf(t *testing.T, server *shipstreamtest.Server) *shipstream.UserSource {
	t.Helper()
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return shipstream.Users(client, shipstream.AnyUser)
}

// TestGet: one user is one request, whatever is resolved of it afterwards.
func TestGet(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 40})
	users := usersOf(t, server)
	resolved := 0
	for _, known := range server.Users() {
		server.ResetJournal()
		user, err := users.Get(t.Context(), known.ID, "name", "roles.name", "default_warehouse.name", "merchant.name", "last_login_at")
		if known.Deleted {
			if !errors.Is(err, transport.ErrNotFound) {
				t.Errorf("user %d is deleted: %v", known.ID, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if user.ID != known.ID || user.Name.Or("") != known.Name || user.LastLoginAt.IsAbsent() {
			t.Errorf("%+v, want %+v", user, known)
		}
		for role := range shipstream.RolesOf(user) {
			if role.Name.IsSet() {
				resolved++
			}
		}
		for ref := range user.References() {
			user.Included().Lookup(ref)
		}
		if n := len(server.Requests()); n != 1 {
			t.Errorf("user %d took %d requests, want 1", known.ID, n)
		}
	}
	if resolved == 0 {
		t.Error("no role was resolved")
	}
}

// TestEveryFieldOfWhatComesAlong: each documented field of roles, warehouses and
// merchants can be asked for, of one user and of a listing.
func TestEveryFieldOfWhatComesAlong(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Rows: []shipstreamtest.User{
			{ID: 1, Name: "Ann", Active: true, Roles: []int64{3}, Warehouse: 5},
			{ID: 2, Name: "Bob", Active: true, Kind: shipstreamtest.ClientUser, Merchant: 4},
		},
		Roles:      []shipstreamtest.Role{{ID: 3, Name: "Pickers", Permissions: []string{"warehouse", "warehouse/staff"}}},
		Warehouses: []shipstreamtest.Warehouse{{ID: 5, Name: "East", Active: true}},
		Merchants: []shipstreamtest.Merchant{{
			ID: 4, Code: "acme", Name: "ACME", Active: true, SortOrder: 7, CreatedAt: time.Unix(60, 0), Brands: []int64{8, 9}, DefaultBrand: 9,
		}},
	})
	users := usersOf(t, server)
	var paths []string
	for i := range users.Schema().Len() {
		if f := users.Schema().Field(i); f.Through != "" {
			paths = append(paths, f.Name)
		}
	}
	want := []string{
		`{"type":"OrganizationUserRole","id":3,"name":"Pickers","permissions":["warehouse","warehouse/staff"]}`,
		`{"type":"Warehouse","id":5,"name":"East","is_active":true}`,
		`{"type":"Merchant","id":4,"code":"acme","name":"ACME","is_active":true,"is_deleted":false,"sort_order":7,"created_at":"1970-01-01T00:01:00Z",` +
			`"brands":[{"type":"Brand","id":8},{"type":"Brand","id":9}],"default_brand":{"type":"Brand","id":9}}`,
	}
	came := func(u *shipstream.User) (texts []string) {
		for ref := range u.References() {
			if o, ok := u.Included().Lookup(ref); ok {
				texts = append(texts, string(o.AppendJSON(nil)))
			}
		}
		return texts
	}
	var got, listed []string
	for id := range int64(2) {
		user, err := users.Get(t.Context(), id+1, paths...)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, came(user)...)
	}
	rows, err := query.Run(t.Context(), users, "", query.Select(paths...), query.OrderBy("id"))
	if err != nil {
		t.Fatal(err)
	}
	for user, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, came(&user)...)
	}
	if !slices.Equal(got, want) || !slices.Equal(listed, want) {
		t.Errorf("got %q, listed %q, want %q", got, listed, want)
	}
}

// TestPagesResolveWithoutRequests: what rows refer to came with their page.
func TestPagesResolveWithoutRequests(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 300})
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	rows, err := query.Run(t.Context(), shipstream.Users(client, shipstream.AnyUser), "", query.Select("roles.name"),
		query.Walk(plan.StrategySerial)) // no request is under way when the rows end
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
	asked, resolved := len(server.Requests()), 0
	for i := range users {
		for range shipstream.RolesOf(&users[i]) {
			resolved++
		}
	}
	if now := len(server.Requests()); now != asked || resolved == 0 {
		t.Errorf("%d roles resolved by %d requests more", resolved, now-asked)
	}
}

// TestGetFaults: nothing is asked for a field that is none, and another user's
// answer is not taken for one's own.
func TestGetFaults(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			_, _ = w.Write([]byte(`{"resource":{"type":"ClientUs`)) // cut, and asked for once more
			return
		}
		_, _ = w.Write([]byte(`{"resource":{"type":"ClientUser","id":8}}`))
	}))
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	users := shipstream.Users(client, shipstream.AnyUser)
	if _, err := users.Get(t.Context(), 7, "rolls"); !errors.As(err, new(*query.OptionError)) || requests.Load() > 0 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
	silent := users.Varied(shipstream.Capabilities{Timestamps: model.ReturnedNo})
	if _, err := silent.Get(t.Context(), 7, "created_at"); !errors.Is(err, query.ErrUnanswerable) || requests.Load() > 0 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
	if _, err := users.Get(t.Context(), 7); !errors.Is(err, query.ErrAnswer) || !strings.Contains(err.Error(), "answered with user 8") || requests.Load() != 2 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
	if _, err := shipstream.Users(nil, shipstream.AnyUser).Get(t.Context(), 7); !errors.Is(err, rest.ErrNoClient) {
		t.Errorf("no client: %v", err)
	}
}

// TestGetSmall: a role or a warehouse is one request for its id, and whatever else
// comes of it is an error.
func TestGetSmall(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Roles: []shipstreamtest.Role{
			{ID: 3, Name: "Pickers", Permissions: []string{"warehouse/staff", "a<b"}},
			{ID: 3, Name: "Buyers", Kind: shipstreamtest.ClientUser},
			{ID: 4, Name: "Owners", Kind: shipstreamtest.ClientUser},
		},
		Warehouses: []shipstreamtest.Warehouse{{ID: 5, Name: "East", Active: true}},
		Rows:       []shipstreamtest.User{{ID: 1, Name: "Ann"}},
	})
	client := usersOf(t, server).Client()
	roles := shipstream.Roles(client, shipstream.OrganizationUsers)
	role, err := roles.Get(t.Context(), 3)
	if err != nil || role.Name.Or("") != "Pickers" || !role.Permissions.IsAbsent() || role.Type != shipstream.RefOrganizationUserRole {
		t.Errorf("%+v, %v", role, err)
	}
	if role, err = roles.Get(t.Context(), 3, "name", "*"); err != nil || !slices.Equal(role.Permissions.Or(nil), []string{"warehouse/staff", "a<b"}) {
		t.Errorf("%+v, %v", role, err)
	}
	warehouse, err := shipstream.Warehouses(client).Get(t.Context(), 5)
	if err != nil || warehouse.Name.Or("") != "East" || !warehouse.IsActive.Or(false) {
		t.Errorf("%+v, %v", warehouse, err)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("3 rows took %d requests", n)
	}
	for _, test := range []struct {
		of     shipstream.UserType
		id     int64
		fields []string
		is     error
		says   string
	}{
		{shipstream.OrganizationUsers, 4, nil, transport.ErrNotFound, "role 4: /v1/system/userRoles/organization: the API has no such object"},
		{shipstream.AnyUser, 3, nil, query.ErrAnswer, "role 3: /v1/system/userRoles/any: the server's answer does not match the request: it answered with two of that id"},
		{shipstream.AnyUser, 4, []string{"is_active"}, query.ErrOption, `select "is_active": no such field; valid names are id, name, permissions`},
	} {
		server.ResetJournal()
		role, err := shipstream.Roles(client, test.of).Get(t.Context(), test.id, test.fields...)
		if role != nil || !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("role %d of %s: %+v, %v", test.id, test.of, role, err)
		}
		if asked := len(server.Requests()); (asked == 0) != errors.Is(test.is, query.ErrOption) {
			t.Errorf("role %d of %s took %d requests", test.id, test.of, asked)
		}
	}
	if _, err := shipstream.Warehouses(nil).Get(t.Context(), 5); !errors.Is(err, rest.ErrNoClient) {
		t.Errorf("no client: %v", err)
	}
}

// TestGetSmallFaults: a server that does not filter by id is not believed.
func TestGetSmallFaults(t *testing.T) {
	answers := []string{
		`{"collection":[{"id":8`, // cut, and asked for once more
		`{"collection":[{"type":"Warehouse","id":8,"name":"East"}],"has_more":true}`,
		`{"collection":[{"id":1},{"id":2},{"id":7}],"has_more":false}`,
		`{"collection":[{"id":7,"is_active":"yes"}],"has_more":false}`,
	}
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(answers[asked.Add(1)-1]))
	}))
	t.Cleanup(server.Close)
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for _, want := range []string{
		"warehouse 7: the server's answer does not match the request: it answered with warehouse 8",
		"warehouse 7: /v1/inventory/warehouses: the answer is no page of warehouses: decode /collection/2 (id 7)",
		"warehouse 7: /v1/inventory/warehouses: the answer is no page of warehouses: decode /collection/0/is_active (id 7)",
	} {
		if w, err := shipstream.Warehouses(client).Get(t.Context(), 7); w != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v, %v, want %s", w, err, want)
		}
	}
	if n := asked.Load(); n != int64(len(answers)) {
		t.Errorf("%d requests for %d answers", n, len(answers))
	}
}
