package shelftest

import (
	"fmt"
	"net/http"
	"slices"
)

// API is an API that the shelf has a definition of, and the server that stands for it.
type API struct {
	Name  string            // of the definition
	Token string            // the token that its server admits; "" = it wants none
	Set   map[string]string // values of the variables in the definition's path
	Rows  int               // how many rows the listing has without conditions
	New   func() http.Handler
	Cases []Case

	// Varies names the members of a row that depend on the request, and not on the row alone.
	Varies []string

	// Filter is the API's filter language, as a table calls it.
	Filter string
	// Lacks is what the definition cannot say of the listing; "" = it says the whole.
	Lacks string
}

// Case is a query and what the server is to be asked of it.
type Case struct {
	Filter string
	Sort   string   // the keys of the order; "" = none
	Select []string // optional fields

	// Pushed is a word for each condition of the filter: exact, superset or residual. Fan-out
	// to several requests is "apart", and "never" is a filter that no row satisfies.
	Pushed string
	// Rows is how many rows the answer has, if the rows do not show it and only the server
	// knows; 0 = it is worked out.
	Rows   int
	Sorted string // server, local, or "" for no order
}

// APIs returns all APIs, a new list.
func APIs() []API {
	return []API{
		auth0(),
		gitHubIssues(),
		gitLabUsers(),
		googleCloud(),
		googleDirectory(),
		hubSpotContacts(),
		microsoftGraph(),
		okta(),
		scim(),
		zendesk(),
		// part two
		directus(),
		drupal(),
		dynamics(),
		freshservice(),
		shopifyOrders(),
		strapi(),
		elasticsearchEvents(),
		elasticsearchLatest(),
		jira(),
		netbox(),
		postgrest(),
		salesforce(),
		servicenow(),
		shopify(),
		stripe(),
	}
}

// Find returns the API of a definition.
func Find(name string) (API, error) {
	all := APIs()
	i := slices.IndexFunc(all, func(a API) bool { return a.Name == name })
	if i < 0 {
		return API{}, fmt.Errorf("no server stands for the definition %q", name)
	}
	return all[i], nil
}
