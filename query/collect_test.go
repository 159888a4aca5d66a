package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

func ExampleCollect() {
	users, end := crew()
	defer end()
	active, err := query.Collect(context.Background(), users, "is_active", query.OrderBy("id"))
	for _, user := range active {
		fmt.Println(user.ID, user.Name)
	}
	fmt.Println(err)
	// Output:
	// 1 Ada
	// 2 Bob
	// 4 Dee
	// <nil>
}

func ExampleFirst() {
	users, end := crew()
	defer end()
	newest, err := query.First(context.Background(), users, "is_active", query.OrderBy("-created_at"))
	fmt.Println(newest.Name, err)
	_, err = query.First(context.Background(), users, "name = 'Zoe'")
	fmt.Println(errors.Is(err, query.ErrNoRow), err)
	// Output:
	// Dee <nil>
	// true no row of users satisfies name = 'Zoe': want one
}

func ExampleOne() {
	users, end := crew()
	defer end()
	ada, err := query.One(context.Background(), users, "email = $1", query.Args("ada@example.com"))
	fmt.Println(ada.Name, err)
	_, err = query.One(context.Background(), users, "is_active")
	fmt.Println(errors.Is(err, query.ErrSeveralRows), err)
	// Output:
	// Ada <nil>
	// true more than one row of users satisfies is_active: want one
}

// TestFirstAndOne: by a filter that the server answers and by one that it does not.
func TestFirstAndOne(t *testing.T) {
	t.Parallel()
	users, end := crew()
	defer end()
	for _, c := range []struct {
		filter string
		rows   int
	}{
		{"id = 3", 1},
		{"id = 99", 0},
		{"id < 0", 0}, // no request
		{"name like 'C_d'", 1},
		{"name like 'Z_d'", 0},
		{"name like '___'", 4},
		{"", 4},
	} {
		first, err := query.First(t.Context(), users, c.filter, query.Limit(3))
		if none := c.rows == 0; errors.Is(err, query.ErrNoRow) != none || (err == nil) == none || (first.ID == 0) != none {
			t.Errorf("First %q: user %d, %v", c.filter, first.ID, err)
		}
		one, err := query.One(t.Context(), users, c.filter, query.Limit(1))
		var count *query.RowCountError
		switch {
		case c.rows == 1 && (err != nil || one.ID != 3):
			t.Errorf("One %q: user %d, %v", c.filter, one.ID, err)
		case c.rows != 1 && (!errors.As(err, &count) || count.Filter != c.filter || count.Resource != "users" || one.ID != 0):
			t.Errorf("One %q: user %d, %v", c.filter, one.ID, err)
		case errors.Is(err, query.ErrNoRow) != (c.rows == 0), errors.Is(err, query.ErrSeveralRows) != (c.rows > 1):
			t.Errorf("One %q: %v", c.filter, err)
		}
	}
	if _, err := query.One(t.Context(), users, "id = "); !errors.Is(err, dsl.ErrSyntax) {
		t.Errorf("a filter that does not parse: %v", err)
	}
	long := "name in ('" + strings.Repeat("\x1b[31m", 1000) + "')"
	if _, err := query.First(t.Context(), users, long); len(err.Error()) > 400 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("the error of a long filter: %q", err)
	}
}

// TestFirstEndsTheFetch: a first row costs one page, however many follow.
func TestFirstEndsTheFetch(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 5000})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	users := shipstream.Users(client, shipstream.AnyUser)
	for _, filter := range []string{"", "name like '%a%'"} {
		before := client.Stats().Requests
		if _, err := query.First(t.Context(), users, filter, query.OrderBy("id"), query.PageSize(100)); err != nil {
			t.Error(err)
		}
		if sent := client.Stats().Requests - before; sent > 4 {
			t.Errorf("%q: %d requests for the first of 50 pages", filter, sent)
		}
	}
	if all, err := query.Collect(t.Context(), users, ""); len(all) != 5000 || err != nil {
		t.Errorf("%d rows, %v", len(all), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if all, err := query.Collect(ended, users, ""); all != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %d rows, %v", len(all), err)
	}
}
