// Package shelf has definitions of public APIs, ready for use: one YAML file for each
// listing, named by its vendor and its resource.
//
//	definition, err := shelf.Read("okta/users")
//	client, err := transport.New(definition.Client(transport.Options{BaseURL: "https://example.okta.com/api/v1"}))
//	users, err := rest.New(client, definition)
//
// Each definition says at its beginning which base URL, token and variables it needs. The
// command takes one as --resource-file shelf:okta/users, and prints one, to begin from,
// with muster define shelf:okta/users.
//
// Each is tested against a server of package shelftest, which follows the API's public
// documentation. No definition was tested against the API itself: have `muster doctor` try
// it first.
package shelf
