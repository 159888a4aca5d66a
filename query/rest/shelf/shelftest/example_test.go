package shelftest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/muster-go/muster/query/rest/shelf/shelftest"
)

func ExampleFind() {
	api, err := shelftest.Find("okta/users")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(api.New())
	defer server.Close()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/users", http.NoBody) // without the token
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := server.Client().Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	fmt.Print(resp.StatusCode, " ", string(body), err, "\n")
	// Output:
	// 401 {"errorCauses":[],"errorCode":"E0000031","errorSummary":"the token is missing or wrong","status":401}
	// <nil>
}

func ExampleAPIs() {
	for _, api := range shelftest.APIs() {
		if api.Name == "okta/users" {
			fmt.Println(api.Name, api.Rows, api.Cases[0].Filter, api.Cases[0].Pushed)
		}
	}
	// Output:
	// okta/users 460 status = 'DEPROVISIONED' superset
}
