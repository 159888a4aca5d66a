package query_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// activeUsers counts the active users of each tenant, all at once. Each tenant has a client
// and a token of its own; together they have at most so many requests in flight.
func activeUsers(ctx context.Context, servers map[string]*shipstreamtest.Server, inFlight int) (map[string]int, error) {
	slots := transport.NewSlots(inFlight)
	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		counts = make(map[string]int)
		failed error
	)
	for tenant, server := range servers {
		group.Go(func() {
			n, err := activeOf(ctx, transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Slots: slots})
			mu.Lock()
			defer mu.Unlock()
			counts[tenant] = n
			if err != nil && failed == nil {
				failed = fmt.Errorf("%s: %w", tenant, err)
			}
		})
	}
	group.Wait()
	return counts, failed
}

func activeOf(ctx context.Context, o transport.Options) (int, error) {
	client, err := shipstream.NewClient(o)
	if err != nil {
		return 0, err
	}
	defer func() { _ = client.Close() }()
	active, err := query.Collect(ctx, shipstream.Users(client, shipstream.AnyUser), "is_active")
	return len(active), err
}

func Example_tenants() {
	servers := make(map[string]*shipstreamtest.Server)
	for i, tenant := range []string{"acme", "globex"} {
		server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 100 * (i + 1), Token: "token-" + tenant})
		defer server.Close() //nolint:revive // two servers, until the end
		servers[tenant] = server
	}
	counts, err := activeUsers(context.Background(), servers, 3)
	fmt.Println(counts["acme"] > 0, counts["globex"] > counts["acme"], err)
	// Output: true true <nil>
}
