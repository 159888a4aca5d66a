// Package restsource makes a [query.Source] of any paged listing over HTTP that a
// [Definition] describes: its path, its fields and what each can be filtered by,
// how its pages are laid out and how they follow one another. Rows are
// [model.DynamicRow]. No code is needed for another API, and package filesource
// reads definitions from YAML.
//
//	source, err := restsource.New(client, restsource.Definition{
//		Name: "orders", Path: "/orders", Dialect: restsource.KeyValue,
//		Fields: []restsource.Field{
//			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}, Sort: true},
//			{Field: model.Field{Name: "status", Type: model.TypeString, Returned: model.ReturnedAlways},
//				Params: map[string]string{"eq": "status"}},
//		},
//		Layout: model.Layout{Rows: "data", ID: "id", Next: "next"},
//		Paging: restsource.Paging{Style: restsource.Token, Limit: "limit", Token: "page_token"},
//	})
//	rows, err := query.Run(ctx, source, `status = 'open'`)
//
// Two dialects are built in: [API], the filter syntax of package wire, and
// [KeyValue], a parameter of its own for each condition.
package restsource
