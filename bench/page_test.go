package bench

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// usersOfPage is how many users BenchmarkPage evaluates a filter for.
const usersOfPage = 1000

// pageFilters are filters of one condition, and what somebody writes in a loop instead.
var pageFilters = map[string]struct {
	filter string
	byHand func(u *shipstream.User) bool
}{
	"like": {"name like '%a%'", func(u *shipstream.User) bool {
		return strings.Contains(strings.ToLower(u.Name.Or("")), "a")
	}},
	"bool": {"is_active = true", func(u *shipstream.User) bool { return u.IsActive.Or(false) }},
}

// BenchmarkPage evaluates a filter of one condition for each user of a page.
func BenchmarkPage(b *testing.B) {
	users := aPage(b)
	for name, test := range pageFilters {
		p, err := compile(test.filter, shipstream.UserSchema())
		if err != nil {
			b.Fatal(err)
		}
		for way, match := range map[string]func(u *shipstream.User) bool{"muster": func(u *shipstream.User) bool { return p.Match(u) }, "by-hand": test.byHand} {
			b.Run(name+"/"+way, func(b *testing.B) {
				n := 0
				for b.Loop() {
					for i := range users {
						if match(&users[i]) {
							n++
						}
					}
				}
			})
		}
	}
}

// aPage fetches a page of users.
func aPage(tb testing.TB) []shipstream.User {
	tb.Helper()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: usersOfPage, Rate: -1})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		tb.Fatal(err)
	}
	users, err := query.Collect(tb.Context(), shipstream.Users(client, shipstream.AnyUser), "", query.MaxFetched(usersOfPage))
	if err != nil {
		tb.Fatal(err)
	}
	return users
}
