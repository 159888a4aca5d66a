package muster_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

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

// TestReadmeCode holds the README to the function above, which the compiler has checked.
func TestReadmeCode(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := declarations("readme_test.go", []string{"newest"})
	if err != nil {
		t.Fatal(err)
	}
	if _, code, _ = strings.Cut(code, "func newest"); !strings.Contains(string(readme), "```go\nfunc newest"+strings.TrimRight(code, "\n")+"\n```") {
		t.Error("README.md shows another function than readme_test.go has")
	}
}

var _ = newest
