package shipstreamtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

func request(base, token, path string) *http.Request {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, base+path, http.NoBody)
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

func ExampleNewServer() {
	s := shipstreamtest.NewServer(shipstreamtest.Options{Rows: []shipstreamtest.User{
		{ID: 3, Name: "Bernard", Email: "admin@example.com", Username: "b", Active: true, Roles: []int64{2}},
	}})
	defer s.Close()

	resp, err := s.Client().Do(request(s.URL, s.Token(), "/v1/system/users/any/3?fields=roles"))
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, resp.Header.Get("RateLimit-Remaining"))
	fmt.Println(string(body))
	// Output:
	// 200 59
	// {"resource":{"type":"OrganizationUser","id":3,"name":"Bernard","email":"admin@example.com","username":"b","is_active":true,"roles":[{"type":"OrganizationUserRole","id":2}]},"included":{}}
}

func ExampleNewTransport() {
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{
		Users: 100, Burst: 1, Rate: 0.001, // a second request is one too many, even on a busy machine
		Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultUnavailable, RetryAfter: "5"}},
	})
	defer tr.Close()
	for range 2 {
		resp, err := tr.Client().Do(request(tr.BaseURL(), tr.Token(), "/v1/system/status"))
		if err != nil {
			panic(err)
		}
		_ = resp.Body.Close()
	}
	for _, r := range tr.Requests() {
		fmt.Println(r.N, r.Status, r.Fault)
	}
	// Output:
	// 1 503 unavailable
	// 2 429 none
}

func ExampleNew() {
	e, err := shipstreamtest.New(shipstreamtest.Options{IDs: "scattered"})
	fmt.Println(e != nil, err)
	// Output: false shipstreamtest: option IDs: unknown layout "scattered" (dense, sparse, islands, powtop, powlow)
}

func ExampleStart() {
	s, err := shipstreamtest.Start(shipstreamtest.Options{Addr: "127.0.0.1:0", Users: 10, Latency: 5 * time.Millisecond})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	fmt.Println(len(s.Users()))
	// Output: 10
}

func ExampleEmulator_Match() {
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{Rows: []shipstreamtest.User{
		{ID: 1, Name: "Anna"}, {ID: 2, Name: "ÄNNA "}, {ID: 3, Name: "Bernard"},
	}})
	ids, err := tr.Match("any", url.Values{"filter": {`name{eq:"anna"}`}})
	fmt.Println(ids, err)
	// Output: [1 2] <nil>
}

func ExampleEmulator_AddUsers() {
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{})
	if err := tr.AddUsers(shipstreamtest.User{ID: 1}, shipstreamtest.User{ID: 2}); err != nil {
		panic(err)
	}
	tr.DeleteUsers(1)
	live, _ := tr.Match("any", nil)
	deleted, _ := tr.Match("any", url.Values{"deleted": {"true"}})
	fmt.Println(live, deleted)
	// Output: [2] [1]
}

func ExampleEmulator_IssueToken() {
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{})
	old := tr.Token()
	tr.RevokeTokens()
	fresh := tr.IssueToken(time.Hour)
	for _, token := range []string{old, fresh} {
		resp, err := tr.Client().Do(request(tr.BaseURL(), token, "/v1/system/status"))
		if err != nil {
			panic(err)
		}
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	// Output:
	// 401
	// 200
}

func ExampleEmulator_Counters() {
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{
		Users: 250,
		OnRequest: func(n int, _ *http.Request) shipstreamtest.Fault {
			if n%2 == 0 {
				return shipstreamtest.Fault{Kind: shipstreamtest.FaultConflict}
			}
			return shipstreamtest.Fault{}
		},
	})
	for range 3 {
		resp, err := tr.Client().Do(request(tr.BaseURL(), tr.Token(), "/v1/system/users/any"))
		if err != nil {
			panic(err)
		}
		_ = resp.Body.Close()
	}
	c := tr.Counters()
	fmt.Println(c.Requests, c.Rows, c.Conflicts, c.MaxConcurrent)
	// Output: 3 200 1 1
}

func ExampleParseScenario() {
	scenario, err := shipstreamtest.ParseScenario(strings.NewReader(`{"steps": [
		{"requests": "2", "fault": "throttle", "retry_after": "1"},
		{"from": "5s", "until": "8s", "fault": "unavailable"},
		{"requests": "3-", "delete": [1], "insert": [{"id": 70001, "name": "New"}]}
	]}`))
	if err != nil {
		panic(err)
	}
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 3, Deleted: -1, Scenario: scenario})
	defer tr.Close()
	for range 3 {
		resp, err := tr.Client().Do(request(tr.BaseURL(), tr.Token(), "/v1/system/users/any"))
		if err != nil {
			panic(err)
		}
		_ = resp.Body.Close()
		fmt.Printf("%d %q\n", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	ids, _ := tr.Match("any", nil)
	fmt.Println(ids)
	// Output:
	// 200 ""
	// 429 "1"
	// 200 ""
	// [2 3 70001]
}

func ExampleNewRecorder() {
	recorder := shipstreamtest.NewRecorder(os.Stdout)
	tr := shipstreamtest.NewTransport(shipstreamtest.Options{
		Users: 3, Deleted: -1,
		OnResponse: func(l shipstreamtest.RequestLog) {
			l.Time, l.Duration, l.Bytes = time.Time{}, 0, 0 // they differ from run to run
			recorder.Record(l)
		},
	})
	defer tr.Close()
	resp, err := tr.Client().Do(request(tr.BaseURL(), tr.Token(), "/v1/system/users/any?limit=2"))
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
	// Output:
	// {"n":1,"time":"0001-01-01T00:00:00Z","ms":0,"method":"GET","path":"/api/global/v1/system/users/any","query":"limit=2","status":200,"rows":2,"bytes":0}
}

// A server that misreads filters answers them without an error.
func ExampleMisreading() {
	e, err := shipstreamtest.New(shipstreamtest.Options{
		Rows: []shipstreamtest.User{{ID: 1}, {ID: 2}}, Misreads: shipstreamtest.IgnoresNeq | shipstreamtest.TakesNulls,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Match("any", url.Values{"filter": {"id{neq:1}"}}))
	// Output: [1 2] <nil>
}
