// Package oauth gets access tokens by OAuth 2.0 (RFC 6749): with a client's credentials,
// or with a refresh token.
//
//	source, err := oauth.New(oauth.Options{
//		TokenURL:     "https://login.example.com/oauth/token",
//		ClientID:     "muster",
//		ClientSecret: transport.FileToken("client.secret"),
//		Scopes:       []string{"users:read"},
//	})
//	client, err := transport.New(transport.Options{BaseURL: "https://api.example.com/v2", Token: source})
//
// A [Source] keeps the token, renews it before it ends, and replaces it if the API refuses
// it. One fetch runs at a time, for all clients that share the source. [Error] says which
// endpoint refused what, and what to do; no error holds a secret.
package oauth
