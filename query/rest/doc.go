// Package rest makes a [query.Source] of any paged listing over HTTP that a
// [Definition] describes: its path, its fields and what each can be filtered by,
// how its pages are laid out and how they follow one another. No code is needed for
// another API: rows are then [model.DynamicRow], and package yaml reads definitions from
// YAML. [NewTyped] has rows of any type, which a [Codec] decodes.
//
//	source, err := rest.New(client, rest.Definition{
//		Name: "orders", Path: "/orders",
//		Fields: []rest.Field{
//			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
//			{Field: model.Field{Name: "status", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways},
//				Params: map[string]string{"eq": "status"}},
//		},
//		Layout: model.Layout{Rows: "data", ID: "id", Next: "next"},
//		Paging: rest.Paging{Style: rest.Token, Limit: "limit", Token: "page_token"},
//	})
//	rows, err := query.Run(ctx, source, `status = 'open'`)
//
// Each field says what its server can do with it. The rest is evaluated here: a filter
// may name every field of the rows and use all of the language. In the example
// `status = 'open'` is sent as a parameter, and `id > 7 or status like 'o%'` is evaluated
// over the rows.
//
// The [Style] says how pages follow one another. By [Keyset] they begin at any key, so
// that all workers share the rows; by [Forward] they go by the key upwards; by [After],
// [Token], [Link], [Page] and [Offset] each follows the one before. The faults of a
// definition are a [*DefinitionError] of [New].
//
// Servers differ in how they answer: [Answer] says where an answer has what its body does
// not, which failures pass, and how strictly text is read. An answer with the status of a
// success that reports a failure is a [*FailureError], a page without its rows a
// [*NoRowsError]. [model.Spelling] has instants and nulls of foreign spelling.
//
// Conditions are sent as parameters, one for each field and operator, or in a [Syntax]
// that the package of a service brings.
package rest
