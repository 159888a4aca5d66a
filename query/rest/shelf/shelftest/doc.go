// Package shelftest has a small server for each definition of package shelf. A server
// follows the public documentation of the API: its pages, its envelope, its nulls, its
// orders and its filter language. It refuses what the API refuses, such as a parameter
// that it does not know, a page that is too large, or a request without its token.
//
//	api, err := shelftest.Find("okta/users")
//	server := httptest.NewServer(api.New())
//
// Each [API] has cases too: filters, orders and selections, and how much of each the
// definition sends.
package shelftest
