package oauth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/oauth"
)

func Example() {
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"token-for-%s","token_type":"bearer","expires_in":3600}`, r.FormValue("scope"))
	}))
	defer login.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Header.Get("Authorization"))
	}))
	defer api.Close()

	source, err := oauth.New(oauth.Options{
		TokenURL: login.URL + "/token", ClientID: "muster", ClientSecret: transport.StaticToken("sesame"),
		Scopes: []string{"users:read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := transport.New(transport.Options{BaseURL: api.URL, Token: source})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	resp, err := client.Get(context.Background(), "/users", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(resp.Body))
	// Output: Bearer token-for-users:read
}

// A refresh token selects its grant. The endpoint may replace it with each use, so that the
// next one has to be stored.
func ExampleNew() {
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"sesame","refresh_token":"after-%s"}`, r.FormValue("refresh_token"))
	}))
	defer login.Close()

	source, err := oauth.New(oauth.Options{
		TokenURL: login.URL, ClientID: "muster", Style: oauth.Body,
		RefreshToken:   transport.StaticToken("first"),
		OnRefreshToken: func(token string) { fmt.Println("store", token) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := source.Token(context.Background())
	fmt.Println(token, err)
	// Output:
	// store after-first
	// sesame <nil>
}
