package muster_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// newest is the code that README.md shows.
func newest(ctx context.Context, since time.Time) error {
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: "https://acme.shipstream.app/api/global",
		Token:   transport.FileToken("token.jwt"),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	users := shipstream.Users(client, shipstream.AnyUser)
	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`,
		query.Args(since), query.OrderBy("-id"), query.Limit(500))
	if err != nil {
		return err // a mistake in the filter, with its position: no request was sent
	}
	for user, err := range rows.All() { // or rows.Batches(), a channel
		if err != nil {
			return err
		}
		fmt.Println(user.ID, user.Name)
	}
	return nil
}

// Ticket and mine are the program of README.md over one's own structs.
type Ticket struct {
	Title  string     `filter:"title,collation=ci"`
	Owner  string     `filter:"owner"`
	Closed *time.Time `filter:"closed"`
}

func mine(tickets []*Ticket, filter string) ([]*Ticket, error) {
	schema, err := dsl.For[Ticket]()
	if err != nil {
		return nil, err // a mistake in the tags
	}
	m, err := schema.Compile(filter)
	if err != nil {
		return nil, err // a mistake in the filter, with its position
	}
	return slices.DeleteFunc(tickets, func(t *Ticket) bool { return !m.Match(t) }), nil
}

// TestReadmeStructs runs it.
func TestReadmeStructs(t *testing.T) {
	now := time.Now()
	got, err := mine([]*Ticket{{Title: "Box", Owner: "ana"}, {Title: "box", Owner: "ana", Closed: &now}}, "title = 'BOX' and owner = 'ana' and closed is null")
	if err != nil || len(got) != 1 || got[0].Title != "Box" {
		t.Error(got, err)
	}
}

// TestReadmeCode holds the README to the functions above, which the compiler has checked.
func TestReadmeCode(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{"newest"}, {"Ticket", "mine"}} {
		code, err := declarations("readme_test.go", names)
		if err != nil {
			t.Fatal(err)
		}
		_, code, _ = strings.Cut(code, "\n") // the comment
		if !strings.Contains(string(readme), "```go\n"+code+"```") {
			t.Errorf("README.md shows other code than readme_test.go has of %v", names)
		}
	}
}

var _ = newest
