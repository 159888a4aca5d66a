package shipstream_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/transporttest"
)

// TestGet: one user is one request, whatever is resolved of it afterwards.
func TestGet(t *testing.T) {
	server := transporttest.NewServer(transporttest.Options{Users: 40})
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	users := shipstream.Users(client, model.AnyUser)
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
		for role := range user.Included().Roles(user) {
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

// TestPagesResolveWithoutRequests: what rows refer to came with their page.
func TestPagesResolveWithoutRequests(t *testing.T) {
	server := transporttest.NewServer(transporttest.Options{Users: 300})
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	rows, err := query.Run(t.Context(), shipstream.Users(client, model.AnyUser), "", query.Select("roles.name"),
		query.Walk(query.StrategySerial)) // no request is under way when the rows end
	if err != nil {
		t.Fatal(err)
	}
	var users []model.User
	for user, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, user)
	}
	asked, resolved := len(server.Requests()), 0
	for i := range users {
		for range users[i].Included().Roles(&users[i]) {
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
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		if requests == 1 {
			_, _ = w.Write([]byte(`{"resource":{"type":"ClientUs`)) // cut, and asked for once more
			return
		}
		_, _ = w.Write([]byte(`{"resource":{"type":"ClientUser","id":8}}`))
	}))
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	users := shipstream.Users(client, model.AnyUser)
	if _, err := users.Get(t.Context(), 7, "rolls"); !errors.As(err, new(*query.OptionError)) || requests > 0 {
		t.Errorf("%v after %d requests", err, requests)
	}
	if _, err := users.Get(t.Context(), 7); !errors.Is(err, query.ErrAnswer) || !strings.Contains(err.Error(), "answered with user 8") || requests != 2 {
		t.Errorf("%v after %d requests", err, requests)
	}
	if _, err := shipstream.Users(nil, model.AnyUser).Get(t.Context(), 7); !errors.Is(err, shipstream.ErrNoClient) {
		t.Errorf("no client: %v", err)
	}
}
