package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/muster-go/muster/transport"
)

// exampleServer stands for the API.
func exampleServer() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sesame" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"errors":[{"type":"application","message":"Invalid token"}]}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"collection":[],"has_more":false,"meta":{"limit":%q}}`, r.URL.Query().Get("limit"))
	}))
}

func ExampleCheckPath() {
	fmt.Println(transport.CheckPath("/v1/things/") == "")
	fmt.Println(transport.CheckPath("/v1/../admin"))
	// Output:
	// true
	// a path holds no empty, . or .. segment
}

func ExampleCheckTokenURL() {
	fmt.Println(transport.CheckTokenURL("https://login.example.com/oauth/token") == "")
	fmt.Println(transport.CheckTokenURL("http://login.example.com/oauth/token"))
	// Output:
	// true
	// plain http shows the secret to the network: use https
}

func Example() {
	api := exampleServer()
	defer api.Close()

	client, err := transport.New(transport.Options{
		BaseURL: api.URL + "/api/global",
		Token:   transport.StaticToken("sesame"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	resp, err := client.Get(context.Background(), "/v1/system/users/any", url.Values{"limit": {"10"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status, string(resp.Body))
	// Output: 200 {"collection":[],"has_more":false,"meta":{"limit":"10"}}
}

func ExampleNew() {
	_, err := transport.New(transport.Options{BaseURL: "http://api.example.com/v2", Burst: -1})
	fmt.Println(err)
	// Output:
	// transport.BaseURL: plain http shows the token to the network: use https, or allow plain http
	// transport.Burst: -1 is negative
}

func ExampleAPIError() {
	api := exampleServer()
	defer api.Close()
	client, err := transport.New(transport.Options{BaseURL: api.URL, Token: transport.StaticToken("open")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	_, err = client.Get(context.Background(), "/v1/system/users/any", nil)
	if refused, ok := errors.AsType[*transport.APIError](err); ok {
		fmt.Println(refused.Status, refused.Errors[0].Message, refused.Attempts)
	}
	fmt.Println(errors.Is(err, transport.ErrUnauthorized))
	// Output:
	// 401 Invalid token 1
	// true
}

func ExampleClient_ResolveNext() {
	client, err := transport.New(transport.Options{BaseURL: "https://api.example.com/api/global"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	path, query, err := client.ResolveNext("/api/global/v1/system/users/any?sort=id&cursor_start=101")
	fmt.Println(path, query.Get("cursor_start"), err)
	_, _, err = client.ResolveNext("https://elsewhere.test/api/global/v1/system/users/any")
	fmt.Println(err)
	// Output:
	// /v1/system/users/any 101 <nil>
	// link https://elsewhere.test/api/global/v1/system/users/any: it leads to another server
}

func ExampleClient_ResolveLink() {
	client, err := transport.New(transport.Options{BaseURL: "https://api.example.com/v4"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	next, err := client.ResolveLink("/v4/projects/group%2Fname/issues?page=2")
	fmt.Println(next.Path, next.RawPath, next.Query.Get("page"), err)
	// Output: /projects/group/name/issues /projects/group%2Fname/issues 2 <nil>
}

func ExampleParseRetryAfter() {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, value := range []string{"120", "Wed, 04 Mar 2026 05:06:17 GMT", "99999999999999999999", "-1"} {
		fmt.Println(transport.ParseRetryAfter(value, now))
	}
	// Output:
	// 2m0s true
	// 10s true
	// 87600h0m0s true
	// 0s false
}

func ExampleTokenFunc() {
	source := transport.TokenFunc(func(context.Context) (string, error) {
		return "fetched from a vault", nil
	})
	token, err := source.Token(context.Background())
	fmt.Println(token, err)
	// Output: fetched from a vault <nil>
}

func ExampleStaticToken() {
	fmt.Printf("%+v\n", transport.Options{Token: transport.StaticToken("sesame")}.Token)
	// Output: static token
}

func ExampleFileToken() {
	_, err := transport.FileToken("no-such-file").Token(context.Background())
	fmt.Println(err)
	// Output: open no-such-file: no such file or directory
}

func ExampleCommandToken() {
	token, err := transport.CommandToken("echo", "sesame").Token(context.Background())
	fmt.Printf("%q %v\n", token, err)
	// Output: "sesame\n" <nil>
}
