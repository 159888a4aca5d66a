package transport_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/muster-go/muster/transport"
)

// A client says at any time which limits it keeps and what it has done.
func ExampleClient_Stats() {
	api := exampleServer()
	defer api.Close()
	client, err := transport.New(transport.Options{BaseURL: api.URL + "/api/global/", Token: transport.StaticToken("sesame"), Rate: 5, Burst: 30, Concurrency: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	for range 3 {
		if _, err := client.Get(context.Background(), "/v1/system/users/any", nil); err != nil {
			fmt.Println(err)
			return
		}
	}
	limits, stats := client.RateLimit(), client.Stats()
	fmt.Println("asks", client.BaseURL() == api.URL+"/api/global", "at most", limits.Concurrency, "at once and", limits.Rate, "a second")
	fmt.Println("now at once:", client.Workers() <= limits.Concurrency)
	fmt.Println(stats.Requests, "requests,", stats.Retries, "retries,", stats.Throttled, "over the rate,", stats.Bytes, "bytes")
	// Output:
	// asks true at most 4 at once and 5 a second
	// now at once: true
	// 3 requests, 0 retries, 0 over the rate, 162 bytes
}

// An answer's body may be given back once it has been read, to serve another answer:
// at thousands of pages a run that saves most of what is allocated.
func ExampleResponse_Release() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Version", "2026-05")
		_, _ = w.Write([]byte(`{"status":"ok"}`))
	}))
	defer api.Close()
	client, err := transport.New(transport.Options{BaseURL: api.URL, Token: transport.StaticToken("sesame")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	resp, err := client.Get(context.Background(), "/v1/system/status", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(resp.Body), "by version", resp.Header.Get("X-Version"))
	resp.Release() // resp.Body is not to be looked at from here on
	// Output:
	// {"status":"ok"} by version 2026-05
}

// What a token says of itself tells a user more than a 401 does.
func ExampleClaims() {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	claims := transport.Claims{Audience: []string{"https://api.example.com"}, ExpiresAt: noon}
	for _, now := range []time.Time{noon.Add(-time.Minute), noon.Add(time.Minute)} {
		fmt.Println(claims.Expired(now))
	}
	// Output:
	// false
	// true
}

// A listing that is read by POST is asked for with a body, which every attempt sends.
func ExampleClient_Do() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s", r.Method, question)
	}))
	defer api.Close()
	client, err := transport.New(transport.Options{BaseURL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	resp, err := client.Do(context.Background(), transport.Request{
		Method: http.MethodPost, Path: "/users/search", Body: []byte(`{"limit":10}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(resp.Body))
	// Output: POST {"limit":10}
}
