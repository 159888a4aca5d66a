// Package muster holds no code. It is the front door of a library that queries
// a paged REST API as if it were a table:
//
//	client, err := transport.New(transport.Options{BaseURL: base, Token: transport.StaticToken(token)})
//	users := shipstream.Users(client, model.AnyUser)
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since))
//	for user, err := range rows.All() { … }
//
// The packages, from the lowest layer to the highest:
//
//   - [github.com/muster-go/muster/model]: schemas, values and records; users and the page decoder
//   - [github.com/muster-go/muster/dsl]: the filter language, from text to a predicate
//   - [github.com/muster-go/muster/transport]: the HTTP client: rate limit, retries, authentication
//   - [github.com/muster-go/muster/paginate]: pages, one after the other or in concurrent ranges
//   - [github.com/muster-go/muster/query]: the planner and the execution that join the others
//
// A package may import those of the layers below its own and none beside it.
package muster
