// Package rest makes a [query.Source] of any paged listing over HTTP that a
// [Definition] describes: its path, its fields and what each can be filtered by,
// how its pages are laid out and how they follow one another. Rows are
// [model.DynamicRow]. No code is needed for another API, and package yaml
// reads definitions from YAML.
//
//	source, err := rest.New(client, rest.Definition{
//		Name: "orders", Path: "/orders", Dialect: rest.KeyValue,
//		Fields: []rest.Field{
//			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
//			{Field: model.Field{Name: "status", Type: model.TypeString, Returned: model.ReturnedAlways},
//				Params: map[string]string{"eq": "status"}},
//		},
//		Layout: model.Layout{Rows: "data", ID: "id", Next: "next"},
//		Paging: rest.Paging{Style: rest.Token, Limit: "limit", Token: "page_token"},
//	})
//	rows, err := query.Run(ctx, source, `status = 'open'`)
//
// Each field says what its server can do with it, and whatever it cannot is worked out
// here: a filter may name every field that rows carry, in every way that the language
// has. In the example `status = 'open'` is sent as a parameter, and `id > 7 or status
// like 'o%'` is evaluated over the rows.
//
// How pages follow one another is a [Style]. By [Keyset] they begin at any key, so that
// all workers share the rows; by [Forward] they go by the key upwards, and by [Token],
// [Link], [Page] and [Offset] each follows the one before. What is wrong with a definition is a [*DefinitionError] of
// [New], which names every fault.
//
// Two dialects are built in: [API], the filter syntax of package wire, and
// [KeyValue], a parameter of its own for each condition.
package rest
